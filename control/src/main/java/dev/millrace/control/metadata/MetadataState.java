package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;
import dev.millrace.base.config.Config;
import dev.millrace.control.machine.MachineRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The hard state of the metadata machine: exactly what its facts say. Machine thread only. */
final class MetadataState {

    private final Map<String, TopicImage> topics = new TreeMap<>();
    private final Map<TopicId, TopicImage> topicsById = new HashMap<>();
    private final Map<String, String> namesByUnified = new HashMap<>();
    private Map<String, String> clusterConfigs = Map.of();
    private Map<String, String> brokerConfigs = Map.of();
    private final Map<String, Map<String, String>> groupConfigs = new TreeMap<>();
    private long firstFreeProducerId;
    private FeatureLevels features = FeatureLevels.DEFAULT;
    private boolean featuresRecorded;

    Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    Optional<TopicImage> topic(TopicId id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    /** The topic whose name becomes the same as {@code name} where '.' and '_' are the same. */
    Optional<String> collidingWith(String name) {
        return Optional.ofNullable(namesByUnified.get(TopicNames.unified(name)));
    }

    Map<String, String> configs(boolean ofBroker) {
        return ofBroker ? brokerConfigs : clusterConfigs;
    }

    /** What was set for this group; empty if nothing was. */
    Map<String, String> groupConfigs(String groupId) {
        return groupConfigs.getOrDefault(groupId, Map.of());
    }

    long firstFreeProducerId() {
        return firstFreeProducerId;
    }

    FeatureLevels features() {
        return features;
    }

    /** Whether a fact says so; otherwise they are the defaults of this version. */
    boolean featuresRecorded() {
        return featuresRecorded;
    }

    /** {@code config} with what was set at run time. */
    Config effective(Config config) {
        return MetadataImage.effective(config, clusterConfigs, brokerConfigs);
    }

    MetadataImage image() {
        return new MetadataImage(topics, clusterConfigs, brokerConfigs, groupConfigs, features);
    }

    void replay(MachineRecord record) {
        switch (MetadataRecords.read(record)) {
            case MetadataRecords.Fact.Topic(TopicImage topic) -> put(topic);
            case MetadataRecords.Fact.TopicDeleted(TopicId id) -> remove(id);
            case MetadataRecords.Fact.Configs(boolean ofBroker, Map<String, String> configs) -> {
                if (ofBroker) {
                    brokerConfigs = configs;
                } else {
                    clusterConfigs = configs;
                }
            }
            case MetadataRecords.Fact.GroupConfigs(String groupId, Map<String, String> configs) -> {
                if (configs.isEmpty()) {
                    groupConfigs.remove(groupId);
                } else {
                    groupConfigs.put(groupId, Map.copyOf(configs));
                }
            }
            case MetadataRecords.Fact.ProducerIdsTaken(long firstFreeId) -> firstFreeProducerId = firstFreeId;
            case MetadataRecords.Fact.Features(FeatureLevels levels) -> {
                features = levels;
                featuresRecorded = true;
            }
        }
    }

    void snapshot(Consumer<MachineRecord> out) {
        topics.values().forEach(topic -> out.accept(MetadataRecords.topic(topic)));
        out.accept(MetadataRecords.configs(false, clusterConfigs));
        out.accept(MetadataRecords.configs(true, brokerConfigs));
        groupConfigs.forEach((groupId, configs) -> out.accept(MetadataRecords.groupConfigs(groupId, configs)));
        out.accept(MetadataRecords.producerIdsTaken(firstFreeProducerId));
        if (featuresRecorded) {
            out.accept(MetadataRecords.features(features));
        }
    }

    private void put(TopicImage topic) {
        topics.put(topic.name(), topic);
        topicsById.put(topic.id(), topic);
        namesByUnified.put(TopicNames.unified(topic.name()), topic.name());
    }

    private void remove(TopicId id) {
        TopicImage removed = topicsById.remove(id);
        if (removed != null) {
            topics.remove(removed.name(), removed);
            namesByUnified.remove(TopicNames.unified(removed.name()), removed.name());
        }
    }
}
