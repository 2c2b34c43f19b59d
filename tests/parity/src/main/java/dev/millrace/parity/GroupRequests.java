package dev.millrace.parity;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;

/** Requests of the classic group protocol and about committed offsets. */
final class GroupRequests {
    private GroupRequests() {}

    /** A consumer of one topic that knows these assignors. */
    static JoinGroupRequestData join(String group, String member, String topic, String... assignors) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setSessionTimeoutMs(30_000)
                .setRebalanceTimeoutMs(30_000)
                .setProtocolType("consumer");
        byte[] subscription = array(ConsumerProtocol.serializeSubscription(new Subscription(List.of(topic))));
        for (String assignor : assignors) {
            request.protocols()
                    .add(new JoinGroupRequestProtocol().setName(assignor).setMetadata(subscription));
        }
        return request;
    }

    static SyncGroupRequestData sync(String group, int generation, String member, String... assigned) {
        return new SyncGroupRequestData()
                .setGroupId(group)
                .setGenerationId(generation)
                .setMemberId(member)
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(Arrays.stream(assigned)
                        .map(to ->
                                new SyncGroupRequestAssignment().setMemberId(to).setAssignment(new byte[] {1, 2, 3}))
                        .toList());
    }

    static HeartbeatRequestData heartbeat(String group, int generation, String member) {
        return new HeartbeatRequestData()
                .setGroupId(group)
                .setGenerationId(generation)
                .setMemberId(member);
    }

    static LeaveGroupRequestData leave(String group, MemberIdentity... members) {
        return new LeaveGroupRequestData().setGroupId(group).setMembers(List.of(members));
    }

    static MemberIdentity member(String id) {
        return new MemberIdentity().setMemberId(id);
    }

    static MemberIdentity instance(String instanceId) {
        return new MemberIdentity().setMemberId("").setGroupInstanceId(instanceId);
    }

    static DescribeGroupsRequestData describe(String... groups) {
        return new DescribeGroupsRequestData().setGroups(List.of(groups));
    }

    static ListGroupsRequestData list(List<String> states, List<String> types) {
        return new ListGroupsRequestData().setStatesFilter(states).setTypesFilter(types);
    }

    static DeleteGroupsRequestData delete(String... groups) {
        return new DeleteGroupsRequestData().setGroupsNames(List.of(groups));
    }

    /** A commit of one partition by somebody who is no member. */
    static OffsetCommitRequestData commit(String group, String topic, int partition, long offset) {
        return commit(group, new OffsetCommitRequestTopic().setName(topic), partition, offset, "");
    }

    static OffsetCommitRequestData commitById(String group, Uuid topicId, int partition, long offset) {
        return commit(group, new OffsetCommitRequestTopic().setTopicId(topicId), partition, offset, "");
    }

    static OffsetCommitRequestData commit(
            String group, OffsetCommitRequestTopic topic, int partition, long offset, String metadata) {
        topic.setPartitions(List.of(new OffsetCommitRequestPartition()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset)
                .setCommittedLeaderEpoch(0)
                .setCommittedMetadata(metadata)));
        return new OffsetCommitRequestData().setGroupId(group).setTopics(List.of(topic));
    }

    static OffsetFetchRequestData fetchOffsets(String group, String topic, Integer... partitions) {
        return fetchOffsets(group, new OffsetFetchRequestTopics().setName(topic), partitions);
    }

    static OffsetFetchRequestData fetchOffsetsById(String group, Uuid topicId, Integer... partitions) {
        return fetchOffsets(group, new OffsetFetchRequestTopics().setTopicId(topicId), partitions);
    }

    private static OffsetFetchRequestData fetchOffsets(
            String group, OffsetFetchRequestTopics topic, Integer... partitions) {
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(topic.setPartitionIndexes(List.of(partitions))))));
    }

    static OffsetDeleteRequestData deleteOffsets(String group, String topic, int partition) {
        OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId(group);
        request.topics()
                .add(new OffsetDeleteRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(partition))));
        return request;
    }

    private static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
