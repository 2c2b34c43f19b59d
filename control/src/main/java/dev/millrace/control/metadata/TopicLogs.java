package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;
import dev.millrace.log.LogConfig;
import dev.millrace.log.LogStore;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the logs follow the metadata: a partition gets its log when it is first used, loses it when its topic is deleted, and works by
 * the settings that hold now. {@link #follow} runs on the machine's thread alone; {@link #open} is thread-safe.
 */
public final class TopicLogs {

    private static final Logger log = LoggerFactory.getLogger(TopicLogs.class);

    private final LogStore store;
    private final TopicLogConfigs configs;
    private final Supplier<MetadataImage> image;
    private final List<Consumer<TopicImage>> deletionListeners = new CopyOnWriteArrayList<>();
    private boolean started;

    TopicLogs(LogStore store, TopicLogConfigs configs, Supplier<MetadataImage> image) {
        this.store = store;
        this.configs = configs;
        this.image = image;
    }

    void onDeleted(Consumer<TopicImage> listener) {
        deletionListeners.add(listener);
    }

    /** The log of a partition, made if it has none yet. Never waits. */
    public PartitionLog open(TopicImage topic, int partition) {
        PartitionId id = topic.partition(partition);
        return store.get(id).orElseGet(() -> open(topic, id));
    }

    private PartitionLog open(TopicImage topic, PartitionId id) {
        MetadataImage before = image.get();
        PartitionLog opened = store.open(id, topic.name(), configs.of(topic, before));
        // The settings may have changed while the log was not yet there to be told.
        MetadataImage now = image.get();
        if (now != before) {
            now.topic(topic.id()).ifPresent(current -> store.updateConfig(id, configs.of(current, now)));
        }
        return opened;
    }

    /** Has appends begin that were left for later. */
    public void startAppends() {
        store.startAppends();
    }

    /** The log of a partition, if it has one. */
    public Optional<PartitionLog> find(PartitionId id) {
        return store.get(id);
    }

    /** Whether the partition takes and gives nothing, because its log is damaged or its disk failed. */
    public boolean isOffline(PartitionId id) {
        return store.get(id).flatMap(PartitionLog::offlineReason).isPresent();
    }

    /** Deletes and reconfigures logs by what is different between two images. */
    void follow(MetadataImage before, MetadataImage after) {
        if (!started) {
            started = true;
            adopt(after);
            return;
        }
        boolean defaultsChanged = !before.brokerConfigs().equals(after.brokerConfigs())
                || !before.clusterConfigs().equals(after.clusterConfigs());
        for (TopicImage topic : before.topics()) {
            Optional<TopicImage> now = after.topic(topic.id());
            if (now.isEmpty()) {
                deletionListeners.forEach(listener -> listener.accept(topic));
                delete(topic);
            } else if (defaultsChanged || !now.get().configs().equals(topic.configs())) {
                reconfigure(now.get(), after);
            }
        }
    }

    /** Takes the logs of a topic away that is gone; does nothing where there are none. Thread-safe. */
    public void delete(TopicImage topic) {
        for (int partition = 0; partition < topic.partitionsCount(); partition++) {
            delete(topic.partition(partition), topic.name());
        }
    }

    /** At the start: opens what is on disk and belongs to a topic, and deletes what a crash has left of deleted ones. */
    private void adopt(MetadataImage image) {
        // Once for each topic: thousands of partitions may have the same.
        Map<TopicId, LogConfig> configsByTopic = new HashMap<>();
        for (PartitionId id : store.unopened()) {
            Optional<TopicImage> topic = image.topic(id.topicId()).filter(found -> found.hasPartition(id.partition()));
            if (topic.isPresent()) {
                LogConfig config =
                        configsByTopic.computeIfAbsent(id.topicId(), known -> configs.of(topic.get(), image));
                store.open(id, topic.get().name(), config);
            } else {
                log.info("event=orphan-partition-deleted topicId={} partition={}", id.topicId(), id.partition());
                delete(id, id.topicId().toString());
            }
        }
    }

    private void reconfigure(TopicImage topic, MetadataImage image) {
        LogConfig config = configs.of(topic, image);
        for (int partition = 0; partition < topic.partitionsCount(); partition++) {
            store.updateConfig(topic.partition(partition), config);
        }
    }

    private void delete(PartitionId id, String topic) {
        var _ = store.delete(id).whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn(
                        "event=partition-not-deleted topic={} partition={} action=\"the next start tries again\"",
                        topic,
                        id.partition(),
                        failure);
            }
        });
    }
}
