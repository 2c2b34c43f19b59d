package dev.millrace.control.groups.api;

import dev.millrace.log.PartitionId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a member of the consumer protocol says (KIP-848). What is empty has not changed since its last heartbeat.
 *
 * @param memberId made up by the member; empty only where an old client leaves that to us
 * @param memberEpoch the last it was told; 0 to join, -1 to leave, -2 if a static member leaves and means to come back
 * @param rackId where the member is; described, and not used for assigning, as in Kafka 4.4
 * @param topicRegex an expression of RE2 for topics, beside those named; the empty string for none
 * @param ownedPartitions what it has now
 */
public record ConsumerHeartbeatRequest(
        String groupId,
        String memberId,
        int memberEpoch,
        Optional<String> instanceId,
        Optional<String> rackId,
        OptionalInt rebalanceTimeoutMs,
        String clientId,
        String clientHost,
        Optional<List<String>> topicNames,
        Optional<String> topicRegex,
        Optional<String> serverAssignor,
        Optional<Set<PartitionId>> ownedPartitions) {

    public static final int JOIN_EPOCH = 0;
    public static final int LEAVE_EPOCH = -1;

    /** A static member goes, and its partitions wait for it. */
    public static final int LEAVE_STATIC_EPOCH = -2;

    /** The same under the id that the member is given. */
    public ConsumerHeartbeatRequest withMemberId(String given) {
        return new ConsumerHeartbeatRequest(
                groupId,
                given,
                memberEpoch,
                instanceId,
                rackId,
                rebalanceTimeoutMs,
                clientId,
                clientHost,
                topicNames,
                topicRegex,
                serverAssignor,
                ownedPartitions);
    }
}
