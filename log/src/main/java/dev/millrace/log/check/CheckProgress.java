package dev.millrace.log.check;

import java.nio.file.Path;

/** Hears how far a check is, for a progress bar. Called on the checking thread. */
public interface CheckProgress {

    /** For who does not care. */
    CheckProgress NONE = (file, doneBytes, totalBytes) -> {};

    /**
     * A segment was looked through.
     *
     * @param doneBytes of all segments so far
     * @param totalBytes of all segments
     */
    void segmentDone(Path file, long doneBytes, long totalBytes);
}
