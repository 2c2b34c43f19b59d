package dev.millrace.log.files;

import dev.millrace.base.Check;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentReplacement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Replaces segments on disk, so that a crash at any moment leaves either all of the old ones or the new one.
 *
 * <pre>
 *   step                                              after a crash behind it, the next start
 *   1  write B.log.cleaned, sync it; if a transaction  removes both
 *      was aborted in an old segment, the same with
 *      B.txnindex.swap, and sync the directory
 *   2  rename B.log.cleaned to B.log.swap              removes or completes, as the disk has it
 *   3  sync the directory: decided                     completes: does 4 to 7
 *   4  remove all files of the old segments, but for   completes
 *      B.log and B.txnindex; sync the directory
 *   5  write B.index and B.timeindex, sync them        completes, and makes these two anew
 *   6  rename B.txnindex.swap, if there is one, to     completes: B.txnindex is the new one; if the
 *      B.txnindex; sync the directory; say in the      facts do not know it, it is made anew once,
 *      TransactionIndexFacts what it holds             from the new segment
 *   7  rename B.log.swap to B.log; sync the            has the new segment
 *      directory
 * </pre>
 *
 * <p>B is the base offset of the first old segment. The new segment ends where the last one ended, so whoever finds {@code B.log.swap}
 * can tell from it which segments it replaces. Steps 1 to 3 are {@link #prepare}, 4 to 7 {@link #complete}. As long as a {@code .log.swap}
 * is there, no offset or time index of an old segment is trusted. The transaction index cannot be made anew from the log, so it has a
 * {@code .swap} of its own: without a {@code .log.swap} it belongs to nothing, because step 6 comes before 7.
 */
final class FileReplacement implements SegmentReplacement {

    private final PartitionFiles partition;
    private final SegmentPaths paths;
    private List<SealedFileSegment> old = List.of();
    private final Indexes indexes;
    private final StoreFile file;
    private long offsetNext;
    private long sizeBytes;
    private boolean decided;
    private @Nullable SealedFileSegment result;

    FileReplacement(PartitionFiles partition, long baseOffset) throws IOException {
        this.partition = partition;
        this.paths = new SegmentPaths(partition.directory(), baseOffset);
        this.indexes = new Indexes(paths.baseOffset());
        this.offsetNext = paths.baseOffset();
        partition.files().delete(paths.cleaned()); // What an attempt left behind that failed.
        this.file = partition.openFiles().open(paths.cleaned(), FileStore.Mode.CREATE);
    }

    @Override
    public void append(ByteBuffer batches) throws IOException {
        int start = batches.position();
        long position = sizeBytes;
        for (int at = start; at < batches.limit(); ) {
            int batchSizeBytes = BatchHeader.sizeBytes(batches, at);
            Check.ordered(offsetNext, BatchHeader.baseOffset(batches, at), "batches of a segment ascend");
            indexes.add(
                    BatchHeader.lastOffset(batches, at),
                    position + at - start,
                    batchSizeBytes,
                    BatchHeader.maxTimestampMs(batches, at),
                    partition.indexIntervalBytes());
            offsetNext = BatchHeader.lastOffset(batches, at) + 1;
            at += batchSizeBytes;
        }
        sizeBytes += batches.limit() - start;
        Check.ordered(sizeBytes, Integer.MAX_VALUE, "a segment has less than 2^31 bytes");
        file.write(batches, position);
    }

    @Override
    public void noteAborted(AbortedSpan span) {
        indexes.aborted.append(span);
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public long indexSizeBytes() {
        return indexes.sizeBytes();
    }

    @Override
    public void flush() throws IOException {
        file.sync();
    }

    @Override
    public SealedSegment prepare(List<SealedSegment> replaced) throws IOException {
        old = replaced.stream().map(SealedFileSegment.class::cast).toList();
        Check.equal(offsetNext, old.getLast().offsetNext(), "end of a segment that replaces others");
        for (SealedFileSegment segment : old) {
            segment.keepReadable();
        }
        indexes.seal();
        file.sync();
        writeTransactionIndex();
        partition.files().rename(paths.cleaned(), paths.swap());
        decided = true;
        partition.files().syncDirectory(partition.directory());
        SealedFileSegment segment = new SealedFileSegment(partition, paths, file, sizeBytes, indexes, offsetNext);
        result = segment;
        return segment;
    }

    private void writeTransactionIndex() throws IOException {
        FileStore files = partition.files();
        files.delete(paths.transactionIndexSwap()); // What an attempt left behind that failed.
        boolean some = false;
        for (SealedFileSegment segment : old) {
            some |= files.exists(segment.paths().transactionIndex());
        }
        if (some) {
            try (StoreFile swap = files.open(paths.transactionIndexSwap(), FileStore.Mode.CREATE)) {
                swap.write(indexes.aborted.toBytes(), 0);
                swap.sync();
            }
            files.syncDirectory(partition.directory());
        }
    }

    @Override
    public void complete() throws IOException {
        FileStore files = partition.files();
        for (SealedFileSegment segment : old) {
            files.delete(segment.paths().offsetIndex());
            files.delete(segment.paths().timeIndex());
            if (segment.baseOffset() != paths.baseOffset()) {
                files.delete(segment.paths().transactionIndex());
                files.delete(segment.paths().log());
            }
        }
        files.syncDirectory(partition.directory());
        indexes.writeBackSearchable(files, paths);
        if (files.exists(paths.transactionIndexSwap())) {
            files.rename(paths.transactionIndexSwap(), paths.transactionIndex());
            files.syncDirectory(partition.directory());
        }
        indexes.aborted.isInFile();
        old.forEach(segment -> partition.transactionFacts().forget(segment.baseOffset()));
        partition.transactionFacts().write(paths.baseOffset(), indexes.aborted);
        files.rename(paths.swap(), paths.log());
        files.syncDirectory(partition.directory());
        indexes.synced();
        Objects.requireNonNull(result, "prepare came before").indexesWritten();
        old.forEach(SealedFileSegment::closeLater);
    }

    @Override
    public void abandon() throws IOException {
        partition.files().delete(decided ? paths.swap() : paths.cleaned());
        partition.files().delete(paths.transactionIndexSwap());
        if (decided) {
            partition.files().syncDirectory(partition.directory());
        }
        old.forEach(SealedFileSegment::indexesWritten); // The old ones stay: nothing of theirs was touched.
        SealedFileSegment unused = result;
        if (unused == null) {
            partition.openFiles().closeNow(file);
        } else {
            unused.closeLater();
        }
    }
}
