package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** Finds the partition that a request names, with the errors that Kafka gives. Stateless. */
public final class Partitions {

    private static final int NO_EPOCH = -1;

    private Partitions() {}

    /**
     * The partition, by name.
     *
     * @throws MillraceException UNKNOWN_TOPIC_OR_PARTITION
     */
    public static PartitionPort byName(LogPort log, String topic, int partition) {
        return log.partition(topic, partition)
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        "there is no partition " + partition + " of topic " + topic));
    }

    /**
     * The partition, by the topic's id (KIP-516).
     *
     * @throws MillraceException UNKNOWN_TOPIC_ID if there is no such topic, UNKNOWN_TOPIC_OR_PARTITION if it has no such partition
     */
    public static PartitionPort byId(LogPort log, Uuid topicId, int partition) {
        Optional<PartitionPort> found = log.partition(TopicIds.fromKafka(topicId), partition);
        if (found.isPresent()) {
            return found.get();
        }
        boolean topicExists = log.partition(TopicIds.fromKafka(topicId), 0).isPresent();
        throw topicExists
                ? new MillraceException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        "there is no partition " + partition + " of the topic with id " + topicId)
                : new MillraceException(ErrorCode.UNKNOWN_TOPIC_ID, "there is no topic with id " + topicId);
    }

    /**
     * Refuses a client whose metadata is older or newer than ours (KIP-320).
     *
     * @param clientEpoch the epoch in which the client believes us to lead; negative: it does not say
     * @throws MillraceException FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH
     */
    public static void checkLeaderEpoch(PartitionPort partition, int clientEpoch) {
        if (clientEpoch <= NO_EPOCH) {
            return;
        }
        int leaderEpoch = partition.leaderEpoch();
        if (clientEpoch < leaderEpoch) {
            throw new MillraceException(ErrorCode.FENCED_LEADER_EPOCH, epochs(partition, clientEpoch, leaderEpoch));
        }
        if (clientEpoch > leaderEpoch) {
            throw new MillraceException(ErrorCode.UNKNOWN_LEADER_EPOCH, epochs(partition, clientEpoch, leaderEpoch));
        }
    }

    private static String epochs(PartitionPort partition, int clientEpoch, int leaderEpoch) {
        return "the client knows leader epoch " + clientEpoch + " of " + partition.topic() + "-"
                + partition.id().partition() + ", which is in epoch " + leaderEpoch + ": look up its metadata again";
    }
}
