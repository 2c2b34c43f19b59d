package dev.millrace.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The last segment of a chain: the only one that grows. One writer. */
public interface ActiveSegment extends Segment {

    /**
     * Appends whole batches whose headers are final (offset, epoch, CRC). Accepted, not durable: it may still be lost until
     * {@link #flush()} returns. The caller seals before offsets span 2^31 or bytes exceed 2^31 - 1. Consumes {@code batches}; keeps no reference to it.
     *
     * @throws IOException when bytes may have been written in part: the segment MUST then refuse every later append
     */
    void append(ByteBuffer batches) throws IOException;

    /** Size of the larger of its indexes, bytes; 0 if it needs none. */
    long indexSizeBytes();

    /** Cuts away every batch that holds {@code offset} or lies behind it. No flush MAY be under way. */
    void truncateTo(long offset) throws IOException;

    /**
     * Ends the segment and gives its immutable form; no append MAY follow. Does not wait for a disk: what was not flushed is not durable
     * yet, and {@link SealedSegment#flush()} makes it so. A flush that is under way is not disturbed.
     */
    SealedSegment seal() throws IOException;

    /** Writes back and gives back handles, without sealing. No flush MAY be under way. */
    void close() throws IOException;
}
