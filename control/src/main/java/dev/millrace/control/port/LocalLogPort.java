package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import java.util.Optional;

/** The port to the logs of this process. Thread-safe. */
public final class LocalLogPort implements LogPort {

    private final PartitionPorts partitions;
    private final GroupOffsets groupOffsets;
    private final Transactions transactions;

    public LocalLogPort(PartitionPorts partitions, GroupOffsets groupOffsets, Transactions transactions) {
        this.partitions = partitions;
        this.groupOffsets = groupOffsets;
        this.transactions = transactions;
    }

    @Override
    public Optional<PartitionPort> partition(String topic, int partition) {
        return partitions.partition(topic, partition);
    }

    @Override
    public Optional<PartitionPort> partition(TopicId topicId, int partition) {
        return partitions.partition(topicId, partition);
    }

    @Override
    public void startAppends() {
        partitions.startAppends();
    }

    @Override
    public GroupOffsets groupOffsets() {
        return groupOffsets;
    }

    @Override
    public Transactions transactions() {
        return transactions;
    }
}
