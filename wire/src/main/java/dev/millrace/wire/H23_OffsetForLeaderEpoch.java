package dev.millrace.wire;

import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * OffsetForLeaderEpoch (key 23), versions 2 to 4.
 *
 * <p>Behaviour: tells where an epoch ends, so that a consumer finds out whether the log was cut behind its back (KIP-320). An epoch that we
 * cannot place gives epoch -1 and offset -1, which is no error.
 */
public final class H23_OffsetForLeaderEpoch implements Handler<OffsetForLeaderEpochRequestData> {

    private final LogPort port;

    public H23_OffsetForLeaderEpoch(LogPort port) {
        this.port = port;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public short minVersion() {
        return 2;
    }

    @Override
    public short maxVersion() {
        return 4;
    }

    @Override
    public CompletableFuture<OffsetForLeaderEpochResponseData> handle(
            OffsetForLeaderEpochRequestData request, RequestContext context) {
        OffsetForLeaderEpochResponseData answer = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.topics()) {
            List<EpochEndOffset> entries = new ArrayList<>(topic.partitions().size());
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                entries.add(entry(topic.topic(), partition));
            }
            answer.topics()
                    .add(new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(entries));
        }
        return CompletableFuture.completedFuture(answer);
    }

    private EpochEndOffset entry(String topic, OffsetForLeaderPartition asked) {
        EpochEndOffset entry = new EpochEndOffset().setPartition(asked.partition());
        try {
            PartitionPort partition = Partitions.byName(port, topic, asked.partition());
            Partitions.checkLeaderEpoch(partition, asked.currentLeaderEpoch());
            Optional<EpochEnd> end = partition.endOfEpoch(asked.leaderEpoch());
            end.ifPresent(known -> entry.setLeaderEpoch(known.leaderEpoch()).setEndOffset(known.endOffset()));
        } catch (RuntimeException e) {
            entry.setErrorCode(ErrorMapping.errors(e).code());
        }
        return entry;
    }
}
