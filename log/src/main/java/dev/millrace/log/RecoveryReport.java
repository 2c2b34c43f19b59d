package dev.millrace.log;

import java.util.List;

/**
 * What a start found on disk.
 *
 * @param clean whether the last shutdown was clean, so that no data had to be read
 * @param partitionsCount partitions that were found
 * @param replayedCount appends that the journal gave back to segments
 * @param replayedSizeBytes their bytes
 * @param durationMs time that recovery took
 * @param findings in words, what was repaired or could not be: one line each
 */
public record RecoveryReport(
        boolean clean,
        int partitionsCount,
        long replayedCount,
        long replayedSizeBytes,
        long durationMs,
        List<String> findings) {}
