package dev.millrace.control.transactions;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.transactions.api.ProducerIdentity;

/** What a transactions machine says when it says no. Stateless. */
final class Refusals {

    private Refusals() {}

    static MillraceException unknownId(String transactionalId) {
        return new MillraceException(
                ErrorCode.INVALID_PRODUCER_ID_MAPPING,
                "nothing is known of the transactional id " + transactionalId + ": it was never used, or has expired");
    }

    static MillraceException otherProducerId(String transactionalId, ProducerIdentity asked, Transaction transaction) {
        return new MillraceException(
                ErrorCode.INVALID_PRODUCER_ID_MAPPING,
                "the transactional id " + transactionalId + " belongs to producer id "
                        + transaction.nextIdentity().producerId() + ", not " + asked.producerId());
    }

    static MillraceException fenced(String transactionalId, short epoch, Transaction transaction) {
        return new MillraceException(
                ErrorCode.PRODUCER_FENCED,
                "epoch " + epoch + " of the transactional id " + transactionalId + " is over: epoch "
                        + transaction.nextIdentity().epoch()
                        + " has begun, because a newer producer has, or a transaction has timed out");
    }

    static MillraceException wrongState(String transactionalId, String asked, Transaction transaction) {
        return new MillraceException(
                ErrorCode.INVALID_TXN_STATE,
                "the transaction of " + transactionalId + " is in state "
                        + transaction.state().label() + ", in which it cannot " + asked);
    }

    static MillraceException stillCompleting(String transactionalId) {
        return new MillraceException(
                ErrorCode.CONCURRENT_TRANSACTIONS,
                "the previous transaction of " + transactionalId + " is still being completed: try again");
    }

    static MillraceException tooManyPartitions(String transactionalId, int most) {
        return new MillraceException(
                ErrorCode.BATCH_TOO_LARGE,
                "a transaction may have " + most + " partitions, and one more was added to that of " + transactionalId);
    }
}
