package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.control.transactions.api.ProducerIdentity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * TxnOffsetCommit (key 28), versions 0 to 6.
 *
 * <p>Behaviour: the offsets are pending until the transaction ends, and then committed or gone (KIP-98). Answers when they are durable. Partitions that do
 * not exist are refused one by one; if the committer is refused, so are all the others.
 *
 * <ul>
 *   <li>v0, v1: a coordinator that is loading is COORDINATOR_NOT_AVAILABLE to them. v2: leader epochs (KIP-320).
 *   <li>v3: flexible; the member and its generation, which are checked (KIP-447). v4: TRANSACTION_ABORTABLE.
 *   <li>v5: the commit itself makes the group part of the transaction (KIP-890); before, AddOffsetsToTxn must have.
 *   <li>v6: topics by id instead of name (KIP-1319).
 * </ul>
 */
final class H28_TxnOffsetCommit implements Handler<TxnOffsetCommitRequestData> {

    private static final short LOADING_MIN_VERSION = 2;
    private static final short ABORTABLE_MIN_VERSION = 4;
    private static final short ADDS_MIN_VERSION = 5;
    private static final short TOPIC_IDS_MIN_VERSION = 6;

    private final LogPort port;

    H28_TxnOffsetCommit(LogPort port) {
        this.port = port;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.TXN_OFFSET_COMMIT;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 6;
    }

    /** A partition that exists: where its answer goes, and under which key its position is kept. */
    private record Accepted(GroupOffsets.Key key, TxnOffsetCommitResponsePartition entry) {}

    @Override
    public CompletableFuture<TxnOffsetCommitResponseData> handle(
            TxnOffsetCommitRequestData request, RequestContext context) {
        short version = context.apiVersion();
        TxnOffsetCommitResponseData answer = new TxnOffsetCommitResponseData();
        Map<GroupOffsets.Key, CommitRequest.Commit> commits = new LinkedHashMap<>();
        List<Accepted> accepted = new ArrayList<>();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            TxnOffsetCommitResponseTopic topicAnswer =
                    new TxnOffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            answer.topics().add(topicAnswer);
            for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
                TxnOffsetCommitResponsePartition entry =
                        new TxnOffsetCommitResponsePartition().setPartitionIndex(partition.partitionIndex());
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
        return port.transactions()
                .commitOffsets(
                        request.transactionalId(),
                        new ProducerIdentity(request.producerId(), request.producerEpoch()),
                        new CommitRequest(committer(request), commits, OptionalLong.empty()),
                        version >= ADDS_MIN_VERSION ? 2 : 1)
                .handle((outcomes, failure) -> {
                    accepted.forEach(each -> each.entry().setErrorCode(code(each.key(), outcomes, failure, version)));
                    return answer;
                });
    }

    private static short code(
            GroupOffsets.Key key,
            Map<GroupOffsets.Key, Optional<ErrorCode>> outcomes,
            @org.jspecify.annotations.Nullable Throwable failure,
            short version) {
        return failure == null
                ? GroupAnswers.code(outcomes.getOrDefault(key, Optional.empty()))
                : refusal(failure, version).code();
    }

    private Optional<PartitionPort> find(TxnOffsetCommitRequestTopic topic, int partition, short version) {
        return version >= TOPIC_IDS_MIN_VERSION
                ? port.partition(TopicIds.fromKafka(topic.topicId()), partition)
                : port.partition(topic.name(), partition);
    }

    private Errors notFound(TxnOffsetCommitRequestTopic topic, short version) {
        boolean topicIsKnown =
                version < TOPIC_IDS_MIN_VERSION || find(topic, 0, version).isPresent();
        return topicIsKnown ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID;
    }

    private static CommitRequest.Commit commit(PartitionPort partition, TxnOffsetCommitRequestPartition asked) {
        OptionalInt leaderEpoch =
                asked.committedLeaderEpoch() < 0 ? OptionalInt.empty() : OptionalInt.of(asked.committedLeaderEpoch());
        String metadata = Optional.ofNullable(asked.committedMetadata()).orElse("");
        return new CommitRequest.Commit(
                partition.id().topicId(), new GroupOffsets.Position(asked.committedOffset(), leaderEpoch, metadata));
    }

    private static GroupOffsets.Committer committer(TxnOffsetCommitRequestData request) {
        return new GroupOffsets.Committer(
                request.groupId(),
                request.memberId(),
                Optional.ofNullable(request.groupInstanceId()),
                request.generationIdOrMemberEpoch());
    }

    private static Errors refusal(Throwable failure, short version) {
        Errors error = ErrorMapping.errors(failure);
        return switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTION_ABORTABLE -> version >= ABORTABLE_MIN_VERSION ? error : Errors.INVALID_TXN_STATE;
            case COORDINATOR_LOAD_IN_PROGRESS ->
                version >= LOADING_MIN_VERSION ? error : Errors.COORDINATOR_NOT_AVAILABLE;
            default -> error;
        };
    }
}
