package dev.millrace.log;

import dev.millrace.log.compaction.CleanerConfig;
import java.nio.file.Path;

/**
 * How a {@link LogStore} works; what holds for one topic is in {@link LogConfig}.
 *
 * @param directory the data directory; partitions lie in {@code topics/} under it, journals in {@code journal-N/}
 * @param durability when an append counts as durable
 * @param shardsCount threads that write partitions, each with its own journal; at least 1
 * @param journalSizeBytes bound for a shard's journal, and so for what a start after a crash has to replay
 * @param queueSizeBytes bound for the appends that wait in a shard's queue; what does not fit is refused with OVERLOADED
 * @param diskReserveBytes clients' appends are refused with DISK_FULL when less than this is left on the disk
 * @param flushIntervalMs how long an append may stay in the journal alone before its segment is flushed
 * @param retentionCheckIntervalMs how often retention looks for segments to drop
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}: idle time after which a producer's state is forgotten
 * @param cleaner how compaction works
 */
public record LogStoreConfig(
        Path directory,
        Durability durability,
        int shardsCount,
        long journalSizeBytes,
        long queueSizeBytes,
        long diskReserveBytes,
        long flushIntervalMs,
        long retentionCheckIntervalMs,
        long producerIdExpirationMs,
        CleanerConfig cleaner) {

    /** With compaction as Kafka does it by default. */
    public LogStoreConfig(
            Path directory,
            Durability durability,
            int shardsCount,
            long journalSizeBytes,
            long queueSizeBytes,
            long diskReserveBytes,
            long flushIntervalMs,
            long retentionCheckIntervalMs,
            long producerIdExpirationMs) {
        this(
                directory,
                durability,
                shardsCount,
                journalSizeBytes,
                queueSizeBytes,
                diskReserveBytes,
                flushIntervalMs,
                retentionCheckIntervalMs,
                producerIdExpirationMs,
                CleanerConfig.DEFAULT);
    }

    public LogStoreConfig {
        if (shardsCount < 1) {
            throw new IllegalArgumentException("a log has at least one shard, not " + shardsCount);
        }
    }

    /** Defaults for {@code directory}: fsync, one shard, 512 MiB of journal, 64 MiB of queue, 256 MiB of reserve. */
    public static LogStoreConfig defaults(Path directory) {
        return new LogStoreConfig(
                directory, Durability.FSYNC, 1, 512L << 20, 64L << 20, 256L << 20, 60_000, 300_000, 86_400_000);
    }

    public LogStoreConfig withDurability(Durability other) {
        return new LogStoreConfig(
                directory,
                other,
                shardsCount,
                journalSizeBytes,
                queueSizeBytes,
                diskReserveBytes,
                flushIntervalMs,
                retentionCheckIntervalMs,
                producerIdExpirationMs,
                cleaner);
    }
}
