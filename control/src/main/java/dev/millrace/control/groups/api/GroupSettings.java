package dev.millrace.control.groups.api;

/**
 * The limits of groups, under Kafka's own names.
 *
 * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}: a member that asks for less is refused
 * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}: a member that asks for more is refused
 * @param maxSize {@code group.max.size}: members of one group
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}: how long an empty group waits for more members after the first;
 *     0 here, where Kafka waits 3 s
 * @param offsetsRetentionMs {@code offsets.retention.minutes}, in ms
 * @param offsetsRetentionCheckIntervalMs {@code offsets.retention.check.interval.ms}
 * @param offsetMetadataMaxChars {@code offset.metadata.max.bytes}; like Kafka, counted in UTF-16 characters
 * @param consumer what groups of the consumer protocol work by
 */
public record GroupSettings(
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int maxSize,
        int initialRebalanceDelayMs,
        long offsetsRetentionMs,
        long offsetsRetentionCheckIntervalMs,
        int offsetMetadataMaxChars,
        ConsumerSettings consumer) {

    /** Kafka's defaults, save that an empty group does not wait for more members. */
    public static final GroupSettings DEFAULT = new GroupSettings(
            6_000, 1_800_000, Integer.MAX_VALUE, 0, 7L * 24 * 60 * 60 * 1000, 600_000, 4096, ConsumerSettings.DEFAULT);

    public GroupSettings {
        if (minSessionTimeoutMs < 1 || maxSessionTimeoutMs < minSessionTimeoutMs) {
            throw new IllegalArgumentException(
                    "group.min.session.timeout.ms must be at least 1 and at most group.max.session.timeout.ms, not "
                            + minSessionTimeoutMs + " with a maximum of " + maxSessionTimeoutMs);
        }
        requireAtLeast("group.max.size", maxSize, 1);
        requireAtLeast("group.initial.rebalance.delay.ms", initialRebalanceDelayMs, 0);
        requireAtLeast("offsets.retention.minutes (in ms)", offsetsRetentionMs, 1);
        requireAtLeast("offsets.retention.check.interval.ms", offsetsRetentionCheckIntervalMs, 1);
        requireAtLeast("offset.metadata.max.bytes", offsetMetadataMaxChars, 0);
    }

    private static void requireAtLeast(String key, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(key + " must be at least " + least + ", not " + value);
        }
    }
}
