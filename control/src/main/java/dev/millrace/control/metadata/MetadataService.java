package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;
import dev.millrace.base.config.Config;
import dev.millrace.control.machine.MachineInstance;
import dev.millrace.control.machine.MachineLog;
import dev.millrace.control.machine.MachineOptions;
import dev.millrace.control.machine.MachineRuntime;
import dev.millrace.control.machine.PartitionMachineLog;
import dev.millrace.log.LogStore;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The topics, their configurations, feature levels, and producer ids. Thread-safe; nothing waits.
 *
 * <p>What {@link #image} shows is durable. Futures complete on the machine's thread, after the image shows what they report; they fail
 * with COORDINATOR_NOT_AVAILABLE when the machine cannot answer. Lists are answered entry by entry, in order.
 */
public final class MetadataService implements ProducerIds, InternalTopics {

    /** The metadata topic is the one whose id cannot be looked up: "millrace", 1. */
    public static final TopicId METADATA_TOPIC_ID = new TopicId(0x6d696c6c72616365L, 1);

    private final MetadataSettings settings;
    private final TopicLogs logs;
    private final MachineInstance<MetadataCommand> machine;
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private volatile MetadataImage image = MetadataImage.empty();

    private MetadataService(
            MetadataSettings settings, LogStore store, MachineRuntime runtime, Supplier<TopicId> newTopicIds) {
        this.settings = settings;
        this.logs = new TopicLogs(store, new TopicLogConfigs(settings.config()), () -> image);
        PartitionLog log =
                store.open(new PartitionId(METADATA_TOPIC_ID, 0), InternalTopics.METADATA, TopicLogConfigs.INTERNAL);
        this.machine = runtime.open(
                () -> new MetadataMachine(settings, newTopicIds, this::publish),
                new PartitionMachineLog(log),
                MachineOptions.DEFAULT);
    }

    /**
     * Opens the metadata log and begins to replay it.
     *
     * @param newTopicIds random ids
     */
    public static MetadataService open(
            MetadataSettings settings, LogStore store, MachineRuntime runtime, Supplier<TopicId> newTopicIds) {
        return new MetadataService(settings, store, runtime, newTopicIds);
    }

    /** Completes when the metadata is known; fails when its log cannot be replayed. */
    public CompletableFuture<Void> ready() {
        return machine.leading();
    }

    /** Whether changes are refused until the process restarts. */
    public boolean fenced() {
        return machine.fenced();
    }

    public MetadataSettings settings() {
        return settings;
    }

    /** Allocation-free. */
    public MetadataImage image() {
        return image;
    }

    /** Gives out the logs of partitions. */
    public TopicLogs logs() {
        return logs;
    }

    /** Has {@code listener} called with each topic that is deleted, on the machine's thread, once the image is without it. */
    public void onTopicDeleted(Consumer<TopicImage> listener) {
        logs.onDeleted(listener);
    }

    /** Has {@code listener} called on the machine's thread whenever the image has changed: it must be short. */
    public void onChanged(Runnable listener) {
        changeListeners.add(listener);
    }

    public CompletableFuture<List<Outcome<TopicImage>>> createTopics(List<NewTopic> topics, boolean validateOnly) {
        return machine.ask(reply -> new MetadataCommand.CreateTopics(topics, validateOnly, reply));
    }

    public CompletableFuture<List<Outcome<TopicImage>>> deleteTopics(List<TopicReference> topics) {
        return machine.ask(reply -> new MetadataCommand.DeleteTopics(topics, reply));
    }

    /** Answers with the topics as they are then. */
    public CompletableFuture<List<Outcome<TopicImage>>> createPartitions(
            List<NewPartitions> requests, boolean validateOnly) {
        return machine.ask(reply -> new MetadataCommand.CreatePartitions(requests, validateOnly, reply));
    }

    public CompletableFuture<List<Outcome<ConfigTarget>>> alterConfigs(
            List<ConfigAlteration> alterations, boolean validateOnly) {
        return machine.ask(reply -> new MetadataCommand.AlterConfigs(alterations, validateOnly, reply));
    }

    /**
     * Changes levels of features, all of them or none.
     *
     * @return the levels then; fails with INVALID_FEATURE_LEVEL if one is not allowed
     */
    public CompletableFuture<FeatureLevels> updateFeatures(List<FeatureUpdate> updates, boolean validateOnly) {
        return machine.ask(reply -> new MetadataCommand.UpdateFeatures(updates, validateOnly, reply));
    }

    /** The configuration of this server now. */
    public Config brokerConfig() {
        return image.effective(settings.config());
    }

    /** The configuration of a topic now. */
    public Config topicConfig(TopicImage topic) {
        return brokerConfig().withTopic(topic.configs());
    }

    @Override
    public CompletableFuture<Long> next() {
        return machine.ask(MetadataCommand.NextProducerId::new);
    }

    @Override
    public CompletableFuture<TopicImage> ensure(String topic, int partitionsCount) {
        Optional<TopicImage> known = image.topic(topic);
        return known.isPresent()
                ? CompletableFuture.completedFuture(known.get())
                : machine.ask(reply -> new MetadataCommand.EnsureInternalTopic(topic, partitionsCount, reply));
    }

    @Override
    public MachineLog log(TopicImage topic, int partition) {
        return new PartitionMachineLog(logs.open(topic, partition));
    }

    private void publish(MetadataImage published) {
        MetadataImage before = image;
        image = published;
        logs.follow(before, published);
        changeListeners.forEach(Runnable::run);
    }
}
