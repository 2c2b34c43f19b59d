package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.ConsumerGroupDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * ConsumerGroupDescribe (key 69), versions 0 and 1.
 *
 * <p>Behaviour: groups of the consumer protocol (KIP-848), with what each member has and what it is to have. A group of another type is
 * GROUP_ID_NOT_FOUND, as one that does not exist.
 *
 * <ul>
 *   <li>v1: says which members speak the classic protocol (KIP-1099).
 * </ul>
 */
final class H69_ConsumerGroupDescribe implements Handler<ConsumerGroupDescribeRequestData> {

    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private final GroupCoordinator groups;

    H69_ConsumerGroupDescribe(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CONSUMER_GROUP_DESCRIBE;
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
    public CompletableFuture<ConsumerGroupDescribeResponseData> handle(
            ConsumerGroupDescribeRequestData request, RequestContext context) {
        List<CompletableFuture<DescribedGroup>> answers = new ArrayList<>();
        for (String groupId : request.groupIds()) {
            answers.add(groups.describeConsumerGroup(groupId)
                    .handle((group, failure) -> failure == null
                            ? described(groupId, group, request.includeAuthorizedOperations())
                            : failed(groupId, ErrorMapping.errors(failure), ErrorMapping.message(failure))));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> new ConsumerGroupDescribeResponseData()
                        .setGroups(answers.stream().map(CompletableFuture::join).toList()));
    }

    private static DescribedGroup failed(String groupId, Errors error, String message) {
        return new DescribedGroup()
                .setGroupId(groupId)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private static DescribedGroup described(
            String groupId, Optional<ConsumerGroupDescription> found, boolean withOperations) {
        if (groupId.isEmpty()) {
            return failed(groupId, Errors.INVALID_GROUP_ID, "a group id must not be empty");
        }
        if (found.isEmpty()) {
            return failed(groupId, Errors.GROUP_ID_NOT_FOUND, "Group " + groupId + " not found.");
        }
        ConsumerGroupDescription group = found.get();
        DescribedGroup described = new DescribedGroup()
                .setGroupId(groupId)
                .setGroupState(group.state().label())
                .setGroupEpoch(group.groupEpoch())
                .setAssignmentEpoch(group.assignmentEpoch())
                .setAssignorName(group.assignor())
                .setMembers(group.members().stream()
                        .map(H69_ConsumerGroupDescribe::member)
                        .toList());
        return withOperations ? described.setAuthorizedOperations(GroupAnswers.EVERY_OPERATION) : described;
    }

    private static Member member(ConsumerGroupDescription.Member member) {
        return new Member()
                .setMemberId(member.memberId())
                .setInstanceId(member.instanceId().orElse(null))
                .setRackId(member.rackId().orElse(null))
                .setMemberEpoch(member.memberEpoch())
                .setClientId(member.clientId())
                .setClientHost(member.clientHost())
                .setSubscribedTopicNames(member.topicNames())
                .setSubscribedTopicRegex(member.topicRegex().orElse(""))
                .setAssignment(assignment(member.assignment()))
                .setTargetAssignment(assignment(member.target()))
                .setMemberType(member.classic() ? CLASSIC_MEMBER : CONSUMER_MEMBER);
    }

    private static Assignment assignment(List<ConsumerGroupDescription.Topic> topics) {
        return new Assignment()
                .setTopicPartitions(topics.stream()
                        .map(topic -> new TopicPartitions()
                                .setTopicId(TopicIds.toKafka(topic.id()))
                                .setTopicName(topic.name())
                                .setPartitions(topic.partitions()))
                        .toList());
    }
}
