package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.OffsetReader;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.LogPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetFetch (key 9), versions 1 to 10.
 *
 * <p>Behaviour: what nobody has committed is answered with offset -1, also for topics and groups that do not exist. Answers are always stable:
 * they wait for every commit that came before.
 *
 * <ul>
 *   <li>v2: no topics at all asks for everything that is committed. v5: leader epochs (KIP-320). v6: flexible.
 *   <li>v7: may insist on stable offsets (KIP-447). v8: several groups at once (KIP-709).
 *   <li>v9: names the member, which in a KIP-848 group must be up to date. v10: topics by id instead of name.
 * </ul>
 */
final class H09_OffsetFetch implements Handler<OffsetFetchRequestData> {

    private static final short GROUPS_MIN_VERSION = 8;
    private static final short TOPIC_IDS_MIN_VERSION = 10;
    private static final long NO_OFFSET = -1;
    private static final int NO_EPOCH = -1;
    private static final Comparator<GroupOffsets.Key> BY_TOPIC_AND_PARTITION =
            Comparator.comparing(GroupOffsets.Key::topic).thenComparingInt(GroupOffsets.Key::partition);

    private final GroupCoordinator groups;
    private final LogPort log;

    /** Takes the log to find the names of topic ids. */
    H09_OffsetFetch(GroupCoordinator groups, LogPort log) {
        this.groups = groups;
        this.log = log;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FETCH;
    }

    @Override
    public short minVersion() {
        return 1;
    }

    @Override
    public short maxVersion() {
        return 10;
    }

    @Override
    public CompletableFuture<OffsetFetchResponseData> handle(OffsetFetchRequestData request, RequestContext context) {
        short version = context.apiVersion();
        if (version < GROUPS_MIN_VERSION) {
            return fetch(asGroup(request), request.requireStable(), version).thenApply(H09_OffsetFetch::withoutGroup);
        }
        List<CompletableFuture<OffsetFetchResponseGroup>> answers = new ArrayList<>();
        for (OffsetFetchRequestGroup group : request.groups()) {
            answers.add(fetch(group, request.requireStable(), version)
                    .exceptionally(failure -> new OffsetFetchResponseGroup()
                            .setGroupId(group.groupId())
                            .setErrorCode(ErrorMapping.errors(failure).code())));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> new OffsetFetchResponseData()
                        .setGroups(answers.stream().map(CompletableFuture::join).toList()));
    }

    /** What a transaction may still change is told to be so, if the client insists (KIP-447). */
    private CompletableFuture<OffsetFetchResponseGroup> fetch(
            OffsetFetchRequestGroup group, boolean requireStable, short version) {
        if (!requireStable) {
            return fetch(group, version);
        }
        return groups.fetchUnstable(group.groupId())
                .thenCombine(fetch(group, version), (unstable, answer) -> withUnstable(answer, unstable));
    }

