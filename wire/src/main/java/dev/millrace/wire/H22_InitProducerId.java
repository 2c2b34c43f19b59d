package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * InitProducerId (key 22), versions 0 to 5.
 *
 * <p>Behaviour: an idempotent producer gets an id that nobody had before, with epoch 0 (KIP-98), also when it names the id that it has:
 * bumping its epoch is its own business (KIP-360).
 *
 * <p>Deliberately missing: transactions. A transactional id is refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED, which clients take as final.
 */
public final class H22_InitProducerId implements Handler<InitProducerIdRequestData> {

    private static final long NO_PRODUCER_ID = -1;
    private static final short NO_EPOCH = -1;
    /** Kafka's default of {@code transaction.max.timeout.ms}. */
    private static final int TRANSACTION_MAX_TIMEOUT_MS = 900_000;

    private final Supplier<CompletableFuture<Long>> producerIds;

    /** Takes a source of ids, each given once, also across crashes. */
    public H22_InitProducerId(Supplier<CompletableFuture<Long>> producerIds) {
        this.producerIds = producerIds;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 5;
    }

    @Override
    public CompletableFuture<InitProducerIdResponseData> handle(
            InitProducerIdRequestData request, RequestContext context) {
        if (request.transactionalId() != null) {
            return CompletableFuture.failedFuture(refusal(request.transactionalId(), request.transactionTimeoutMs()));
        }
        if ((request.producerId() == NO_PRODUCER_ID) != (request.producerEpoch() == NO_EPOCH)) {
            return CompletableFuture.failedFuture(
                    Errors.INVALID_REQUEST.exception("a producer id and its epoch come together, or neither"));
        }
        return producerIds
                .get()
                .thenApply(
                        id -> new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0));
    }

    private static RuntimeException refusal(String transactionalId, int timeoutMs) {
        if (transactionalId.isEmpty()) {
            return Errors.INVALID_REQUEST.exception("the transactional id is empty");
        }
        if (timeoutMs <= 0 || timeoutMs > TRANSACTION_MAX_TIMEOUT_MS) {
            return Errors.INVALID_TRANSACTION_TIMEOUT.exception(
                    "a transaction may last 1 to " + TRANSACTION_MAX_TIMEOUT_MS + " ms, not " + timeoutMs);
        }
        return new MillraceException(
                ErrorCode.TRANSACTIONS_NOT_AVAILABLE,
                "transactions are not available yet: produce without transactional.id");
    }
}
