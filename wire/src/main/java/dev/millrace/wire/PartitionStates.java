package dev.millrace.wire;

import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import java.util.List;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.Errors;

/** Where a partition is and who leads it: this node, all of it, unless its log is offline. Thread-safe. */
final class PartitionStates {

    private static final int NO_LEADER = -1;

    private final MetadataService metadata;
    private final List<Integer> thisNode;

    PartitionStates(MetadataService metadata) {
        this.metadata = metadata;
        this.thisNode = List.of(metadata.settings().nodeId());
    }

    MetadataResponsePartition forMetadata(TopicImage topic, int partition) {
        PartitionId id = topic.partition(partition);
        boolean offline = metadata.logs().isOffline(id);
        return new MetadataResponsePartition()
                .setErrorCode(error(offline))
                .setPartitionIndex(partition)
                .setLeaderId(offline ? NO_LEADER : thisNode.getFirst())
                .setLeaderEpoch(leaderEpoch(id))
                .setReplicaNodes(thisNode)
                .setIsrNodes(thisNode)
                .setOfflineReplicas(offline ? thisNode : List.of());
    }

    DescribeTopicPartitionsResponsePartition forDescription(TopicImage topic, int partition) {
        PartitionId id = topic.partition(partition);
        boolean offline = metadata.logs().isOffline(id);
        return new DescribeTopicPartitionsResponsePartition()
                .setErrorCode(error(offline))
                .setPartitionIndex(partition)
                .setLeaderId(offline ? NO_LEADER : thisNode.getFirst())
                .setLeaderEpoch(leaderEpoch(id))
                .setReplicaNodes(thisNode)
                .setIsrNodes(thisNode)
                .setEligibleLeaderReplicas(List.of())
                .setLastKnownElr(List.of())
                .setOfflineReplicas(offline ? thisNode : List.of());
    }

    private static short error(boolean offline) {
        return (offline ? Errors.LEADER_NOT_AVAILABLE : Errors.NONE).code();
    }

    /** A partition that nobody has used yet has no log, and is in its first epoch. */
    private int leaderEpoch(PartitionId id) {
        return metadata.logs().find(id).map(PartitionLog::leaderEpoch).orElse(0);
    }
}
