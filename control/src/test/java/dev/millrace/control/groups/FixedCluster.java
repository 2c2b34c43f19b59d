package dev.millrace.control.groups;

import dev.millrace.base.TopicId;
import dev.millrace.control.groups.api.ClusterView;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A cluster whose topics a test makes, grows and deletes; {@link #copy} is what groups are shown. */
public final class FixedCluster implements ClusterView {

    private final SortedMap<String, Topic> topics = new TreeMap<>();
    private final Map<String, Map<String, String>> configs = new HashMap<>();
    private long idsCount;

    /** Makes the topic, or sets its number of partitions. */
    public Topic topic(String name, int partitionsCount) {
        TopicId id = topic(name).map(Topic::id).orElseGet(() -> new TopicId(7, ++idsCount));
        Topic topic = new Topic(name, id, partitionsCount);
        topics.put(name, topic);
        return topic;
    }

    public void delete(String name) {
        topics.remove(name);
    }

    public void configs(String groupId, Map<String, String> changed) {
        configs.put(groupId, changed);
    }

    /** As it is now. */
    public ClusterView copy() {
        FixedCluster copy = new FixedCluster();
        copy.topics.putAll(topics);
        copy.configs.putAll(configs);
        return copy;
    }

    @Override
    public Optional<Topic> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    @Override
    public Optional<Topic> topic(TopicId id) {
        return topics.values().stream().filter(topic -> topic.id().equals(id)).findFirst();
    }

    @Override
    public Collection<String> topicNames() {
        return topics.keySet();
    }

    @Override
    public Map<String, String> configs(String groupId) {
        return configs.getOrDefault(groupId, Map.of());
    }
}
