package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetCommit (key 8), versions 2 to 10.
 *
 * <p>Behaviour: answers when the offsets are durable. Partitions that do not exist are refused one by one; if the committer is refused, so are all
 * the others.
 *
 * <ul>
 *   <li>v2 to v4: the client says how long to keep the offsets; from v5 on the server decides.
 *   <li>v6: leader epochs (KIP-320). v7: static members (KIP-345). v8: flexible.
 *   <li>v9: a member of a group that does not exist hears GROUP_ID_NOT_FOUND, before that ILLEGAL_GENERATION. Members of
 *       KIP-848 groups hear STALE_MEMBER_EPOCH.
 *   <li>v10: topics by id instead of name (KIP-848).
 * </ul>
 */
final class H08_OffsetCommit implements Handler<OffsetCommitRequestData> {

    private static final short GROUP_NOT_FOUND_MIN_VERSION = 9;
    private static final short TOPIC_IDS_MIN_VERSION = 10;
    private static final long DEFAULT_RETENTION = -1;

    private final GroupCoordinator groups;
    private final LogPort log;

    /** Takes the log to see which partitions exist. */
    H08_OffsetCommit(GroupCoordinator groups, LogPort log) {
        this.groups = groups;
        this.log = log;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_COMMIT;
    }

    @Override
    public short minVersion() {
        return 2;
    }

    @Override
    public short maxVersion() {
        return 10;
    }

    /** A partition that exists: where its answer goes, and under which key its position is kept. */
    private record Accepted(GroupOffsets.Key key, OffsetCommitResponsePartition entry) {}

    @Override
    public CompletableFuture<OffsetCommitResponseData> handle(OffsetCommitRequestData request, RequestContext context) {
        short version = context.apiVersion();
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        Map<GroupOffsets.Key, CommitRequest.Commit> commits = new LinkedHashMap<>();
        List<Accepted> accepted = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic topicAnswer =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            answer.topics().add(topicAnswer);
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                OffsetCommitResponsePartition entry =
                        new OffsetCommitResponsePartition().setPartitionIndex(partition.partitionIndex());
                topicAnswer.partitions().add(entry);
                Optional<PartitionPort> found = find(topic, partition.partitionIndex(), version);
                if (found.isPresent()) {
                    GroupOffsets.Key key = new GroupOffsets.Key(found.get().topic(), partition.partitionIndex());
                    commits.put(key, commit(found.get(), partition));
                    accepted.add(new Accepted(key, entry));
                } else {
                    entry.setErrorCode(notFound(topic, version).code());
                }
            }
        }
        if (accepted.isEmpty()) {
            return CompletableFuture.completedFuture(answer);
        }
        return groups.commit(new CommitRequest(committer(request), commits, retention(request)))
                .handle((outcomes, failure) -> {
                    for (Accepted each : accepted) {
                        short code = failure == null
                                ? GroupAnswers.code(outcomes.getOrDefault(each.key(), Optional.empty()))
                                : refusal(failure, version).code();
                        each.entry().setErrorCode(code);
                    }
                    return answer;
                });
    }

    private Optional<PartitionPort> find(OffsetCommitRequestTopic topic, int partition, short version) {
        return version >= TOPIC_IDS_MIN_VERSION
                ? log.partition(TopicIds.fromKafka(topic.topicId()), partition)
                : log.partition(topic.name(), partition);
    }

    private Errors notFound(OffsetCommitRequestTopic topic, short version) {
        boolean topicIsKnown =
                version < TOPIC_IDS_MIN_VERSION || find(topic, 0, version).isPresent();
        return topicIsKnown ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID;
    }

    private static CommitRequest.Commit commit(PartitionPort partition, OffsetCommitRequestPartition asked) {
        OptionalInt leaderEpoch =
                asked.committedLeaderEpoch() < 0 ? OptionalInt.empty() : OptionalInt.of(asked.committedLeaderEpoch());
        String metadata = Optional.ofNullable(asked.committedMetadata()).orElse("");
        return new CommitRequest.Commit(
                partition.id().topicId(), new GroupOffsets.Position(asked.committedOffset(), leaderEpoch, metadata));
    }

    private static GroupOffsets.Committer committer(OffsetCommitRequestData request) {
        return new GroupOffsets.Committer(
                request.groupId(),
                request.memberId(),
                Optional.ofNullable(request.groupInstanceId()),
                request.generationIdOrMemberEpoch());
    }

    private static OptionalLong retention(OffsetCommitRequestData request) {
        return request.retentionTimeMs() == DEFAULT_RETENTION
                ? OptionalLong.empty()
                : OptionalLong.of(request.retentionTimeMs());
    }

    private static Errors refusal(Throwable failure, short version) {
        Errors error = ErrorMapping.errors(failure);
        if (error == Errors.STALE_MEMBER_EPOCH && version < GROUP_NOT_FOUND_MIN_VERSION) {
            return Errors.UNSUPPORTED_VERSION;
        }
        return error == Errors.GROUP_ID_NOT_FOUND && version < GROUP_NOT_FOUND_MIN_VERSION
                ? Errors.ILLEGAL_GENERATION
                : error;
    }
}
