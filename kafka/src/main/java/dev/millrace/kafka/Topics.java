package dev.millrace.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/** The topics of a cluster. Every method throws {@link ClusterException} with a sentence for the user. Not thread-safe. */
public final class Topics {

    /** A topic at a glance. */
    public record Summary(String name, String topicId, int partitionsCount, int replicationFactor, boolean internal) {}

    /**
     * A partition.
     *
     * @param leader the node that leads; empty if none does
     * @param startOffset the first offset that is there
     * @param endOffset the offset behind the last readable record
     */
    public record Partition(
            int partition,
            OptionalInt leader,
            List<Integer> replicas,
            List<Integer> inSync,
            long startOffset,
            long endOffset) {

        public long recordsCount() {
            return endOffset - startOffset;
        }
    }

    /**
     * A setting of a topic.
     *
     * @param own whether it was set on this topic, rather than being a default
     */
    public record Setting(String key, String value, boolean own) {}

    /** Everything about a topic. */
    public record Description(Summary summary, List<Partition> partitions, List<Setting> settings) {}

    private final AdminCalls calls;

    Topics(AdminCalls calls) {
        this.calls = calls;
    }

    /**
     * Creates a topic.
     *
     * @param partitionsCount empty for the cluster's default
     * @param replicationFactor empty for the cluster's default
     */
    public Summary create(
            String name, OptionalInt partitionsCount, OptionalInt replicationFactor, Map<String, String> settings) {
        Optional<Short> factor =
                replicationFactor.isPresent() ? Optional.of((short) replicationFactor.getAsInt()) : Optional.empty();
        NewTopic topic = new NewTopic(
                        name, partitionsCount.isPresent() ? box(partitionsCount) : Optional.empty(), factor)
                .configs(settings);
        calls.await(calls.admin().createTopics(List.of(topic)).all(), subject(name));
        return summary(lookUp(List.of(name)).iterator().next());
    }

    /** The topics by name. */
    public List<Summary> list(boolean withInternal) {
        ListTopicsOptions options = new ListTopicsOptions().listInternal(withInternal);
        Set<String> names = calls.await(calls.admin().listTopics(options).names(), "topics");
        return lookUp(names).stream()
                .map(Topics::summary)
                .sorted(Comparator.comparing(Summary::name))
                .toList();
    }

    public Description describe(String name) {
        TopicDescription topic = lookUp(List.of(name)).iterator().next();
        return new Description(summary(topic), partitions(topic), settings(name));
    }

    /** Adds partitions until there are {@code partitionsCount}. */
    public void grow(String name, int partitionsCount) {
        calls.await(
                calls.admin()
                        .createPartitions(Map.of(name, NewPartitions.increaseTo(partitionsCount)))
                        .all(),
                subject(name));
    }

    /** Sets and removes settings of a topic; what is not named stays. */
    public void alterSettings(String name, Map<String, String> set, Collection<String> remove) {
        List<AlterConfigOp> changes = new ArrayList<>();
        set.forEach((key, value) -> changes.add(new AlterConfigOp(new ConfigEntry(key, value), OpType.SET)));
        remove.forEach(key -> changes.add(new AlterConfigOp(new ConfigEntry(key, ""), OpType.DELETE)));
        calls.await(
                calls.admin()
                        .incrementalAlterConfigs(Map.of(resource(name), changes))
                        .all(),
                subject(name));
    }

    public void delete(String name) {
        calls.await(calls.admin().deleteTopics(List.of(name)).all(), subject(name));
    }

    private Collection<TopicDescription> lookUp(Collection<String> names) {
        String subject = names.size() == 1 ? subject(names.iterator().next()) : "topics";
        return calls.await(calls.admin().describeTopics(names).allTopicNames(), subject)
                .values();
    }

    private List<Partition> partitions(TopicDescription topic) {
        List<TopicPartition> all = topic.partitions().stream()
                .map(p -> new TopicPartition(topic.name(), p.partition()))
                .toList();
        Offsets offsets = new Offsets(calls);
        Map<TopicPartition, Long> starts = offsets.lookUp(all, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets.lookUp(all, OffsetSpec.latest());
        return topic.partitions().stream()
                .map(p -> {
                    TopicPartition key = new TopicPartition(topic.name(), p.partition());
                    return new Partition(
                            p.partition(),
                            leader(p),
                            ids(p.replicas()),
                            ids(p.isr()),
                            starts.getOrDefault(key, 0L),
                            ends.getOrDefault(key, 0L));
                })
                .toList();
    }

    private List<Setting> settings(String name) {
        return calls
                .await(calls.admin().describeConfigs(List.of(resource(name))).all(), subject(name))
                .values()
                .iterator()
                .next()
                .entries()
                .stream()
                .map(e -> new Setting(
                        e.name(),
                        e.value() == null ? "" : e.value(),
                        e.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG))
                .sorted(Comparator.comparing(Setting::key))
                .toList();
    }

    private static Summary summary(TopicDescription topic) {
        int factor = topic.partitions().isEmpty()
                ? 0
                : topic.partitions().getFirst().replicas().size();
        return new Summary(
                topic.name(), topic.topicId().toString(), topic.partitions().size(), factor, topic.isInternal());
    }

    private static OptionalInt leader(TopicPartitionInfo partition) {
        Node leader = partition.leader();
        return leader == null || leader.isEmpty() ? OptionalInt.empty() : OptionalInt.of(leader.id());
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    private static Optional<Integer> box(OptionalInt number) {
        return Optional.of(number.getAsInt());
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    static String subject(String topic) {
        return "topic \"" + topic + "\"";
    }
}
