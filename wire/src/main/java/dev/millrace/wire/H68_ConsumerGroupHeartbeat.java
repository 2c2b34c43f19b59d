package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.ConsumerHeartbeatAnswer;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.Assignment;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * ConsumerGroupHeartbeat (key 68), versions 0 and 1.
 *
 * <p>Behaviour: a member joins, stays in, and leaves a group by this alone (KIP-848). The answer tells it what it may have, when that has changed, and
 * when to come back: soon while the group is on its way, later when it is at rest, never later than {@code group.consumer.heartbeat.interval.ms}.
 *
 * <ul>
 *   <li>v0: the server makes up a member id if there is none.
 *   <li>v1: expressions for topics in RE2's syntax; the member makes up its own id (KIP-1082).
 * </ul>
 */
final class H68_ConsumerGroupHeartbeat implements Handler<ConsumerGroupHeartbeatRequestData> {

    private static final int UNCHANGED = -1;
    private static final short OWN_ID_MIN_VERSION = 1;

    private final GroupCoordinator groups;

    H68_ConsumerGroupHeartbeat(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CONSUMER_GROUP_HEARTBEAT;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 1;
    }

    @Override
    public CompletableFuture<ConsumerGroupHeartbeatResponseData> handle(
            ConsumerGroupHeartbeatRequestData request, RequestContext context) {
        if (request.memberId().isEmpty() && context.apiVersion() >= OWN_ID_MIN_VERSION) {
            return CompletableFuture.completedFuture(
                    refusal(new MillraceException(ErrorCode.INVALID_REQUEST, "the member id is empty")));
        }
        return groups.consumerHeartbeat(new ConsumerHeartbeatRequest(
                        request.groupId(),
                        request.memberId(),
                        request.memberEpoch(),
                        Optional.ofNullable(request.instanceId()),
                        Optional.ofNullable(request.rackId()),
                        request.rebalanceTimeoutMs() == UNCHANGED
                                ? OptionalInt.empty()
                                : OptionalInt.of(request.rebalanceTimeoutMs()),
                        context.clientId().orElse(""),
                        GroupAnswers.clientHost(context),
                        Optional.ofNullable(request.subscribedTopicNames()).map(List::copyOf),
                        Optional.ofNullable(request.subscribedTopicRegex()),
                        Optional.ofNullable(request.serverAssignor()),
                        Optional.ofNullable(request.topicPartitions()).map(H68_ConsumerGroupHeartbeat::owned)))
                .handle((answer, failure) -> failure == null ? answer(answer) : refusal(failure));
    }

    private static ConsumerGroupHeartbeatResponseData refusal(Throwable failure) {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(ErrorMapping.errors(failure).code())
                .setErrorMessage(ErrorMapping.message(failure));
    }

    private static Set<PartitionId> owned(List<TopicPartitions> topics) {
        Set<PartitionId> owned = new HashSet<>();
        for (TopicPartitions topic : topics) {
            topic.partitions()
                    .forEach(partition -> owned.add(new PartitionId(TopicIds.fromKafka(topic.topicId()), partition)));
        }
        return owned;
    }

    private static ConsumerGroupHeartbeatResponseData answer(ConsumerHeartbeatAnswer answer) {
        ConsumerGroupHeartbeatResponseData response = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(answer.memberId())
                .setMemberEpoch(answer.memberEpoch())
                .setHeartbeatIntervalMs(answer.heartbeatIntervalMs());
        answer.assignment().ifPresent(assigned -> response.setAssignment(assignment(assigned)));
        return response;
    }

    private static Assignment assignment(SortedSet<PartitionId> assigned) {
        Map<Uuid, ConsumerGroupHeartbeatResponseData.TopicPartitions> topics = new LinkedHashMap<>();
        for (PartitionId partition : assigned) {
            topics.computeIfAbsent(
                            TopicIds.toKafka(partition.topicId()),
                            id -> new ConsumerGroupHeartbeatResponseData.TopicPartitions().setTopicId(id))
                    .partitions()
                    .add(partition.partition());
        }
        return new Assignment().setTopicPartitions(new ArrayList<>(topics.values()));
    }
}
