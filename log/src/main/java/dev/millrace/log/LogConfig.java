package dev.millrace.log;

import dev.millrace.log.records.BatchRules;

/**
 * The settings of a partition: Kafka's topic-level configuration, as far as the log itself acts on it. Immutable.
 *
 * @param rules what is asked of batches: {@code max.message.bytes}, {@code compression.type}, the timestamp settings
 * @param segmentSizeBytes {@code segment.bytes}: a segment is rolled before it grows larger
 * @param segmentMs {@code segment.ms}: a segment is rolled when its first record is older, ms
 * @param indexIntervalBytes {@code index.interval.bytes}: bytes between two index entries
 * @param retentionMs {@code retention.ms}: segments whose newest record is older are dropped; -1: never
 * @param retentionSizeBytes {@code retention.bytes}: oldest segments are dropped while the rest has at least this size; -1: never
 * @param fileDeleteDelayMs {@code file.delete.delay.ms}: how long a dropped segment stays readable for who already reads it
 */
public record LogConfig(
        BatchRules rules,
        int segmentSizeBytes,
        long segmentMs,
        int indexIntervalBytes,
        long retentionMs,
        long retentionSizeBytes,
        long fileDeleteDelayMs) {

    private static final long WEEK_MS = 7L * 24 * 60 * 60 * 1000;

    /** Kafka's defaults. */
    public static final LogConfig DEFAULT =
            new LogConfig(BatchRules.DEFAULT, 1 << 30, WEEK_MS, 4096, WEEK_MS, -1, 60_000);
}
