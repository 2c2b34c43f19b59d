package dev.millrace.log.retention;

import dev.millrace.log.segment.Segment;
import java.util.List;

/** Decides which of a partition's oldest segments may go. Pure functions. */
public final class Retention {

    private Retention() {}

    /**
     * How many of the oldest segments to drop: those that are older than {@code retentionMs}, and those without which the rest still has
     * {@code retentionSizeBytes}.
     *
     * @param segments ascending; all but the active one
     * @param activeSizeBytes size of the active segment
     * @param highWatermark no segment that reaches beyond it is dropped
     * @param retentionMs -1: no limit
     * @param retentionSizeBytes -1: no limit
     */
    public static int droppableCount(
            List<? extends Segment> segments,
            long activeSizeBytes,
            long highWatermark,
            long nowMs,
            long retentionMs,
            long retentionSizeBytes) {
        long excessBytes = retentionSizeBytes < 0 ? 0 : sizeBytes(segments) + activeSizeBytes - retentionSizeBytes;
        int count = 0;
        for (Segment segment : segments) {
            boolean tooOld = isExpired(segment, nowMs, retentionMs);
            boolean tooMuch = retentionSizeBytes >= 0 && excessBytes >= segment.sizeBytes();
            if (segment.offsetNext() > highWatermark || !(tooOld || tooMuch)) {
                break;
            }
            excessBytes -= segment.sizeBytes();
            count++;
        }
        return count;
    }

    /** Whether its newest record is older than {@code retentionMs}; never if none of its records has a timestamp: then nobody knows. */
    public static boolean isExpired(Segment segment, long nowMs, long retentionMs) {
        long newestMs = segment.largestTimestampMs();
        return retentionMs >= 0 && newestMs >= 0 && nowMs - newestMs > retentionMs;
    }

    private static long sizeBytes(List<? extends Segment> segments) {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.sizeBytes();
        }
        return sum;
    }
}
