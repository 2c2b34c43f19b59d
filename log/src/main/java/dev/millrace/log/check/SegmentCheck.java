package dev.millrace.log.check;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.check.Finding.Severity;
import dev.millrace.log.files.BatchScanner;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.records.BatchHeader;
import java.io.IOException;
import java.util.Optional;

/** Looks at every batch of one segment, and holds its indexes against them. Used once. */
final class SegmentCheck {

    private final FileStore files;
    private final SegmentPaths paths;
    private final CheckState state;
    private final TransactionCheck transactions;
    private final long flushedOffset;
    private final long compactedOffset;

    private long offsetNext;
    private int leaderEpoch;

    /**
     * @param transactions of the partition; has seen all segments before this one
     * @param flushedOffset below it everything is known to have been durable
     * @param compactedOffset below it offsets may be missing
     * @param leaderEpoch of the last batch before this segment; -1: none
     */
    SegmentCheck(
            FileStore files,
            SegmentPaths paths,
            CheckState state,
            TransactionCheck transactions,
            long flushedOffset,
            long compactedOffset,
            int leaderEpoch) {
        this.transactions = transactions;
        this.files = files;
        this.paths = paths;
        this.state = state;
        this.flushedOffset = flushedOffset;
        this.compactedOffset = compactedOffset;
        this.leaderEpoch = leaderEpoch;
        this.offsetNext = paths.baseOffset();
    }

    /** @param active whether this is the segment that grows */
    void run(boolean active) throws IOException {
        try (StoreFile file = files.open(paths.log(), Mode.READ)) {
            // A server writes bytes first and index entries later: what the log has now covers the indexes read before.
            IndexCheck indexes = IndexCheck.read(files, paths, state);
            transactions.begin(paths, flushedOffset);
            long sizeBytes = file.sizeBytes();
            walk(file, sizeBytes, active, indexes);
            state.segmentsCount++;
            state.doneBytes += sizeBytes;
            state.progress.segmentDone(paths.log(), state.doneBytes, Math.max(state.totalBytes, state.doneBytes));
        }
    }

    private void walk(StoreFile file, long sizeBytes, boolean active, IndexCheck indexes) throws IOException {
        BatchScanner scanner = new BatchScanner(file, sizeBytes, BatchScanner.WALK_CHUNK_BYTES);
        long position = 0;
        while (position < sizeBytes) {
            Optional<String> problem = scanner.moveTo(position);
            if (problem.isEmpty() && scanner.baseOffset() < offsetNext) {
                problem = Optional.of("a batch that begins at offset " + scanner.baseOffset() + ", where " + offsetNext
                        + " or a later one is due");
            }
            if (problem.isEmpty()) {
                problem = scanner.checkCrc();
            }
            if (problem.isPresent()) {
                broken(position, sizeBytes, problem.get(), active);
                break;
            }
            checkOrder(scanner);
            indexes.onBatch(scanner);
            transactions.onBatch(scanner, flushedOffset);
            state.batchesCount++;
            state.recordsCount += BatchHeader.recordsCount(scanner.header(), scanner.headerPosition());
            offsetNext = scanner.lastOffset() + 1;
            position += scanner.sizeBytes();
        }
        indexes.onEnd(offsetNext, flushedOffset);
        transactions.onEnd(offsetNext);
    }

    private void checkOrder(BatchScanner scanner) {
        if (scanner.baseOffset() > offsetNext && scanner.baseOffset() > compactedOffset) {
            state.add(
                    Severity.WARNING,
                    paths.log(),
                    scanner.position(),
                    "offsets " + offsetNext + " to " + (scanner.baseOffset() - 1) + " are missing",
                    "Readers pass over them; bring the segment back from a copy if they matter");
        }
        int epoch = BatchHeader.leaderEpoch(scanner.header(), scanner.headerPosition());
        if (epoch < leaderEpoch) {
            state.add(
                    Severity.WARNING,
                    paths.log(),
                    scanner.position(),
                    "leader epoch " + epoch + " follows " + leaderEpoch,
                    "Consumers that check epochs may read this part twice");
        }
        leaderEpoch = epoch;
    }

    private void broken(long position, long sizeBytes, String problem, boolean active) {
        state.broken(paths.directory());
        String rest =
                problem + "; " + (sizeBytes - position) + " bytes from there to the end of the file were not looked at";
        if (active && state.serverRunning) {
            state.add(
                    Severity.NOTE,
                    paths.log(),
                    position,
                    rest,
                    "The server may be writing it: check again once it is stopped");
        } else if (offsetNext >= flushedOffset) {
            state.add(
                    Severity.NOTE,
                    paths.log(),
                    position,
                    rest,
                    "A crash leaves it so; the next start cuts it away and takes what was acknowledged from the"
                            + " journal");
        } else {
            state.add(
                    Severity.ERROR,
                    paths.log(),
                    position,
                    rest + "; everything below offset " + flushedOffset + " was durable",
                    "Bring the segment back from a copy");
        }
    }

    /** Offset behind the last batch that is in order. */
    long offsetNext() {
        return offsetNext;
    }

    /** Of the last batch that is in order; -1 if there was none. */
    int leaderEpoch() {
        return leaderEpoch;
    }
}
