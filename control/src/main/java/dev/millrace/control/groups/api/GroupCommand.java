package dev.millrace.control.groups.api;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.machine.Reply;
import dev.millrace.control.port.GroupOffsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that a groups machine handles: what clients ask, what happens around it, and its own timers. */
public sealed interface GroupCommand {

    record Join(JoinRequest request, Reply<JoinAnswer> reply) implements GroupCommand {}

    record Sync(SyncRequest request, Reply<SyncAnswer> reply) implements GroupCommand {}

    record Heartbeat(HeartbeatRequest request, Reply<Done> reply) implements GroupCommand {}

    record Leave(LeaveRequest request, Reply<LeaveAnswer> reply) implements GroupCommand {}

    record Commit(CommitRequest request, Reply<Map<GroupOffsets.Key, Optional<ErrorCode>>> reply)
            implements GroupCommand {}

    record Fetch(
            OffsetReader reader, List<GroupOffsets.Key> keys, Reply<Map<GroupOffsets.Key, CommitRequest.Commit>> reply)
            implements GroupCommand {}

    record FetchAll(OffsetReader reader, Reply<Map<GroupOffsets.Key, CommitRequest.Commit>> reply)
            implements GroupCommand {}

    /** Commits as part of a transaction: pending until that ends (KIP-98, KIP-447). */
    record CommitInTransaction(TransactionalCommit commit, Reply<Map<GroupOffsets.Key, Optional<ErrorCode>>> reply)
            implements GroupCommand {}

    /** A transaction is decided: its pending positions become committed ones, or nothing. */
    record EndTransaction(long producerId, short producerEpoch, boolean committed, Reply<Done> reply)
            implements GroupCommand {}

    /** Which positions of a group an open transaction may still change (KIP-447). */
    record FetchUnstable(String groupId, Reply<Set<GroupOffsets.Key>> reply) implements GroupCommand {}

    record DeleteOffsets(
            String groupId, List<GroupOffsets.Key> keys, Reply<Map<GroupOffsets.Key, Optional<ErrorCode>>> reply)
            implements GroupCommand {}

    record ConsumerHeartbeat(ConsumerHeartbeatRequest request, Reply<ConsumerHeartbeatAnswer> reply)
            implements GroupCommand {}

    record DescribeConsumerGroup(String groupId, Reply<Optional<ConsumerGroupDescription>> reply)
            implements GroupCommand {}

    /** What the machine knows of topics and of groups' settings may be out of date. */
    record ClusterChanged() implements GroupCommand {}

    record Describe(String groupId, Reply<Optional<GroupDescription>> reply) implements GroupCommand {}

    record ListGroups(Reply<List<ListedGroup>> reply) implements GroupCommand {}

    record DeleteGroup(String groupId, Reply<Done> reply) implements GroupCommand {}

    /** A topic was deleted: whatever was committed in it is forgotten. */
    record ForgetTopic(String topic, TopicId topicId) implements GroupCommand {}

    /** Timer: the members had their time to join. */
    record JoinPhaseEnded(String groupId) implements GroupCommand {}

    /** Timer: the members of this generation had their time to sync. */
    record SyncPhaseEnded(String groupId, int generation) implements GroupCommand {}

    /** Timer: the first of a group's session deadlines may have passed. */
    record CheckSessions(String groupId) implements GroupCommand {}

    /** Timer: the first of the deadlines of a consumer group may have passed. */
    record CheckDeadlines(String groupId) implements GroupCommand {}

    /** The last member of the consumer protocol may have gone. */
    record Downgrade(String groupId) implements GroupCommand {}

    /** Timer: offsets may have expired. */
    record ExpireOffsets() implements GroupCommand {}
}
