package dev.millrace.log;

/**
 * The promise of whoever holds it that the coordinator was asked after this moment whether the partition is in the producer's transaction
 * (KIP-890). Given by {@link PartitionLog#guardTransaction}, handed in with {@link AppendOptions#inTransaction}. Void as soon as a
 * marker of the producer is appended, or a transaction of it has begun here: what was confirmed before may be over by then. Compared by
 * identity; thread-safe.
 */
public final class TransactionGuard {

    private final long producerId;
    private final short producerEpoch;
    private final boolean epochBumped;

    /** The lowest that anybody wanted to begin with: what comes first must not have a higher one, or that one never fits. */
    private volatile int lowestSequence;

    /** Passed over by a sweep: the next one takes it away. Touched by the shard's thread. */
    boolean swept;

    TransactionGuard(long producerId, short producerEpoch, int lowestSequence, boolean epochBumped) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.lowestSequence = lowestSequence;
        this.epochBumped = epochBumped;
    }

    long producerId() {
        return producerId;
    }

    short producerEpoch() {
        return producerEpoch;
    }

    int lowestSequence() {
        return lowestSequence;
    }

    /** Somebody wants to begin with {@code sequence}. Not called by two threads at once. */
    void lowerTo(int sequence) {
        lowestSequence = Math.min(lowestSequence, sequence);
    }

    /** Whether the producer gets a new epoch, and so sequences from 0, with each transaction. */
    boolean epochBumped() {
        return epochBumped;
    }
}
