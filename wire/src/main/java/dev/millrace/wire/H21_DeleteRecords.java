package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResultCollection;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * DeleteRecords (key 21), versions 0 to 2.
 *
 * <p>Behaviour: moves the start of a partition to an offset, or to the high watermark for -1 (KIP-107); answered with the new start when
 * that is durable. An offset below the start changes nothing. Internal topics are refused with INVALID_TOPIC_EXCEPTION.
 *
 * <p>Deliberately missing: the timeout, as nothing is waited for but the disk.
 */
final class H21_DeleteRecords implements Handler<DeleteRecordsRequestData> {

    private static final long NO_OFFSET = -1;

    private final LogPort port;

    H21_DeleteRecords(LogPort port) {
        this.port = port;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_RECORDS;
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
    public CompletableFuture<DeleteRecordsResponseData> handle(
            DeleteRecordsRequestData request, RequestContext context) {
        List<CompletableFuture<?>> pending = new ArrayList<>();
        DeleteRecordsTopicResultCollection topics = new DeleteRecordsTopicResultCollection();
        for (DeleteRecordsTopic topic : request.topics()) {
            DeleteRecordsPartitionResultCollection partitions = new DeleteRecordsPartitionResultCollection();
            for (DeleteRecordsPartition partition : topic.partitions()) {
                DeleteRecordsPartitionResult result = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(partition.partitionIndex())
                        .setLowWatermark(NO_OFFSET);
                partitions.add(result);
                pending.add(delete(topic.name(), partition).handle((start, failure) -> fill(result, start, failure)));
            }
            topics.add(new DeleteRecordsTopicResult().setName(topic.name()).setPartitions(partitions));
        }
        return Futures.allDone(pending).thenApply(_ -> new DeleteRecordsResponseData().setTopics(topics));
    }

    private CompletableFuture<Long> delete(String topic, DeleteRecordsPartition asked) {
        Optional<PartitionPort> partition = port.partition(topic, asked.partitionIndex());
        if (partition.isEmpty()) {
            return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, topic, asked, "does not exist");
        }
        if (partition.get().internal()) {
            return refused(ErrorCode.TOPIC_IS_INTERNAL, topic, asked, "is internal: its records cannot be deleted");
        }
        return partition.get().deleteRecords(asked.offset());
    }

    private static CompletableFuture<Long> refused(
            ErrorCode code, String topic, DeleteRecordsPartition asked, String why) {
        return CompletableFuture.failedFuture(
                new MillraceException(code, topic + "-" + asked.partitionIndex() + " " + why));
    }

    private static DeleteRecordsPartitionResult fill(
            DeleteRecordsPartitionResult result, Long start, Throwable failure) {
        return failure == null
                ? result.setLowWatermark(start)
                : result.setErrorCode(ErrorMapping.errors(failure).code());
    }
}
