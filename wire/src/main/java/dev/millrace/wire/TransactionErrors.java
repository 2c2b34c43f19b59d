package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/** How older clients hear of errors that came with later versions of the APIs of transactions. Stateless. */
final class TransactionErrors {

    /** From this version of Produce on clients know TRANSACTION_ABORTABLE. */
    private static final short PRODUCE_ABORTABLE_MIN_VERSION = 11;
    /** From this version of Produce on writing to a partition adds it to the transaction (KIP-890). */
    static final short PRODUCE_ADDS_MIN_VERSION = 12;

    private TransactionErrors() {}

    /** PRODUCER_FENCED is INVALID_PRODUCER_EPOCH for clients that do not know it. */
    static Errors errors(Throwable failure, boolean knowsFenced) {
        Errors error = ErrorMapping.errors(failure);
        return error == Errors.PRODUCER_FENCED && !knowsFenced ? Errors.INVALID_PRODUCER_EPOCH : error;
    }

    /** As {@link #errors}, for answers of which the error is all that there is. */
    static <R> CompletableFuture<R> named(CompletableFuture<R> answer, boolean knowsFenced) {
        return answer.exceptionallyCompose(failure ->
                CompletableFuture.failedFuture(errors(failure, knowsFenced).exception(ErrorMapping.message(failure))));
    }

    /**
     * What a producer hears when its write could not be added to, or found in, its transaction. Where the coordinator cannot answer now it is an
     * error that makes clients of any version try again without asking for metadata.
     */
    static RuntimeException produce(Throwable failure, short apiVersion) {
        Errors error = ErrorMapping.errors(failure);
        Errors told = switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> Errors.NOT_ENOUGH_REPLICAS;
            case CONCURRENT_TRANSACTIONS -> apiVersion >= PRODUCE_ADDS_MIN_VERSION ? error : Errors.NOT_ENOUGH_REPLICAS;
            case TRANSACTION_ABORTABLE ->
                apiVersion >= PRODUCE_ABORTABLE_MIN_VERSION ? error : Errors.INVALID_TXN_STATE;
            default -> error;
        };
        return told.exception(ErrorMapping.message(failure));
    }

    /** What became of one offset: the same for all, or its own. */
    static short code(ErrorCode code) {
        return ErrorMapping.errors(code).code();
    }
}
