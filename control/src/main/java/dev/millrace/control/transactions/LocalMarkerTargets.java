package dev.millrace.control.transactions;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.control.port.PartitionPorts;
import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.TransactionPartition;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The partitions of this process, and the groups whose positions are part of transactions. Thread-safe. */
public final class LocalMarkerTargets implements MarkerTargets {

    /** One node coordinates all transactions, in one epoch. */
    private static final int COORDINATOR_EPOCH = 0;

    private final PartitionPorts partitions;
    private final GroupCoordinator groups;

    public LocalMarkerTargets(PartitionPorts partitions, GroupCoordinator groups) {
        this.partitions = partitions;
        this.groups = groups;
    }

    @Override
    public CompletableFuture<?> end(TransactionPartition partition, Ending ending) {
        long producerId = ending.producer().producerId();
        short epoch = ending.producer().epoch();
        if (partition.topic().equals(InternalTopics.CONSUMER_OFFSETS)) {
            return groups.endTransaction(
                    partition.partition(), producerId, epoch, ending.commit(), ending.epochBumped());
        }
        Optional<PartitionPort> found = partitions.partition(partition.topicId(), partition.partition());
        if (found.isEmpty()) {
            // The topic was deleted: nobody is left to tell.
            return CompletableFuture.completedFuture(null);
        }
        return found.get()
                .endTransaction(producerId, epoch, COORDINATOR_EPOCH, ending.commit(), ending.epochBumped())
                .durable();
    }
}
