package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import java.util.Map;

/**
 * A topic, as it is at one moment. Immutable.
 *
 * @param configs what was set for this topic alone, by Kafka's names
 * @param createdMs when it was created, wall clock, ms
 */
public record TopicImage(String name, TopicId id, int partitionsCount, long createdMs, Map<String, String> configs) {

    public TopicImage {
        configs = Map.copyOf(configs);
    }

    /** Whether the topic belongs to the control plane. */
    public boolean internal() {
        return InternalTopics.isInternal(name);
    }

    public boolean hasPartition(int partition) {
        return partition >= 0 && partition < partitionsCount;
    }

    public PartitionId partition(int partition) {
        return new PartitionId(id, partition);
    }

    TopicImage withPartitionsCount(int count) {
        return new TopicImage(name, id, count, createdMs, configs);
    }

    TopicImage withConfigs(Map<String, String> other) {
        return new TopicImage(name, id, partitionsCount, createdMs, other);
    }
}
