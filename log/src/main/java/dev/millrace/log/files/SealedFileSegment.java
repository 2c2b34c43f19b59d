package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.Slice;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.CorruptSegmentException;
import dev.millrace.log.segment.SealedSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A segment that never changes again. One that was found at the start is opened at first use; its indexes are read at first use too and
 * given up when memory is short. One that was active in this process keeps what it has until it was flushed.
 */
final class SealedFileSegment implements SealedSegment {

    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final int UNKNOWN_COUNT = -1;

    private final PartitionFiles partition;
    private final SegmentPaths paths;
    private final long offsetNext;

    private final AtomicReference<@Nullable Opened> opened = new AtomicReference<>();
    private volatile SoftReference<Indexes> indexes = new SoftReference<>(null);
    private volatile long largestTimestampMs = UNKNOWN;
    private volatile long sizeBytes = UNKNOWN;

    /** Entries of the transaction index. In the usual case there are none, and then reading costs nothing. */
    private volatile int abortedCount = UNKNOWN_COUNT;

    /** Where unwritten index entries and the state of the last flush are; absent once all is flushed. */
    private volatile @Nullable ActiveFileSegment unflushed;

    /** Of a segment that was replaced, whose files are gone or another's; or that replaces others, until its indexes are in files. */
    private volatile @Nullable Indexes kept;

    private record Opened(StoreFile file, long sizeBytes) {}

    /** A segment that was found, durable, and ends before {@code offsetNext}. */
    SealedFileSegment(PartitionFiles partition, SegmentPaths paths, long offsetNext) {
        this.partition = partition;
        this.paths = paths;
        this.offsetNext = offsetNext;
    }

    /** The sealed form of a segment that was active. */
    SealedFileSegment(
            PartitionFiles partition, SegmentPaths paths, StoreFile file, Indexes indexes, ActiveFileSegment active) {
        this(partition, paths, active.offsetNext());
        this.opened.set(new Opened(file, active.sizeBytes()));
        this.indexes = new SoftReference<>(indexes);
        this.largestTimestampMs = active.largestTimestampMs();
        this.sizeBytes = active.sizeBytes();
        this.abortedCount = indexes.aborted.count();
        this.unflushed = active;
    }

    /** One that compaction wrote, durable; its indexes may still be in memory alone. */
    SealedFileSegment(
            PartitionFiles partition,
            SegmentPaths paths,
            StoreFile file,
            long sizeBytes,
            Indexes indexes,
            long offsetNext) {
        this(partition, paths, offsetNext);
        this.opened.set(new Opened(file, sizeBytes));
        this.kept = indexes;
        this.abortedCount = indexes.aborted.count();
        this.largestTimestampMs = indexes.largestTimestampMs();
        this.sizeBytes = sizeBytes;
    }

    /** Has what is in the files at hand, so that it can be read when another segment has their names. */
    void keepReadable() throws IOException {
        largestTimestampMs();
        kept = indexes();
    }

    /** The indexes are in their files now, and need not stay in memory. */
    void indexesWritten() {
        Indexes seen = kept;
        if (seen != null) {
            indexes = new SoftReference<>(seen);
            kept = null;
        }
    }

    SegmentPaths paths() {
        return paths;
    }

    /** Gives back the file when nobody can be reading it any more. */
    void closeLater() {
        Opened seen = opened.get();
        if (seen != null) {
            partition.openFiles().closeLater(seen.file);
        }
    }

    @Override
    public Optional<Slice> read(long offset, long endOffset, int maxSizeBytes, boolean atLeastOneBatch)
            throws IOException {
        if (offset >= offsetNext || endOffset <= paths.baseOffset()) {
            return Optional.empty();
        }
        return search().read(offset, endOffset, maxSizeBytes, atLeastOneBatch);
    }

    @Override
    public Optional<Slice> firstBatchAtOrAfter(long timestampMs, long fromOffset) throws IOException {
        if (fromOffset >= offsetNext || timestampMs > largestTimestampMs()) {
            return Optional.empty();
        }
        return search().firstBatchAtOrAfter(timestampMs, fromOffset);
    }

    private SegmentSearch search() throws IOException {
        Opened seen = open();
        return new SegmentSearch(seen.file, seen.sizeBytes, offsetNext, indexes());
    }

    private Opened open() throws IOException {
        Opened seen = opened.get();
        if (seen != null) {
            return seen;
        }
        StoreFile file = partition.openFiles().open(paths.log(), FileStore.Mode.READ);
        Opened mine = new Opened(file, file.sizeBytes());
        if (opened.compareAndSet(null, mine)) {
            return mine;
        }
        // Another reader was faster.
        partition.openFiles().closeNow(file);
        return open();
    }

