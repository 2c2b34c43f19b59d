package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import dev.millrace.control.metadata.MetadataImage;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.log.PartitionId;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The partitions of this process: names and ids as the metadata has them, bytes as the log store has them. Thread-safe. */
public final class LocalPartitions implements PartitionPorts {

    private final MetadataService metadata;
    private final ConcurrentHashMap<PartitionId, LocalPartition> partitions = new ConcurrentHashMap<>();

    public LocalPartitions(MetadataService metadata) {
        this.metadata = metadata;
        metadata.onTopicDeleted(this::forget);
    }

    @Override
    public Optional<PartitionPort> partition(String topic, int partition) {
        MetadataImage image = metadata.image();
        return image.topic(topic).flatMap(found -> partition(found, partition));
    }

    @Override
    public Optional<PartitionPort> partition(TopicId topicId, int partition) {
        MetadataImage image = metadata.image();
        return image.topic(topicId).flatMap(found -> partition(found, partition));
    }

    @Override
    public void startAppends() {
        metadata.logs().startAppends();
    }

    private Optional<PartitionPort> partition(TopicImage topic, int partition) {
        if (!topic.hasPartition(partition)) {
            return Optional.empty();
        }
        PartitionId id = topic.partition(partition);
        LocalPartition known = partitions.get(id);
        return known != null ? Optional.of(known) : open(topic, partition, id);
    }

    private Optional<PartitionPort> open(TopicImage topic, int partition, PartitionId id) {
        LocalPartition opened = partitions.computeIfAbsent(
                id, _ -> new LocalPartition(metadata.logs().open(topic, partition), topic.internal()));
        // The topic may have been deleted since the image was looked at: then nobody else takes this log away.
        if (metadata.image().topic(topic.id()).isEmpty()) {
            forget(topic);
            metadata.logs().delete(topic);
            return Optional.empty();
        }
        return Optional.of(opened);
    }

    private void forget(TopicImage topic) {
        for (int partition = 0; partition < topic.partitionsCount(); partition++) {
            partitions.remove(topic.partition(partition));
        }
    }
}
