package dev.millrace.control.transactions.api;

import dev.millrace.control.machine.Reply;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** All that a transactions machine handles: what clients ask, what its markers report, and its own timers. */
public sealed interface TransactionCommand {

    /** What the end of the previous transaction may hold up, and so is parked until then. */
    sealed interface Parkable extends TransactionCommand {
        String transactionalId();

        Reply<?> reply();
    }

    /**
     * Answers with the identity from now on; with nothing if a new producer id is needed and {@code freshProducerId} has none: ask again with one.
     */
    record InitProducerId(InitRequest request, OptionalLong freshProducerId, Reply<Optional<ProducerIdentity>> reply)
            implements Parkable {
        @Override
        public String transactionalId() {
            return request.transactionalId();
        }
    }

    /** Answers with those of the partitions that are not part of the transaction: none unless it was only asked. */
    record AddPartitions(AddRequest request, Reply<Set<TransactionPartition>> reply) implements Parkable {
        @Override
        public String transactionalId() {
            return request.transactionalId();
        }
    }

    /** Answers with the identity for the next transaction as soon as the outcome is durable; or with nothing, as {@link InitProducerId}. */
    record EndTransaction(EndRequest request, OptionalLong freshProducerId, Reply<Optional<ProducerIdentity>> reply)
            implements Parkable {
        @Override
        public String transactionalId() {
            return request.transactionalId();
        }
    }

    record Describe(String transactionalId, Reply<Optional<TransactionDescription>> reply)
            implements TransactionCommand {}

    record ListTransactions(Reply<List<TransactionDescription>> reply) implements TransactionCommand {}

    /** Every partition of the transaction has its marker, durably. */
    record MarkersWritten(Ending ending) implements TransactionCommand {}

    /** Timer: requests may have been parked for too long. */
    record ParkingEnded(String transactionalId) implements TransactionCommand {}

    /** Timer: transactions may have lasted too long. */
    record AbortTimedOut() implements TransactionCommand {}

    /** Timer: transactional ids may have been idle for too long. */
    record ExpireIds() implements TransactionCommand {}
}
