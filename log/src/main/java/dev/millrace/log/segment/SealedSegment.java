package dev.millrace.log.segment;

import java.io.IOException;

/** A segment that never changes again. */
public interface SealedSegment extends Segment {

    /**
     * Takes the segment away. Slices handed out before stay readable for the deletion delay; the bytes are gone at the latest
     * after that.
     */
    void delete() throws IOException;

    /** Whether all of it is durable, so that {@link #flush} has nothing to do. */
    boolean isFlushed();

    /** Writes back and gives back handles. No flush MAY be under way. */
    void close() throws IOException;
}
