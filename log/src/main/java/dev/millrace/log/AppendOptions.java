package dev.millrace.log;

import java.util.Optional;

/**
 * How an append is to be treated.
 *
 * @param origin who appends
 * @param expectedLeaderEpoch the epoch in which the caller believes this node to lead, or -1 for any; another one fails
 *     with FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH
 * @param guard of a client's transactional batches: by it the coordinator has confirmed that the partition is in the transaction;
 *     without it they are taken only if the producer's transaction is open here already
 */
public record AppendOptions(Origin origin, int expectedLeaderEpoch, Optional<TransactionGuard> guard) {

    /** Who appends. */
    public enum Origin {
        /** A client: batches are validated as hostile input, control batches refused, the disk reserve respected. */
        CLIENT,
        /**
         * A machine of the control plane: may write control batches and, unasked, parts of transactions; may use the reserve of disk.
         */
        INTERNAL
    }

    public static final AppendOptions CLIENT = new AppendOptions(Origin.CLIENT, -1);
    public static final AppendOptions INTERNAL = new AppendOptions(Origin.INTERNAL, -1);

    public AppendOptions(Origin origin, int expectedLeaderEpoch) {
        this(origin, expectedLeaderEpoch, Optional.empty());
    }

    /** A client's batch of a transaction that is open in the partition already. */
    public static AppendOptions inTransaction() {
        return CLIENT;
    }

    /** A client's batch that may open its transaction in the partition: {@code guard} was taken before the coordinator was asked. */
    public static AppendOptions inTransaction(TransactionGuard guard) {
        return new AppendOptions(Origin.CLIENT, -1, Optional.of(guard));
    }
}
