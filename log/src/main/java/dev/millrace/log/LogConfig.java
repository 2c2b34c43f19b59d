package dev.millrace.log;

import dev.millrace.log.compaction.CompactionConfig;
import dev.millrace.log.records.BatchRules;

/**
 * The settings of a partition: Kafka's topic-level configuration, as far as the log itself acts on it. Immutable.
 *
 * @param rules what is asked of batches: {@code max.message.bytes}, {@code compression.type}, the timestamp settings
 * @param segmentSizeBytes {@code segment.bytes}: a segment is rolled before it grows larger
 * @param segmentMs {@code segment.ms}: a segment is rolled when its first record is older, ms
 * @param segmentJitterMs {@code segment.jitter.ms}: the most by which {@code segmentMs} is shortened, for each segment by a time of its
 *     own, so that those of many partitions do not all end at once
 * @param indexIntervalBytes {@code index.interval.bytes}: bytes between two index entries
 * @param segmentIndexSizeBytes {@code segment.index.bytes}: a segment is rolled before one of its indexes grows larger
 * @param retentionMs {@code retention.ms}: segments whose newest record is older are dropped; -1: never
 * @param retentionSizeBytes {@code retention.bytes}: oldest segments are dropped while the rest has at least this size; -1: never
 * @param fileDeleteDelayMs {@code file.delete.delay.ms}: how long a dropped segment stays readable for who already reads it
 * @param compaction {@code cleanup.policy=compact} and what belongs to it
 */
public record LogConfig(
        BatchRules rules,
        int segmentSizeBytes,
        long segmentMs,
        long segmentJitterMs,
        int indexIntervalBytes,
        int segmentIndexSizeBytes,
        long retentionMs,
        long retentionSizeBytes,
        long fileDeleteDelayMs,
        CompactionConfig compaction) {

    /** Of a topic that is not compacted. */
    public LogConfig(
            BatchRules rules,
            int segmentSizeBytes,
            long segmentMs,
            long segmentJitterMs,
            int indexIntervalBytes,
            int segmentIndexSizeBytes,
            long retentionMs,
            long retentionSizeBytes,
            long fileDeleteDelayMs) {
        this(
                rules,
                segmentSizeBytes,
                segmentMs,
                segmentJitterMs,
                indexIntervalBytes,
                segmentIndexSizeBytes,
                retentionMs,
                retentionSizeBytes,
                fileDeleteDelayMs,
                CompactionConfig.NONE);
    }

    private static final long WEEK_MS = 7L * 24 * 60 * 60 * 1000;

    /** Kafka's defaults. */
    public static final LogConfig DEFAULT =
            new LogConfig(BatchRules.DEFAULT, 1 << 30, WEEK_MS, 0, 4096, 10 << 20, WEEK_MS, -1, 60_000);
}