    private Indexes indexes() throws IOException {
        Indexes seen = kept;
        if (seen == null) {
            seen = indexes.get();
        }
        if (seen == null) {
            Opened file = open();
            seen = SegmentRecovery.loadSealed(partition, paths, file.file, file.sizeBytes);
            indexes = new SoftReference<>(seen);
        }
        return seen;
    }

    /**
     * A start makes a damaged transaction index anew. One that was damaged since must not be believed: what it lacks would be given to
     * readers.
     */
    private TransactionIndex checkedAborted() throws IOException {
        TransactionIndex read = indexes().aborted;
        int known = abortedCount;
        if ((unflushed == null && read.hasTail()) || (known != UNKNOWN_COUNT && read.count() != known)) {
            throw new CorruptSegmentException(paths.transactionIndex() + " is damaged or gone: which records of "
                    + paths.log() + " were aborted is not known. Restart: it is made anew then");
        }
        return read;
    }

    /** Says how many aborted transactions end here: then the file is not looked for. */
    void knowAborted(int count) {
        abortedCount = count;
    }

    @Override
    public boolean abortedTransactions(long fromOffset, long endOffset, Consumer<AbortedSpan> sink) throws IOException {
        return hasAborted() && checkedAborted().search(fromOffset, endOffset, sink);
    }

    @Override
    public boolean hasAborted() throws IOException {
        if (abortedCount == UNKNOWN_COUNT) {
            abortedCount = unflushed == null
                            && kept == null
                            && indexes.get() == null
                            && !partition.files().exists(paths.transactionIndex())
                    ? 0
                    : checkedAborted().count();
        }
        return abortedCount > 0;
    }

    @Override
    public long endBound(Slice slice) throws IOException {
        return ActiveFileSegment.endBound(slice, indexes(), offsetNext);
    }

    @Override
    public void noteAborted(AbortedSpan span) throws IOException {
        Indexes noted = indexes();
        noted.aborted.append(span);
        abortedCount = noted.aborted.count();
        if (unflushed == null) {
            writeAborted(noted);
        }
    }

    @Override
    public void replaceAborted(List<AbortedSpan> spans) throws IOException {
        Indexes noted = indexes.get();
        if (noted == null) {
            Opened file = open();
            noted = SegmentRecovery.loadSealed(partition, paths, file.file, file.sizeBytes);
        }
        noted.aborted.replace(spans);
        abortedCount = noted.aborted.count();
        if (unflushed == null) {
            writeAborted(noted);
        }
        indexes = new SoftReference<>(noted);
    }

    private void writeAborted(Indexes noted) throws IOException {
        noted.aborted.writeBack(partition.files(), paths.transactionIndex(), true);
        partition.syncNames();
        partition.transactionFacts().write(paths.baseOffset(), noted.aborted);
        noted.aborted.synced();
    }

    @Override
    public void flush() throws IOException {
        ActiveFileSegment active = unflushed;
        if (active != null) {
            active.flush();
            unflushed = null;
        }
    }

    @Override
    public void writeBack() throws IOException {
        ActiveFileSegment active = unflushed;
        if (active != null) {
            active.writeBack();
        }
    }

    @Override
    public void synced() {
        ActiveFileSegment active = unflushed;
        if (active != null) {
            active.synced();
            unflushed = null;
        }
    }

    @Override
    public boolean isFlushed() {
        return unflushed == null;
    }

    @Override
    public void delete() throws IOException {
        unflushed = null;
        if (kept != null) {
            // It was replaced, or replaces others, and that failed half-way: the next start must not complete it.
            partition.files().delete(paths.swap());
        }
        partition.files().delete(paths.log());
        partition.files().delete(paths.offsetIndex());
        partition.files().delete(paths.timeIndex());
        partition.files().delete(paths.transactionIndex());
        partition.transactionFacts().forget(paths.baseOffset());
        closeLater();
    }

    @Override
    public void close() throws IOException {
        writeBack();
        Opened seen = opened.getAndSet(null);
        if (seen != null) {
            partition.openFiles().closeNow(seen.file);
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

    /**
     * Does not keep the file open: whoever sums up sizes asks all segments.
     *
     * @throws UncheckedIOException if the file must be asked for it and cannot be
     */
    @Override
    public long sizeBytes() {
        long seen = sizeBytes;
        if (seen == UNKNOWN) {
            try (StoreFile file = partition.files().open(paths.log(), FileStore.Mode.READ)) {
                seen = file.sizeBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            sizeBytes = seen;
        }
        return seen;
    }

    /** @throws UncheckedIOException if a file must be read for it and cannot be */
    @Override
    public long largestTimestampMs() {
        long seen = largestTimestampMs;
        if (seen == UNKNOWN) {
            try {
                seen = TimeIndex.readLargestTimestampMs(partition.files(), paths.timeIndex());
                if (seen < 0) {
                    seen = indexes().largestTimestampMs();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            largestTimestampMs = seen;
        }
        return seen;
    }
}
