package dev.millrace.wire;

import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * AlterPartitionReassignments (key 45), versions 0 and 1.
 *
 * <p>Behaviour: a partition may be placed on this node, where it is (KIP-455); on no node, on one twice, or on another, it may not. No
 * reassignment is ever in progress, and so there is none to cancel.
 *
 * <ul>
 *   <li>v1: whether the replication factor may change (KIP-860): with one node it cannot.
 * </ul>
 *
 * <p>Deliberately missing: reassignments, which need a second node.
 */
final class H45_AlterPartitionReassignments implements Handler<AlterPartitionReassignmentsRequestData> {

    private final MetadataService metadata;

    H45_AlterPartitionReassignments(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
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
    public CompletableFuture<AlterPartitionReassignmentsResponseData> handle(
            AlterPartitionReassignmentsRequestData request, RequestContext context) {
        List<ReassignableTopicResponse> responses = new ArrayList<>();
        for (ReassignableTopic asked : request.topics()) {
            Optional<TopicImage> topic = metadata.image().topic(asked.name());
            ReassignableTopicResponse response = new ReassignableTopicResponse().setName(asked.name());
            for (ReassignablePartition partition : asked.partitions()) {
                Errors error = error(topic, partition);
                response.partitions()
                        .add(new ReassignablePartitionResponse()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code())
                                .setErrorMessage(error == Errors.NONE ? null : message(error, partition)));
            }
            responses.add(response);
        }
        return CompletableFuture.completedFuture(new AlterPartitionReassignmentsResponseData()
                .setErrorMessage(null)
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange())
                .setResponses(responses));
    }

    private Errors error(Optional<TopicImage> topic, ReassignablePartition partition) {
        if (topic.isEmpty() || !topic.get().hasPartition(partition.partitionIndex())) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (partition.replicas() == null) {
            return Errors.NO_REASSIGNMENT_IN_PROGRESS;
        }
        boolean here = partition.replicas().equals(List.of(metadata.settings().nodeId()));
        return here ? Errors.NONE : Errors.INVALID_REPLICA_ASSIGNMENT;
    }

    private String message(Errors error, ReassignablePartition partition) {
        return error == Errors.INVALID_REPLICA_ASSIGNMENT
                ? "partition " + partition.partitionIndex() + " can only be placed on node "
                        + metadata.settings().nodeId() + ", once: there is no other node"
                : error.message();
    }
}
