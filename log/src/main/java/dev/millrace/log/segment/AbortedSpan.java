package dev.millrace.log.segment;

/**
 * An aborted transaction, as the index of the segment that has its marker keeps it.
 *
 * @param firstOffset of its first record, which may lie in an earlier segment
 * @param lastOffset of its abort marker
 * @param lastStableOffset where the last stable offset came to lie when the transaction ended: no transaction whose marker is further
 *     behind has records below it
 */
public record AbortedSpan(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {

    /** Whether it has something between the two offsets, of which {@code endOffset} is exclusive. */
    public boolean overlaps(long fromOffset, long endOffset) {
        return lastOffset >= fromOffset && firstOffset < endOffset;
    }
}
