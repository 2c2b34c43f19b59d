package dev.millrace.wire.fetch;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.EpochEnd;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadResult;
import dev.millrace.log.ReadResult.AbortedTransaction;
import dev.millrace.wire.ErrorMapping;
import dev.millrace.wire.Partitions;
import dev.millrace.wire.SliceRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one partition for a Fetch, as Kafka's answer wants it. Stateless; thread-safe. */
final class PartitionReader {

    private static final Logger log = LoggerFactory.getLogger(PartitionReader.class);
    private static final long UNKNOWN_OFFSET = -1;

    private final LogPort port;

    PartitionReader(LogPort port) {
        this.port = port;
    }

    PartitionPort find(FetchTarget target) {
        FetchKey key = target.key();
        if (!key.byTopicId()) {
            return Partitions.byName(port, key.topic(), key.partition());
        }
        try {
            PartitionPort partition = Partitions.byId(port, key.topicId(), key.partition());
            target.isOf(partition.topic());
            return partition;
        } catch (MillraceException e) {
            throw target.topic().map(name -> gone(name, key)).orElse(e);
        }
    }

    /** A session knew the topic of this id: it was deleted since. */
    private MillraceException gone(String topic, FetchKey key) {
        return port.partition(topic, key.partition()).isPresent()
                ? new MillraceException(
                        ErrorCode.INCONSISTENT_TOPIC_ID,
                        "topic " + topic + " was deleted and created again: its id is not " + key.topicId())
                : new MillraceException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        "there is no partition " + key.partition() + " of topic " + topic);
    }

    /**
     * Reads; a failure becomes the partition's error.
     *
     * @param resting takes the partition if reading it would wait for the disk, because it rests: then nothing is read
     */
    PartitionData read(
            FetchTarget target,
            ReadRequest.Bound bound,
            int maxSizeBytes,
            boolean atLeastOneBatch,
            Consumer<PartitionPort> resting) {
        PartitionPort partition;
        try {
            partition = find(target);
        } catch (RuntimeException e) {
            return notFound(target, e);
        }
        try {
            Partitions.checkLeaderEpoch(partition, target.currentLeaderEpoch());
            if (partition.isResting() && isBehind(partition, target)) {
                resting.accept(partition);
                return withoutTransactions(new PartitionData());
            }
            Optional<EpochEnd> diverging = diverging(partition, target);
            if (diverging.isPresent()) {
                return diverged(target, partition.offsets(), diverging.get());
            }
            ReadRequest request = new ReadRequest(target.fetchOffset(), maxSizeBytes, atLeastOneBatch, bound);
            return data(target, bound, partition.read(request));
        } catch (RuntimeException | IOException e) {
            return withoutTransactions(failed(target, e));
        }
    }

    /** Whether there is something to look up: records, or the end of an epoch that is over. */
    private static boolean isBehind(PartitionPort partition, FetchTarget target) {
        return target.fetchOffset() < partition.offsets().highWatermark()
                || (target.lastFetchedEpoch() >= 0 && target.lastFetchedEpoch() < partition.leaderEpoch());
    }

    /** What a node hears that claims to be a replica: none is one. */
    PartitionData refuseReplica(FetchTarget target) {
        try {
            PartitionPort partition = find(target);
            return withoutTransactions(failed(
                    target,
                    new MillraceException(
                            ErrorCode.NOT_LEADER,
                            partition.topic() + "-" + partition.id().partition() + " has no replicas")));
        } catch (RuntimeException e) {
            return notFound(target, e);
        }
    }

    private static PartitionData notFound(FetchTarget target, RuntimeException failure) {
        PartitionData data = failed(target, failure);
        return data.errorCode() == Errors.INCONSISTENT_TOPIC_ID.code() ? withoutTransactions(data) : data;
    }

    /** Whether the client's history differs from ours: then it is told where (KIP-595). */
    private static Optional<EpochEnd> diverging(PartitionPort partition, FetchTarget target) {
        if (target.lastFetchedEpoch() < 0) {
            return Optional.empty();
        }
        EpochEnd end = partition
                .endOfEpoch(target.lastFetchedEpoch())
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "epoch " + target.lastFetchedEpoch() + " is older than everything in " + partition.topic() + "-"
                                + partition.id().partition()));
        boolean differs = end.leaderEpoch() < target.lastFetchedEpoch() || end.endOffset() < target.fetchOffset();
        return differs ? Optional.of(end) : Optional.empty();
    }

    private static PartitionData diverged(FetchTarget target, PartitionOffsets offsets, EpochEnd end) {
        return withoutTransactions(marks(target, offsets))
                .setRecords(MemoryRecords.EMPTY)
                .setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                        .setEpoch(end.leaderEpoch())
                        .setEndOffset(end.endOffset()));
    }

    private static PartitionData data(FetchTarget target, ReadRequest.Bound bound, ReadResult result) {
        PartitionData marks = marks(target, result.offsets());
        return (bound == ReadRequest.Bound.COMMITTED
                        ? marks.setAbortedTransactions(aborted(result))
                        : withoutTransactions(marks))
                .setRecords(result.slices().isEmpty() ? MemoryRecords.EMPTY : new SliceRecords(result.slices()));
    }

    /** Where transactions were not asked for, or could not be looked at: an empty list would say that there are none. */
    @SuppressWarnings("NullAway") // The field is null on the wire.
    private static PartitionData withoutTransactions(PartitionData data) {
        return data.setAbortedTransactions(null);
    }

    private static PartitionData marks(FetchTarget target, PartitionOffsets offsets) {
        return new PartitionData()
                .setPartitionIndex(target.key().partition())
                .setHighWatermark(offsets.highWatermark())
                .setLastStableOffset(offsets.lastStable())
                .setLogStartOffset(offsets.logStart());
    }

    private static List<FetchResponseData.AbortedTransaction> aborted(ReadResult result) {
        List<FetchResponseData.AbortedTransaction> aborted = new ArrayList<>();
        for (AbortedTransaction transaction : result.abortedTransactions()) {
            aborted.add(new FetchResponseData.AbortedTransaction()
                    .setProducerId(transaction.producerId())
                    .setFirstOffset(transaction.firstOffset()));
        }
        return aborted;
    }

    private static PartitionData failed(FetchTarget target, Exception failure) {
        Errors error = ErrorMapping.errors(failure);
        if (error == Errors.UNKNOWN_SERVER_ERROR) {
            log.error("event=read-failed partition={}", target.key(), failure);
        }
        return new PartitionData()
                .setPartitionIndex(target.key().partition())
                .setErrorCode(failure instanceof IOException ? Errors.KAFKA_STORAGE_ERROR.code() : error.code())
                .setHighWatermark(UNKNOWN_OFFSET)
                .setLastStableOffset(UNKNOWN_OFFSET)
                .setLogStartOffset(UNKNOWN_OFFSET)
                .setRecords(MemoryRecords.EMPTY);
    }
}
