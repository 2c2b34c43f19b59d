package dev.millrace.wire;

import dev.millrace.base.time.Clock;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.PartitionOffsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.TopicData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeQuorum (key 55), versions 0 to 2.
 *
 * <p>Behaviour: under the name of Kafka's metadata log, {@code __cluster_metadata}, tells of the log that keeps the metadata here: this node
 * is its only voter and leads it (KIP-595). Any other topic is unknown.
 *
 * <ul>
 *   <li>v1: when a voter was last heard of (KIP-836): the leader is always caught up, and hears of itself.
 *   <li>v2: messages, and the nodes (KIP-853): one, without a listener for controllers, for there is none.
 * </ul>
 *
 * <p>Deliberately missing: Raft: nobody can be added to this quorum, and its log is not in Kafka's format.
 */
final class H55_DescribeQuorum implements Handler<DescribeQuorumRequestData> {

    private static final PartitionId METADATA = new PartitionId(MetadataService.METADATA_TOPIC_ID, 0);
    private static final short FIRST_VERSION_WITH_NODES = 2;

    private final MetadataService metadata;
    private final Clock clock;

    H55_DescribeQuorum(MetadataService metadata, Clock clock) {
        this.metadata = metadata;
        this.clock = clock;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_QUORUM;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 2;
    }

    @Override
    public CompletableFuture<DescribeQuorumResponseData> handle(
            DescribeQuorumRequestData request, RequestContext context) {
        DescribeQuorumResponseData response = asksForMetadata(request)
                ? described(context.apiVersion())
                : new DescribeQuorumResponseData().setTopics(unknown(request));
        return CompletableFuture.completedFuture(response);
    }

    private static boolean asksForMetadata(DescribeQuorumRequestData request) {
        return request.topics().size() == 1
                && request.topics().getFirst().topicName().equals(InternalTopics.KAFKA_METADATA)
                && request.topics().getFirst().partitions().size() == 1
                && request.topics().getFirst().partitions().getFirst().partitionIndex() == METADATA.partition();
    }

    private DescribeQuorumResponseData described(short version) {
        int nodeId = metadata.settings().nodeId();
        PartitionLog log =
                metadata.logs().find(METADATA).orElseThrow(() -> new IllegalStateException("the metadata has no log"));
        PartitionOffsets offsets = log.offsets();
        long nowMs = clock.wallMs();
        PartitionData partition = new PartitionData()
                .setPartitionIndex(METADATA.partition())
                .setLeaderId(nodeId)
                .setLeaderEpoch(log.leaderEpoch())
                .setHighWatermark(offsets.highWatermark())
                .setCurrentVoters(List.of(new ReplicaState()
                        .setReplicaId(nodeId)
                        .setLogEndOffset(offsets.logEnd())
                        .setLastFetchTimestamp(nowMs)
                        .setLastCaughtUpTimestamp(nowMs)));
        DescribeQuorumResponseData response = new DescribeQuorumResponseData()
                .setTopics(List.of(topic(InternalTopics.KAFKA_METADATA, List.of(partition))));
        if (version >= FIRST_VERSION_WITH_NODES) {
            response.nodes().add(new Node().setNodeId(nodeId));
        }
        return response;
    }

    private static List<DescribeQuorumResponseData.TopicData> unknown(DescribeQuorumRequestData request) {
        List<DescribeQuorumResponseData.TopicData> topics = new ArrayList<>();
        for (TopicData asked : request.topics()) {
            List<PartitionData> partitions = asked.partitions().stream()
                    .map(partition -> new PartitionData()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                            .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message()))
                    .toList();
            topics.add(topic(asked.topicName(), partitions));
        }
        return topics;
    }

    private static DescribeQuorumResponseData.TopicData topic(String name, List<PartitionData> partitions) {
        return new DescribeQuorumResponseData.TopicData().setTopicName(name).setPartitions(partitions);
    }
}
