package dev.millrace.log;

import dev.millrace.log.segment.Segment;
import java.util.List;

/**
 * The segments of a partition at one moment, ascending; the last one is the active one. Immutable: the shard publishes a new chain
 * when it rolls or drops, readers work on the one that they found.
 */
final class SegmentChain {

    static final SegmentChain EMPTY = new SegmentChain(List.of());

    private final Segment[] segments;

    SegmentChain(List<? extends Segment> segments) {
        this.segments = segments.toArray(new Segment[0]);
    }

    int segmentsCount() {
        return segments.length;
    }

    Segment get(int index) {
        return segments[index];
    }

    /** Index of the segment that is responsible for {@code offset}: the last one that begins at or before it; 0 if none does. */
    int indexOf(long offset) {
        int low = 0;
        int high = segments.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    long sizeBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.sizeBytes();
        }
        return sum;
    }
}