    private OffsetFetchResponseGroup withUnstable(OffsetFetchResponseGroup answer, Set<GroupOffsets.Key> unstable) {
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            String name = topic.name().isEmpty() ? name(topic.topicId()).orElse("") : topic.name();
            topic.partitions()
                    .replaceAll(partition -> unstable.contains(new GroupOffsets.Key(name, partition.partitionIndex()))
                            ? none(partition.partitionIndex()).setErrorCode(Errors.UNSTABLE_OFFSET_COMMIT.code())
                            : partition);
        }
        return answer;
    }

    private CompletableFuture<OffsetFetchResponseGroup> fetch(OffsetFetchRequestGroup group, short version) {
        if (group.topics() == null) {
            return groups.fetchAll(reader(group)).thenApply(positions -> group(group, everything(positions, version)));
        }
        List<NamedTopic> topics = new ArrayList<>(group.topics().size());
        List<GroupOffsets.Key> keys = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            Optional<String> name =
                    version >= TOPIC_IDS_MIN_VERSION ? name(topic.topicId()) : Optional.of(topic.name());
            topics.add(new NamedTopic(topic, name));
            name.ifPresent(known ->
                    topic.partitionIndexes().forEach(partition -> keys.add(new GroupOffsets.Key(known, partition))));
        }
        return groups.fetch(reader(group), keys).thenApply(positions -> group(group, asked(topics, positions)));
    }

    private static OffsetReader reader(OffsetFetchRequestGroup group) {
        return new OffsetReader(group.groupId(), Optional.ofNullable(group.memberId()), group.memberEpoch());
    }

    /** A topic that was asked for; {@code name} is empty if no topic has its id. */
    private record NamedTopic(OffsetFetchRequestTopics topic, Optional<String> name) {}

    private static List<OffsetFetchResponseTopics> asked(
            List<NamedTopic> topics, Map<GroupOffsets.Key, GroupOffsets.Position> positions) {
        List<OffsetFetchResponseTopics> answers = new ArrayList<>(topics.size());
        for (NamedTopic each : topics) {
            OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics()
                    .setName(each.topic().name())
                    .setTopicId(each.topic().topicId());
            for (int partition : each.topic().partitionIndexes()) {
                answer.partitions().add(asked(each, partition, positions));
            }
            answers.add(answer);
        }
        return answers;
    }

    private static OffsetFetchResponsePartitions asked(
            NamedTopic topic, int partition, Map<GroupOffsets.Key, GroupOffsets.Position> positions) {
        if (topic.name().isEmpty()) {
            return none(partition).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
        }
        GroupOffsets.Position position =
                positions.get(new GroupOffsets.Key(topic.name().get(), partition));
        return position == null ? none(partition) : committed(partition, position);
    }

    /** All that the group has committed; by id it cannot be said of a topic that is gone, which is left out. */
    private List<OffsetFetchResponseTopics> everything(
            Map<GroupOffsets.Key, GroupOffsets.Position> positions, short version) {
        Map<String, OffsetFetchResponseTopics> topics = new LinkedHashMap<>();
        Map<GroupOffsets.Key, GroupOffsets.Position> inOrder = new TreeMap<>(BY_TOPIC_AND_PARTITION);
        inOrder.putAll(positions);
        inOrder.forEach((key, position) -> topics.computeIfAbsent(
                        key.topic(), name -> new OffsetFetchResponseTopics().setName(name))
                .partitions()
                .add(committed(key.partition(), position)));
        if (version < TOPIC_IDS_MIN_VERSION) {
            return List.copyOf(topics.values());
        }
        List<OffsetFetchResponseTopics> named = new ArrayList<>(topics.size());
        topics.forEach((name, topic) -> log.partition(name, 0)
                .ifPresent(found ->
                        named.add(topic.setTopicId(TopicIds.toKafka(found.id().topicId())))));
        return named;
    }

    private Optional<String> name(Uuid topicId) {
        return log.partition(TopicIds.fromKafka(topicId), 0).map(partition -> partition.topic());
    }

    private static OffsetFetchResponseGroup group(
            OffsetFetchRequestGroup group, List<OffsetFetchResponseTopics> topics) {
        return new OffsetFetchResponseGroup().setGroupId(group.groupId()).setTopics(topics);
    }

    private static OffsetFetchResponsePartitions none(int partition) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(NO_OFFSET)
                .setCommittedLeaderEpoch(NO_EPOCH)
                .setMetadata("");
    }

    private static OffsetFetchResponsePartitions committed(int partition, GroupOffsets.Position position) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(position.offset())
                .setCommittedLeaderEpoch(position.leaderEpoch().orElse(NO_EPOCH))
                .setMetadata(position.metadata());
    }

    // ---- versions 1 to 7 know one group, and say the same in other classes

    private static OffsetFetchRequestGroup asGroup(OffsetFetchRequestData request) {
        OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(request.groupId());
        if (request.topics() == null) {
            return group.setTopics(null);
        }
        for (OffsetFetchRequestTopic topic : request.topics()) {
            group.topics()
                    .add(new OffsetFetchRequestTopics()
                            .setName(topic.name())
                            .setPartitionIndexes(topic.partitionIndexes()));
        }
        return group;
    }

    private static OffsetFetchResponseData withoutGroup(OffsetFetchResponseGroup group) {
        List<OffsetFetchResponseTopic> topics = new ArrayList<>(group.topics().size());
        for (OffsetFetchResponseTopics topic : group.topics()) {
            List<OffsetFetchResponsePartition> partitions =
                    new ArrayList<>(topic.partitions().size());
            for (OffsetFetchResponsePartitions partition : topic.partitions()) {
                partitions.add(new OffsetFetchResponsePartition()
                        .setPartitionIndex(partition.partitionIndex())
                        .setCommittedOffset(partition.committedOffset())
                        .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                        .setMetadata(partition.metadata())
                        .setErrorCode(partition.errorCode()));
            }
            topics.add(new OffsetFetchResponseTopic().setName(topic.name()).setPartitions(partitions));
        }
        return new OffsetFetchResponseData().setTopics(topics);
    }
}
