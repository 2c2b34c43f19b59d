package dev.millrace.wire;

import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * ElectLeaders (key 43), versions 0 to 2.
 *
 * <p>Behaviour: this node is every partition's preferred leader and leads it, so no election is needed (KIP-183). Of a partition that is
 * offline there is no other replica that could lead. Who asks for every partition hears only of those that could not be helped.
 *
 * <ul>
 *   <li>v1: unclean elections too (KIP-460).
 * </ul>
 *
 * <p>Deliberately missing: elections, which need a second replica.
 */
final class H43_ElectLeaders implements Handler<ElectLeadersRequestData> {

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final MetadataService metadata;

    H43_ElectLeaders(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ELECT_LEADERS;
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
    public CompletableFuture<ElectLeadersResponseData> handle(ElectLeadersRequestData request, RequestContext context) {
        byte type = request.electionType();
        if (type != PREFERRED && type != UNCLEAN) {
            return CompletableFuture.failedFuture(
                    Errors.INVALID_REQUEST.exception("Unknown election type " + type + "; 0 and 1 exist"));
        }
        List<ReplicaElectionResult> results =
                request.topicPartitions() == null ? everyPartition(type) : asked(request, type);
        return CompletableFuture.completedFuture(new ElectLeadersResponseData().setReplicaElectionResults(results));
    }

    private List<ReplicaElectionResult> asked(ElectLeadersRequestData request, byte type) {
        List<ReplicaElectionResult> results = new ArrayList<>();
        for (TopicPartitions asked : request.topicPartitions()) {
            Optional<TopicImage> topic = metadata.image().topic(asked.topic());
            ReplicaElectionResult result = new ReplicaElectionResult().setTopic(asked.topic());
            for (int partition : asked.partitions()) {
                result.partitionResult().add(result(topic, partition, type));
            }
            results.add(result);
        }
        return results;
    }

    private List<ReplicaElectionResult> everyPartition(byte type) {
        List<ReplicaElectionResult> results = new ArrayList<>();
        for (TopicImage topic : metadata.image().topics()) {
            ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.name());
            for (int partition = 0; partition < topic.partitionsCount(); partition++) {
                if (metadata.logs().isOffline(topic.partition(partition))) {
                    result.partitionResult().add(result(Optional.of(topic), partition, type));
                }
            }
            results.add(result);
        }
        return results;
    }

    private PartitionResult result(Optional<TopicImage> topic, int partition, byte type) {
        Errors error = Errors.ELECTION_NOT_NEEDED;
        if (topic.isEmpty() || !topic.get().hasPartition(partition)) {
            error = Errors.UNKNOWN_TOPIC_OR_PARTITION;
        } else if (metadata.logs().isOffline(topic.get().partition(partition))) {
            error = type == PREFERRED ? Errors.PREFERRED_LEADER_NOT_AVAILABLE : Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE;
        }
        return new PartitionResult()
                .setPartitionId(partition)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
