package dev.millrace.log.compaction;

/**
 * How a topic is compacted: Kafka's topic-level configuration. Immutable.
 *
 * @param enabled whether {@code cleanup.policy} names {@code compact}
 * @param deleteRetentionMs {@code delete.retention.ms}: how long tombstones and ends of transactions stay once they were compacted
 * @param minLagMs {@code min.compaction.lag.ms}: younger segments are left alone
 * @param maxLagMs {@code max.compaction.lag.ms}: a log with older uncompacted records is compacted whatever its dirty ratio
 * @param minDirtyRatio {@code min.cleanable.dirty.ratio}: the share of uncompacted bytes from which a log is compacted
 */
public record CompactionConfig(
        boolean enabled, long deleteRetentionMs, long minLagMs, long maxLagMs, double minDirtyRatio) {

    /** Not compacted; the rest as Kafka's defaults. */
    public static final CompactionConfig NONE = new CompactionConfig(false, 86_400_000, 0, Long.MAX_VALUE, 0.5);

    /** Compacted, by Kafka's defaults. */
    public static final CompactionConfig DEFAULT = new CompactionConfig(true, 86_400_000, 0, Long.MAX_VALUE, 0.5);
}
