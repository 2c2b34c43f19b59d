package dev.millrace.log.compaction;

import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRewriter;
import dev.millrace.log.records.RecordReader;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Decides what stays of each batch: the last record of each key; tombstones until their horizon has passed; nothing of aborted
 * transactions; markers as {@link TransactionFilter} says; and, emptied, what tells where an active producer or the segment ended.
 * Batches are given in the order of the log. Not thread-safe.
 */
public final class BatchFilter {

    private final LatestRecords latest;
    private final TransactionFilter transactions;
    private final Map<Long, ProducerEnd> producers;
    private final long nowMs;
    private final long deleteHorizonMs;
    private final BatchRewriter target;
    private final BatchRewriter.Judge judge = this::keeps;

    private boolean horizonPassed;
    private long recordsRead;
    private long recordsKept;

    /**
     * @param latest filled
     * @param transactions at the beginning of what will be given
     * @param producers the active ones, by id
     * @param deleteRetentionMs how long tombstones stay from now on
     */
    public BatchFilter(
            LatestRecords latest,
            TransactionFilter transactions,
            Map<Long, ProducerEnd> producers,
            long nowMs,
            long deleteRetentionMs,
            BatchRewriter target) {
        this.latest = latest;
        this.transactions = transactions;
        this.producers = producers;
        this.nowMs = nowMs;
        this.deleteHorizonMs = nowMs + Math.min(deleteRetentionMs, Long.MAX_VALUE - nowMs);
        this.target = target;
    }

    /**
     * Writes to the target what stays of the batch at {@code position}.
     *
     * @param isEnd whether a segment ends with it: then it stays in any case, so that the log has no gaps between segments
     * @throws dev.millrace.base.error.MillraceException INVALID_RECORD or BATCH_TOO_LARGE if it cannot be read
     */
    public void filter(ByteBuffer batches, int position, boolean isEnd) {
        int recordsCount = BatchHeader.recordsCount(batches, position);
        recordsRead += recordsCount;
        horizonPassed = BatchHeader.hasDeleteHorizon(batches, position)
                && BatchHeader.baseTimestampMs(batches, position) <= nowMs;
        int keptCount = BatchHeader.isControl(batches, position)
                ? filterControl(batches, position)
                : filterData(batches, position, recordsCount);
        recordsKept += keptCount;
        if (keptCount == 0 && (isEnd || isEndOfProducer(batches, position))) {
            target.copyEmpty(batches, position);
        }
    }

    private int filterControl(ByteBuffer batches, int position) {
        boolean notNeeded = transactions.isNotNeeded(batches, position);
        if (BatchHeader.recordsCount(batches, position) == 0 || (notNeeded && horizonPassed)) {
            return 0;
        }
        return target.filter(batches, position, record -> true, notNeeded ? deleteHorizonMs : -1, true);
    }

    private int filterData(ByteBuffer batches, int position, int recordsCount) {
        if (transactions.isAborted(batches, position) || recordsCount == 0) {
            return 0;
        }
        long baseOffset = BatchHeader.baseOffset(batches, position);
        long offsetNext = BatchHeader.lastOffset(batches, position) + 1;
        int latestCount = latest.latestBetween(baseOffset, offsetNext);
        if (latestCount == 0) {
            return 0;
        }
        if (latestCount == recordsCount && !latest.hasTombstones()) {
            target.copy(batches, position);
            return recordsCount;
        }
        // What this pass does not judge gets no horizon either.
        boolean judged = offsetNext <= latest.endOffset();
        return target.filter(batches, position, judge, judged ? deleteHorizonMs : -1, false);
    }

    private boolean keeps(RecordReader record) {
        if (record.offset() >= latest.endOffset()) {
            return true;
        }
        if (record.keySizeBytes() < 0 || (record.valueSizeBytes() < 0 && horizonPassed)) {
            return false;
        }
        return latest.isLatest(record.offset(), record.buffer(), record.keyPosition(), record.keySizeBytes());
    }

    private boolean isEndOfProducer(ByteBuffer batches, int position) {
        long producerId = BatchHeader.producerId(batches, position);
        ProducerEnd end = producerId < 0 ? null : producers.get(producerId);
        if (end == null) {
            return false;
        }
        return end.lastDataOffset() >= 0
                ? BatchHeader.lastOffset(batches, position) == end.lastDataOffset()
                : BatchHeader.isControl(batches, position)
                        && BatchHeader.producerEpoch(batches, position) == end.epoch();
    }

    public long recordsRead() {
        return recordsRead;
    }

    public long recordsKept() {
        return recordsKept;
    }
}
