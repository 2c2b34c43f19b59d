package dev.millrace.control.transactions.api;

import java.util.List;

/**
 * A decided transaction, to be ended in its partitions. Equal by identity alone: a producer of version 1 ends many under the same epoch, and a
 * late report on one must not be taken for one on the next.
 */
public final class Ending {

    private final String transactionalId;
    private final ProducerIdentity producer;
    private final boolean commit;
    private final boolean epochBumped;
    private final List<TransactionPartition> partitions;

    /**
     * Everything that a marker says.
     *
     * @param producer with the epoch of the marker, which may be higher than that of the records
     * @param epochBumped whether it must be higher, because the transaction is one of version 2 (KIP-890)
     */
    public Ending(
            String transactionalId,
            ProducerIdentity producer,
            boolean commit,
            boolean epochBumped,
            List<TransactionPartition> partitions) {
        this.transactionalId = transactionalId;
        this.producer = producer;
        this.commit = commit;
        this.epochBumped = epochBumped;
        this.partitions = List.copyOf(partitions);
    }

    public String transactionalId() {
        return transactionalId;
    }

    public ProducerIdentity producer() {
        return producer;
    }

    public boolean commit() {
        return commit;
    }

    public boolean epochBumped() {
        return epochBumped;
    }

    public List<TransactionPartition> partitions() {
        return partitions;
    }

    @Override
    public String toString() {
        return (commit ? "commit of " : "abort of ") + transactionalId + " " + producer + " in " + partitions;
    }
}
