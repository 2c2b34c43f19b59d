package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;
import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The durable metadata at one moment. Immutable. */
public final class MetadataImage {

    private final SortedMap<String, TopicImage> sorted;
    private final Map<String, TopicImage> topicsByName;
    private final Map<TopicId, TopicImage> topicsById;
    private final Map<String, String> clusterConfigs;
    private final Map<String, String> brokerConfigs;
    private final FeatureLevels features;
    private final Map<String, Map<String, String>> groupConfigs;

    MetadataImage(
            Map<String, TopicImage> topics,
            Map<String, String> clusterConfigs,
            Map<String, String> brokerConfigs,
            Map<String, Map<String, String>> groupConfigs,
            FeatureLevels features) {
        this.sorted = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
        this.topicsByName = new HashMap<>(topics);
        this.topicsById = HashMap.newHashMap(topics.size());
        topics.values().forEach(topic -> topicsById.put(topic.id(), topic));
        this.clusterConfigs = Map.copyOf(clusterConfigs);
        this.brokerConfigs = Map.copyOf(brokerConfigs);
        this.groupConfigs = Map.copyOf(groupConfigs);
        this.features = features;
    }

    /** Without topics, with every setting and level at its default. */
    public static MetadataImage empty() {
        return new MetadataImage(Map.of(), Map.of(), Map.of(), Map.of(), FeatureLevels.DEFAULT);
    }

    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topicsByName.get(name));
    }

    public Optional<TopicImage> topic(TopicId id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    /** {@code config}, as file and command line give it, with what was set at run time over it. */
    public Config effective(Config config) {
        return effective(config, clusterConfigs, brokerConfigs);
    }

    static Config effective(Config config, Map<String, String> clusterConfigs, Map<String, String> brokerConfigs) {
        return config.withDynamic(ConfigSource.Kind.DYNAMIC_DEFAULT, clusterConfigs)
                .withDynamic(ConfigSource.Kind.DYNAMIC_SERVER, brokerConfigs);
    }

    /** All topics, by name, internal ones too. */
    public Collection<TopicImage> topics() {
        return sorted.values();
    }

    /** As {@link #topics}, from the first name at or behind {@code name} on. */
    public Collection<TopicImage> topicsFrom(String name) {
        return sorted.tailMap(name).values();
    }

    /** What was set at run time as default for all brokers. */
    public Map<String, String> clusterConfigs() {
        return clusterConfigs;
    }

    /** What was set for single groups, by group id. */
    public Map<String, Map<String, String>> groupConfigs() {
        return groupConfigs;
    }

    /** What was set at run time for this broker. */
    public Map<String, String> brokerConfigs() {
        return brokerConfigs;
    }

    /** The levels that features are at. */
    public FeatureLevels features() {
        return features;
    }
}
