package dev.millrace.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One segment that takes the place of neighbours, all sealed and durable: what compaction leaves of them.
 *
 * <pre>
 *   append, append, … ──→ prepare ──→ (the chain shows the new one) ──→ complete
 *      └────────────────────┴──→ abandon
 * </pre>
 *
 * <p>A restart before {@link #prepare} finds the old segments. One between prepare and {@link #complete} finds either the old ones or the
 * new one, never parts of both. One thread at a time; it need not be the one that owns the partition.
 */
public interface SegmentReplacement {

    /** As {@link ActiveSegment#append}: whole batches that ascend, within the offsets of the old segments. */
    void append(ByteBuffer batches) throws IOException;

    /** As {@link Segment#noteAborted}: for each aborted transaction that readers still have to know, after its marker was appended. */
    void noteAborted(AbortedSpan span);

    long sizeBytes();

    /** As {@link ActiveSegment#indexSizeBytes}. */
    long indexSizeBytes();

    /** Makes durable what was appended, so that {@link #prepare} has less to wait for. */
    void flush() throws IOException;

    /**
     * Makes the new segment durable and decides for it, in the place of {@code old}. Its last batch MUST end where the last of these
     * ended. They stay readable.
     */
    SealedSegment prepare(List<SealedSegment> old) throws IOException;

    /** Takes the old segments away. Slices of them stay readable for the deletion delay. After {@link #prepare}. */
    void complete() throws IOException;

    /** Takes the new segment away. The old ones are as if nothing had been. Not after {@link #complete}. */
    void abandon() throws IOException;
}
