package dev.millrace.kafka;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;

/** The consumer groups of a cluster. Every method throws {@link ClusterException} with a sentence for the user. Not thread-safe. */
public final class Groups {

    /**
     * A group at a glance.
     *
     * @param state as Kafka names it: Stable, Empty, PreparingRebalance, …
     * @param protocolType "consumer" for consumers
     */
    public record Summary(String groupId, String state, String protocolType) {}

    /** A partition by name. */
    public record Partition(String topic, int partition) {}

    /** Someone who is in the group now. */
    public record Member(
            String memberId, Optional<String> instanceId, String clientId, String host, List<Partition> partitions) {}

    /**
     * How far the group is in a partition.
     *
     * @param committedOffset next offset to read; empty if none was committed
     * @param endOffset the offset behind the last readable record
     * @param memberId who reads it now; empty if nobody does
     */
    public record Position(
            Partition partition, OptionalLong committedOffset, long endOffset, Optional<String> memberId) {

        /** Records that are left to read; empty if nothing was committed. */
        public OptionalLong lag() {
            return committedOffset.isPresent()
                    ? OptionalLong.of(Math.max(0, endOffset - committedOffset.getAsLong()))
                    : OptionalLong.empty();
        }
    }

    /** Everything about a group. */
    public record Description(
            Summary summary, String assignor, String coordinator, List<Member> members, List<Position> positions) {}

    /** A committed offset that was moved, or would be. */
    public record Moved(Partition partition, OptionalLong before, long after) {}

    private static final Comparator<Partition> BY_NAME =
            Comparator.comparing(Partition::topic).thenComparingInt(Partition::partition);

    private final AdminCalls calls;

    Groups(AdminCalls calls) {
        this.calls = calls;
    }

    public List<Summary> list() {
        return calls.await(calls.admin().listGroups().all(), "groups").stream()
                .map(g -> new Summary(
                        g.groupId(), g.groupState().map(GroupState::toString).orElse("Unknown"), g.protocol()))
                .sorted(Comparator.comparing(Summary::groupId))
                .toList();
    }

    public Description describe(String groupId) {
        ConsumerGroupDescription group = calls.await(
                        calls.admin().describeConsumerGroups(List.of(groupId)).all(), subject(groupId))
                .values()
                .iterator()
                .next();
        List<Member> members = group.members().stream()
                .map(Groups::member)
                .sorted(Comparator.comparing(Member::memberId))
                .toList();
        return new Description(
                new Summary(groupId, group.groupState().toString(), "consumer"),
                group.partitionAssignor(),
                group.coordinator().host() + ":" + group.coordinator().port(),
                members,
                positions(groupId, members));
    }

    /**
     * Moves the committed offsets of a group that has no members.
     *
     * @param topics which topics; none for all that the group has committed
     * @param apply whether to commit, or only to tell what would be
     */
    public List<Moved> resetOffsets(String groupId, List<String> topics, StartPosition to, boolean apply) {
        Map<TopicPartition, Long> before = committed(groupId);
        Set<TopicPartition> partitions = topics.isEmpty() ? before.keySet() : partitionsOf(topics);
        if (partitions.isEmpty()) {
            throw new ClusterException(subject(groupId) + " has committed nothing: name a topic with --topic.");
        }
        Map<TopicPartition, Long> after = new Offsets(calls).resolve(partitions, to);
        if (apply) {
            Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
            after.forEach((partition, offset) -> commits.put(partition, new OffsetAndMetadata(offset)));
            calls.await(
                    calls.admin().alterConsumerGroupOffsets(groupId, commits).all(), subject(groupId));
        }
        return after.entrySet().stream()
                .map(e -> new Moved(name(e.getKey()), optional(before, e.getKey()), e.getValue()))
                .sorted(Comparator.comparing(Moved::partition, BY_NAME))
                .toList();
    }

    public void delete(String groupId) {
        calls.await(calls.admin().deleteConsumerGroups(List.of(groupId)).all(), subject(groupId));
    }

    private List<Position> positions(String groupId, List<Member> members) {
        Map<TopicPartition, Long> committed = committed(groupId);
        Map<Partition, String> owners = new HashMap<>();
        members.forEach(m -> m.partitions().forEach(p -> owners.put(p, m.memberId())));
        Set<TopicPartition> all = new HashSet<>(committed.keySet());
        owners.keySet().forEach(p -> all.add(new TopicPartition(p.topic(), p.partition())));
        Map<TopicPartition, Long> ends = new Offsets(calls).lookUp(all, OffsetSpec.latest());
        return all.stream()
                .map(p -> new Position(
                        name(p),
                        optional(committed, p),
                        ends.getOrDefault(p, 0L),
                        Optional.ofNullable(owners.get(name(p)))))
                .sorted(Comparator.comparing(Position::partition, BY_NAME))
                .toList();
    }

    private Map<TopicPartition, Long> committed(String groupId) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        calls.await(calls.admin().listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata(), subject(groupId))
                .forEach((partition, position) -> {
                    if (position != null) {
                        offsets.put(partition, position.offset());
                    }
                });
        return offsets;
    }

    private Set<TopicPartition> partitionsOf(Collection<String> topics) {
        Set<TopicPartition> partitions = new HashSet<>();
        String subject = "topic " + String.join(", ", topics);
        calls.await(calls.admin().describeTopics(topics).allTopicNames(), subject)
                .values()
                .forEach(topic -> topic.partitions()
                        .forEach(p -> partitions.add(new TopicPartition(topic.name(), p.partition()))));
        return partitions;
    }

    private static Member member(MemberDescription member) {
        return new Member(
                member.consumerId(),
                member.groupInstanceId(),
                member.clientId(),
                member.host(),
                member.assignment().topicPartitions().stream()
                        .map(Groups::name)
                        .sorted(BY_NAME)
                        .toList());
    }

    private static Partition name(TopicPartition partition) {
        return new Partition(partition.topic(), partition.partition());
    }

    private static OptionalLong optional(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        Long offset = offsets.get(partition);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    private static String subject(String groupId) {
        return "group \"" + groupId + "\"";
    }
}
