package dev.millrace.log.check;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.check.Finding.Severity;
import dev.millrace.log.files.BatchScanner;
import dev.millrace.log.files.OffsetIndex;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.files.TimeIndex;
import java.io.IOException;
import java.nio.file.Path;

/** Holds the indexes of a segment against its batches, which pass by in order. Says at most one thing of each index. */
final class IndexCheck {

    private static final String REMEDY = "Remove the file while the server is stopped: the next start makes it anew";

    private final CheckState state;
    private final SegmentPaths paths;
    private final OffsetIndex offsets;
    private final TimeIndex times;

    private int offsetsSeen;
    private int timesSeen;
    private boolean offsetsBroken;
    private boolean timesBroken;
    private long largestTimestampMs = -1;

    private IndexCheck(CheckState state, SegmentPaths paths, OffsetIndex offsets, TimeIndex times) {
        this.state = state;
        this.paths = paths;
        this.offsets = offsets;
        this.times = times;
    }

    static IndexCheck read(FileStore files, SegmentPaths paths, CheckState state) throws IOException {
        OffsetIndex offsets = files.exists(paths.offsetIndex())
                ? OffsetIndex.read(files, paths.offsetIndex(), paths.baseOffset(), Long.MAX_VALUE)
                : new OffsetIndex(paths.baseOffset());
        TimeIndex times = files.exists(paths.timeIndex())
                ? TimeIndex.read(files, paths.timeIndex(), paths.baseOffset())
                : new TimeIndex(paths.baseOffset());
        IndexCheck check = new IndexCheck(state, paths, offsets, times);
        check.offsetsBroken =
                check.hasTail(files, paths.offsetIndex(), (long) offsets.count() * OffsetIndex.ENTRY_BYTES);
        check.timesBroken = check.hasTail(files, paths.timeIndex(), (long) times.count() * TimeIndex.ENTRY_BYTES);
        return check;
    }

    private boolean hasTail(FileStore files, Path path, long orderlyBytes) throws IOException {
        boolean tail = files.exists(path) && files.readAll(path).length > orderlyBytes && !state.serverRunning;
        if (tail) {
            state.add(Severity.WARNING, path, orderlyBytes, "an entry that does not ascend, or is not whole", REMEDY);
        }
        return tail;
    }

    void onBatch(BatchScanner batch) {
        if (!offsetsBroken && offsetsSeen < offsets.count() && offsets.position(offsetsSeen) <= batch.position()) {
            if (offsets.position(offsetsSeen) != batch.position()
                    || offsets.offset(offsetsSeen) != batch.lastOffset()) {
                offsetsBroken = true;
                state.add(
                        Severity.WARNING,
                        paths.offsetIndex(),
                        (long) offsetsSeen * OffsetIndex.ENTRY_BYTES,
                        "offset " + offsets.offset(offsetsSeen) + " at position " + offsets.position(offsetsSeen)
                                + ", where no batch ends with that offset",
                        REMEDY);
            }
            offsetsSeen++;
        }
        boolean larger = batch.maxTimestampMs() > largestTimestampMs;
        largestTimestampMs = Math.max(largestTimestampMs, batch.maxTimestampMs());
        if (!timesBroken && timesSeen < times.count() && times.offset(timesSeen) <= batch.lastOffset()) {
            if (times.offset(timesSeen) != batch.lastOffset()
                    || times.timestampMs(timesSeen) != batch.maxTimestampMs()
                    || !larger) {
                timesBroken = true;
                state.add(
                        Severity.WARNING,
                        paths.timeIndex(),
                        (long) timesSeen * TimeIndex.ENTRY_BYTES,
                        "timestamp " + times.timestampMs(timesSeen) + " for offset " + times.offset(timesSeen)
                                + ", which no batch reached first",
                        REMEDY);
            }
            timesSeen++;
        }
    }

    /** @param offsetNext behind the last batch that is in order */
    void onEnd(long offsetNext, long flushedOffset) {
        boolean left = (!offsetsBroken && offsetsSeen < offsets.count()) || (!timesBroken && timesSeen < times.count());
        if (left && !state.serverRunning) {
            state.add(
                    offsetNext >= flushedOffset ? Severity.NOTE : Severity.WARNING,
                    offsetsSeen < offsets.count() ? paths.offsetIndex() : paths.timeIndex(),
                    "has entries behind the last whole batch, which ends before offset " + offsetNext,
                    "The next start drops them");
        }
    }
}
