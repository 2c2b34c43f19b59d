package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import java.io.IOException;

/**
 * The indexes of a segment, and the state from which their next entries follow. One writer adds batches; {@link #writeBack} may run
 * beside it, one at a time.
 */
final class Indexes {

    final OffsetIndex offsets;
    final TimeIndex times;
    final TransactionIndex aborted;

    private long bytesSinceEntry;
    private long largestTimestampMs;
    private long largestTimestampOffset;

    Indexes(long baseOffset) {
        this(new OffsetIndex(baseOffset), new TimeIndex(baseOffset), new TransactionIndex());
    }

    /** What files hold; {@link #resumeAt} before anything is added. */
    Indexes(OffsetIndex offsets, TimeIndex times, TransactionIndex aborted) {
        this.offsets = offsets;
        this.times = times;
        this.aborted = aborted;
        this.largestTimestampMs = times.largestTimestampMs();
        this.largestTimestampOffset = times.count() == 0 ? -1 : times.offset(times.count() - 1);
    }

    /** Largest timestamp of what was added; -1 if there is none. */
    long largestTimestampMs() {
        return largestTimestampMs;
    }

    /** Adds the batch that stands behind all others. Allocation-free but for the growth of the arrays. */
    void add(long lastOffset, long position, int sizeBytes, long maxTimestampMs, int indexIntervalBytes) {
        if (maxTimestampMs > largestTimestampMs) {
            largestTimestampMs = maxTimestampMs;
            largestTimestampOffset = lastOffset;
        }
        if (bytesSinceEntry > indexIntervalBytes) {
            offsets.append(lastOffset, position);
            addTimeEntry();
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += sizeBytes;
    }

    /** Size of the larger of those that grow with the batches, bytes. */
    long sizeBytes() {
        return Math.max((long) offsets.count() * OffsetIndex.ENTRY_BYTES, (long) times.count() * TimeIndex.ENTRY_BYTES);
    }

    /** Last offset of the batch of the last entry; -1 if there is none. */
    long lastIndexedOffset() {
        return offsets.count() == 0 ? -1 : offsets.offset(offsets.count() - 1);
    }

    /** No batch follows: whatever the largest timestamp is, the time index says so. */
    void seal() {
        addTimeEntry();
    }

    private void addTimeEntry() {
        if (largestTimestampMs >= 0) {
            times.append(largestTimestampMs, largestTimestampOffset);
        }
    }

    /**
     * Drops what the indexes say of {@code offset} and of what lies behind, and gives the position from which batches must be
     * added again, in order. A time index without entries is taken for one that got lost: then all is made anew.
     */
    long resumeAt(long offset) {
        offsets.truncateTo(times.count() == 0 ? 0 : offset);
        long position = offsets.positionAtOrBelow(Long.MAX_VALUE);
        // What lies behind the last entry is added again, with its timestamps.
        times.truncateTo(offsets.count() == 0 ? 0 : offsets.offset(offsets.count() - 1) + 1);
        largestTimestampMs = times.largestTimestampMs();
        largestTimestampOffset = times.count() == 0 ? -1 : times.offset(times.count() - 1);
        bytesSinceEntry = 0;
        return position;
    }

    /**
     * Writes what the files lack; see {@link SparseIndex#writeBack}.
     *
     * @return whether that of the aborted transactions was touched: then {@link TransactionIndexFacts} must hear of it
     */
    boolean writeBack(FileStore files, SegmentPaths paths, boolean sync) throws IOException {
        writeBackSparse(files, paths, sync);
        return aborted.writeBack(files, paths.transactionIndex(), sync);
    }

    /** As {@link #writeBack}, without that of the aborted transactions. */
    void writeBackSparse(FileStore files, SegmentPaths paths, boolean sync) throws IOException {
        offsets.writeBack(files, paths.offsetIndex(), sync);
        times.writeBack(files, paths.timeIndex(), sync);
    }

    /** As {@link #writeBack}, durably, of those that can be made anew from the log. */
    void writeBackSearchable(FileStore files, SegmentPaths paths) throws IOException {
        offsets.writeBack(files, paths.offsetIndex(), true);
        times.writeBack(files, paths.timeIndex(), true);
    }

    /** Whether one of the files was made since {@link #synced}. */
    boolean areNamesUnsynced() {
        return offsets.isNameUnsynced() || times.isNameUnsynced() || aborted.isNameUnsynced();
    }

    /** Says that what was written back is durable, and the files' names too. */
    void synced() {
        offsets.synced();
        times.synced();
        aborted.synced();
    }

    /** Reads what the files hold, as far as it can be right for a log of {@code logSizeBytes}. */
    static Indexes read(FileStore files, SegmentPaths paths, long logSizeBytes) throws IOException {
        long baseOffset = paths.baseOffset();
        OffsetIndex offsets = files.exists(paths.offsetIndex())
                ? OffsetIndex.read(files, paths.offsetIndex(), baseOffset, logSizeBytes)
                : new OffsetIndex(baseOffset);
        TimeIndex times = files.exists(paths.timeIndex())
                ? TimeIndex.read(files, paths.timeIndex(), baseOffset)
                : new TimeIndex(baseOffset);
        TransactionIndex aborted = files.exists(paths.transactionIndex())
                ? TransactionIndex.read(files, paths.transactionIndex())
                : new TransactionIndex();
        return new Indexes(offsets, times, aborted);
    }
}
