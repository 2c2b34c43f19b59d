package dev.millrace.log.compaction;

/**
 * How compaction works in the background: Kafka's {@code log.cleaner.*}. Immutable.
 *
 * @param enabled {@code log.cleaner.enable}: whether anything is compacted
 * @param threadsCount {@code log.cleaner.threads}; at least 1
 * @param dedupeBufferBytes {@code log.cleaner.dedupe.buffer.size}: bound for the memory of all key maps together; taken as it is needed,
 *     given back after each partition
 * @param ioMaxBytesPerSecond {@code log.cleaner.io.max.bytes.per.second}: bound for what all threads together read and write
 * @param backoffMs {@code log.cleaner.backoff.ms}: how long a thread rests when it finds nothing to compact
 */
public record CleanerConfig(
        boolean enabled, int threadsCount, long dedupeBufferBytes, double ioMaxBytesPerSecond, long backoffMs) {

    /** Kafka's defaults. */
    public static final CleanerConfig DEFAULT = new CleanerConfig(true, 1, 128L << 20, Double.MAX_VALUE, 15_000);

    public CleanerConfig {
        if (threadsCount < 1) {
            throw new IllegalArgumentException("there is at least one thread that compacts, not " + threadsCount);
        }
    }
}
