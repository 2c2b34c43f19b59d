package dev.millrace.log.files;

import dev.millrace.base.Check;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The segment of a partition that grows: a plain file, written through the page cache.
 *
 * <p>The writer writes bytes first, then offset, timestamp and index entries, and publishes them with {@link #sizeBytes} last; a
 * reader looks at that first, and never behind it. {@link #append} is allocation-free, but for the growth of the indexes.
 */
final class ActiveFileSegment implements ActiveSegment {

    private final PartitionFiles partition;
    private final SegmentPaths paths;
    private final Indexes indexes;

    /** Absent until the first append. Published by {@link #sizeBytes}. */
    private @Nullable StoreFile file;

    private volatile long offsetNext;
    private volatile long largestTimestampMs;
    private volatile long sizeBytes;

    /** Set by the writer when bytes may have been written in part. */
    private boolean failed;

    private boolean ended;

    /** Bytes that the last flush made durable, and whether it found the file's name durable. Touched by who flushes. */
    private long flushedSizeBytes;

    private boolean nameFlushed;

    /** Bytes that the file had at the last write-back; -1 if there was no file yet. Touched by who flushes. */
    private long writtenBackSizeBytes = -1;

    /** A new segment; its file is made at the first append, or at once by {@link #createFile}. */
    ActiveFileSegment(PartitionFiles partition, long baseOffset) {
        this.partition = partition;
        this.paths = new SegmentPaths(partition.directory(), baseOffset);
        this.indexes = new Indexes(baseOffset);
        this.offsetNext = baseOffset;
        this.largestTimestampMs = -1;
    }

    /**
     * A segment that was found and is whole up to {@code sizeBytes}; the indexes are ready for the batch behind.
     *
     * @param flushed whether all of it is known to be durable
     */
    ActiveFileSegment(
            PartitionFiles partition,
            SegmentPaths paths,
            StoreFile file,
            Indexes indexes,
            long sizeBytes,
            long offsetNext,
            boolean flushed) {
        this.partition = partition;
        this.paths = paths;
        this.file = file;
        this.indexes = indexes;
        this.offsetNext = offsetNext;
        this.largestTimestampMs = indexes.largestTimestampMs();
        this.sizeBytes = sizeBytes;
        this.flushedSizeBytes = flushed ? sizeBytes : 0;
        this.nameFlushed = flushed;
    }

    StoreFile createFile() throws IOException {
        partition.ensureDirectory();
        StoreFile created = partition.openFiles().open(paths.log(), FileStore.Mode.CREATE);
        file = created;
        return created;
    }

    @Override
    public void append(ByteBuffer batches) throws IOException {
        Check.that(!ended, "a segment that was sealed or closed takes no batches");
        if (failed) {
            throw new IOException(paths.log() + " takes no more batches: writing to it failed before");
        }
        long position = sizeBytes;
        long newSizeBytes = position + batches.remaining();
        Check.ordered(newSizeBytes, Integer.MAX_VALUE, "a segment has less than 2^31 bytes");
        StoreFile target = file == null ? createFile() : file;
        long newOffsetNext = index(batches, position);
        try {
            target.write(batches, position);
        } catch (IOException | RuntimeException e) {
            failed = true;
            throw e;
        }
        offsetNext = newOffsetNext;
        largestTimestampMs = indexes.largestTimestampMs();
        sizeBytes = newSizeBytes;
    }

    /** Adds what will stand at {@code position} to the indexes; gives the offset behind it. */
    private long index(ByteBuffer batches, long position) {
        int intervalBytes = partition.indexIntervalBytes();
        long next = offsetNext;
        int start = batches.position();
        int end = batches.limit();
        for (int at = start; at < end; ) {
            int batchSizeBytes = BatchHeader.sizeBytes(batches, at);
            Check.that(
                    batchSizeBytes >= BatchHeader.SIZE_BYTES && batchSizeBytes <= end - at,
                    "whole batches are appended");
            Check.ordered(next, BatchHeader.baseOffset(batches, at), "batches of a segment ascend");
            long lastOffset = BatchHeader.lastOffset(batches, at);
            indexes.add(
                    lastOffset,
                    position + at - start,
                    batchSizeBytes,
                    BatchHeader.maxTimestampMs(batches, at),
                    intervalBytes);
            next = lastOffset + 1;
            at += batchSizeBytes;
        }
        return next;
    }

    @Override
    public long indexSizeBytes() {
        return indexes.sizeBytes();
    }

    @Override
    public Optional<Slice> read(long offset, long endOffset, int maxSizeBytes, boolean atLeastOneBatch)
            throws IOException {
        long seenSizeBytes = sizeBytes;
        StoreFile seen = file;
        if (seenSizeBytes == 0 || seen == null) {
            return Optional.empty();
        }
        return new SegmentSearch(seen, seenSizeBytes, offsetNext, indexes)
                .read(offset, endOffset, maxSizeBytes, atLeastOneBatch);
    }

    @Override
    public Optional<Slice> firstBatchAtOrAfter(long timestampMs, long fromOffset) throws IOException {
        long seenSizeBytes = sizeBytes;
        StoreFile seen = file;
        if (seenSizeBytes == 0 || seen == null || timestampMs > largestTimestampMs) {
            return Optional.empty();
        }
        return new SegmentSearch(seen, seenSizeBytes, offsetNext, indexes).firstBatchAtOrAfter(timestampMs, fromOffset);
    }

    @Override
    public boolean abortedTransactions(long fromOffset, long endOffset, Consumer<AbortedSpan> sink) {
        return indexes.aborted.search(fromOffset, endOffset, sink);
    }

    @Override
    public boolean hasAborted() {
        return indexes.aborted.count() > 0;
    }

    @Override
    public long endBound(Slice slice) {
        return endBound(slice, indexes, offsetNext);
    }

    /** The offset index says it, if it has an entry behind; else no more is known than where the segment ends. */
    static long endBound(Slice slice, Indexes indexes, long offsetNext) {
        if (!(slice instanceof Slice.InFile(var _, long position, int sizeBytes))) {
            return offsetNext;
        }
        long offset = indexes.offsets.firstOffsetAtOrBehind(position + sizeBytes);
        return offset < 0 ? offsetNext : offset;
    }

    @Override
    public void noteAborted(AbortedSpan span) {
        indexes.aborted.append(span);
    }

    @Override
    public void replaceAborted(List<AbortedSpan> spans) {
        indexes.aborted.replace(spans);
    }

    @Override
    public void flush() throws IOException {
        long seenSizeBytes = sizeBytes;
        StoreFile seen = file;
        if (seen == null) {
            return;
        }
        if (!nameFlushed || seenSizeBytes != flushedSizeBytes) {
            seen.sync();
        }
        // Also if there are no new bytes: the end of the segment brings an entry of its own.
        boolean abortedWritten = indexes.writeBack(partition.files(), paths, true);
        if (!nameFlushed || indexes.areNamesUnsynced()) {
            partition.syncNames();
            nameFlushed = true;
        }
        if (abortedWritten) {
            partition.transactionFacts().write(paths.baseOffset(), indexes.aborted);
        }
        indexes.synced();
        flushedSizeBytes = seenSizeBytes;
    }

    @Override
    public void writeBack() throws IOException {
        writtenBackSizeBytes = file == null ? -1 : sizeBytes;
        if (indexes.writeBack(partition.files(), paths, false)) {
            partition.transactionFacts().write(paths.baseOffset(), indexes.aborted);
        }
    }

    @Override
    public void synced() {
        if (writtenBackSizeBytes >= 0) {
            flushedSizeBytes = writtenBackSizeBytes;
            nameFlushed = true;
            indexes.synced();
        }
    }

    @Override
    public void truncateTo(long offset) throws IOException {
        Check.that(!ended, "a segment that was sealed or closed is not cut");
        StoreFile target = file;
        if (target == null || offset >= offsetNext) {
            return;
        }
        long keptSizeBytes = new SegmentSearch(target, sizeBytes, offsetNext, indexes).positionOf(offset);
        sizeBytes = keptSizeBytes;
        indexes.aborted.truncateTo(offset);
        IndexWalk.Result kept = IndexWalk.walk(
                target, keptSizeBytes, baseOffset(), indexes, offset, Long.MAX_VALUE, partition.indexIntervalBytes());
        Check.equal(kept.endPosition(), keptSizeBytes, "what is kept of a segment is whole");
        offsetNext = kept.offsetNext();
        largestTimestampMs = indexes.largestTimestampMs();
        flushedSizeBytes = Math.min(flushedSizeBytes, keptSizeBytes);
        target.truncate(keptSizeBytes);
    }

    /** As {@link #truncateTo}, durably: else a crash could bring back what was cut, behind batches that are appended now. */
    void cutTo(long offset) throws IOException {
        truncateTo(offset);
        StoreFile target = file;
        if (target != null) {
            target.sync();
        }
    }

    @Override
    public SealedSegment seal() throws IOException {
        ended = true;
        indexes.seal();
        return new SealedFileSegment(partition, paths, file == null ? createFile() : file, indexes, this);
    }

    @Override
    public void close() throws IOException {
        ended = true;
        writeBack();
        StoreFile target = file;
        if (target != null) {
            partition.openFiles().closeNow(target);
        }
    }

    @Override
    public long baseOffset() {
        return paths.baseOffset();
    }

    @Override
    public long offsetNext() {
        return offsetNext;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public long largestTimestampMs() {
        return largestTimestampMs;
    }
}
