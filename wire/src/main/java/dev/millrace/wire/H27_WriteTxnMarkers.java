package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerPartitionResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * WriteTxnMarkers (key 27), versions 1 and 2.
 *
 * <p>Behaviour: ends transactions in single partitions, past their coordinator, and answers when that is durable. Millrace's own coordinator does
 * not need it; administrators end hanging transactions by it (KIP-664).
 *
 * <ul>
 *   <li>v2: the version of the transaction; from 2 on the marker's epoch must be higher than the records' (KIP-1228).
 * </ul>
 */
final class H27_WriteTxnMarkers implements Handler<WriteTxnMarkersRequestData> {

    private static final int EPOCH_BUMP_VERSION = 2;

    private final LogPort port;
    private final GroupCoordinator groups;

    H27_WriteTxnMarkers(LogPort port, GroupCoordinator groups) {
        this.port = port;
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.WRITE_TXN_MARKERS;
    }

    @Override
    public short minVersion() {
        return 1;
    }

    @Override
    public short maxVersion() {
        return 2;
    }

    @Override
    public CompletableFuture<WriteTxnMarkersResponseData> handle(
            WriteTxnMarkersRequestData request, RequestContext context) {
        WriteTxnMarkersResponseData answer = new WriteTxnMarkersResponseData();
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (WritableTxnMarker marker : request.markers()) {
            WritableTxnMarkerResult result = new WritableTxnMarkerResult().setProducerId(marker.producerId());
            answer.markers().add(result);
            for (WritableTxnMarkerTopic topic : marker.topics()) {
                WritableTxnMarkerTopicResult topicResult = new WritableTxnMarkerTopicResult().setName(topic.name());
                result.topics().add(topicResult);
                for (int partition : topic.partitionIndexes()) {
                    WritableTxnMarkerPartitionResult entry =
                            new WritableTxnMarkerPartitionResult().setPartitionIndex(partition);
                    topicResult.partitions().add(entry);
                    writes.add(write(marker, topic.name(), partition)
                            .handle((done, failure) -> entry.setErrorCode(
                                    failure == null
                                            ? Errors.NONE.code()
                                            : ErrorMapping.errors(failure).code())));
                }
            }
        }
        return Futures.allDone(writes).thenApply(done -> answer);
    }

    private CompletableFuture<?> write(WritableTxnMarker marker, String topic, int partition) {
        try {
            PartitionPort found = Partitions.byName(port, topic, partition);
            if (topic.equals(InternalTopics.CONSUMER_OFFSETS)) {
                return groups.endTransaction(
                        partition,
                        marker.producerId(),
                        marker.producerEpoch(),
                        marker.transactionResult(),
                        marker.transactionVersion() >= EPOCH_BUMP_VERSION);
            }
            if (found.internal()) {
                return CompletableFuture.failedFuture(Errors.INVALID_TOPIC_EXCEPTION.exception());
            }
            return found.endTransaction(
                            marker.producerId(),
                            marker.producerEpoch(),
                            marker.coordinatorEpoch(),
                            marker.transactionResult(),
                            marker.transactionVersion() >= EPOCH_BUMP_VERSION)
                    .durable();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
