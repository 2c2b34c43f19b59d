package dev.millrace.control.metadata;

import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSchema;
import dev.millrace.base.config.ConfigType;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The settings that topics have: Kafka 4.4's, with its names, defaults and bounds. What is accepted and does nothing here says so; what
 * would be a promise that Millrace does not keep is refused.
 */
public final class TopicConfigs {

    private static final String NO_EFFECT = " Accepted for compatibility, without effect: ";
    private static final String ONE_NODE = NO_EFFECT + "Millrace runs on one node.";
    private static final String NO_TIERS = NO_EFFECT + "Millrace does not tier its storage.";
    private static final long HOUR_MS = 3_600_000;
    private static final long WEEK_MS = 7 * 24 * HOUR_MS;

    public static final ConfigKey<List<String>> CLEANUP_POLICY = key(ConfigType.LIST, List.of("delete"))
            .topic("cleanup.policy")
            .server("log.cleanup.policy")
            .rule(
                    policies -> Set.of("delete", "compact").containsAll(policies),
                    "that is delete, compact, both, or empty")
            .doc("What happens to old records: delete drops them by retention.ms and retention.bytes; compact keeps the"
                    + " last one of each key; an empty list keeps them all.");

    public static final ConfigKey<Long> RETENTION_MS = key(ConfigType.LONG, WEEK_MS)
            .topic("retention.ms")
            .server("log.retention.ms")
            .serverMultiple("log.retention.minutes", 60_000)
            .serverMultiple("log.retention.hours", HOUR_MS)
            .unit("ms")
            .atLeast(-1)
            .doc("Records may be dropped when they are older, by whole segments. -1 keeps them for ever.");

    public static final ConfigKey<Long> RETENTION_BYTES = key(ConfigType.LONG, -1L)
            .topic("retention.bytes")
            .server("log.retention.bytes")
            .unit("bytes")
            .doc("The oldest segments of a partition are dropped while the rest has at least this size. -1 means no"
                    + " bound.");

    public static final ConfigKey<Long> FILE_DELETE_DELAY_MS = key(ConfigType.LONG, 60_000L)
            .topic("file.delete.delay.ms")
            .server("log.segment.delete.delay.ms")
            .unit("ms")
            .atLeast(0)
            .doc("How long a dropped segment stays readable for whoever is reading it.");

    public static final ConfigKey<Integer> SEGMENT_BYTES = key(ConfigType.INT, 1 << 30)
            .topic("segment.bytes")
            .server("log.segment.bytes")
            .unit("bytes")
            .atLeast(1 << 20)
            .doc("A segment is rolled before it grows larger. Retention drops whole segments.");

    public static final ConfigKey<Long> SEGMENT_MS = key(ConfigType.LONG, WEEK_MS)
            .topic("segment.ms")
            .server("log.roll.ms")
            .serverMultiple("log.roll.hours", HOUR_MS)
            .unit("ms")
            .atLeast(1)
            .doc("A segment is rolled when its first record is older, even if it is small.");

    public static final ConfigKey<Long> SEGMENT_JITTER_MS = key(ConfigType.LONG, 0L)
            .topic("segment.jitter.ms")
            .server("log.roll.jitter.ms")
            .serverMultiple("log.roll.jitter.hours", HOUR_MS)
            .unit("ms")
            .atLeast(0)
            .doc("The most by which segment.ms is shortened, differently for each segment, so that those of many"
                    + " partitions do not all end at once.");

    public static final ConfigKey<Integer> SEGMENT_INDEX_BYTES = key(ConfigType.INT, 10 << 20)
            .topic("segment.index.bytes")
            .server("log.index.size.max.bytes")
            .unit("bytes")
            .atLeast(4)
            .doc("A segment is rolled before one of its indexes grows larger. Indexes are not preallocated.");

    public static final ConfigKey<Integer> INDEX_INTERVAL_BYTES = key(ConfigType.INT, 4096)
            .topic("index.interval.bytes")
            .server("log.index.interval.bytes")
            .unit("bytes")
            .atLeast(0)
            .doc("Bytes of records between two entries of a segment's index.");

    public static final ConfigKey<Integer> MAX_MESSAGE_BYTES = key(ConfigType.INT, 1_048_588)
            .topic("max.message.bytes")
            .server("message.max.bytes")
            .unit("bytes")
            .atLeast(0)
            .doc("The largest record batch that is taken, as it comes: compressed, if it is.");

    public static final ConfigKey<String> MESSAGE_TIMESTAMP_TYPE = key(ConfigType.STRING, "CreateTime")
            .topic("message.timestamp.type")
            .server("log.message.timestamp.type")
            .rule(oneOf("CreateTime", "LogAppendTime"), "that is CreateTime or LogAppendTime")
            .doc("Whose clock gives a record its timestamp: the producer's, or the log's when it appends.");

    public static final ConfigKey<Long> MESSAGE_TIMESTAMP_BEFORE_MAX_MS = key(ConfigType.LONG, Long.MAX_VALUE)
            .topic("message.timestamp.before.max.ms")
            .server("log.message.timestamp.before.max.ms")
            .unit("ms")
            .atLeast(0)
            .doc("How far a producer's timestamp may lie behind the server's clock.");

    public static final ConfigKey<Long> MESSAGE_TIMESTAMP_AFTER_MAX_MS = key(ConfigType.LONG, HOUR_MS)
            .topic("message.timestamp.after.max.ms")
            .server("log.message.timestamp.after.max.ms")
            .unit("ms")
            .atLeast(0)
            .doc("How far a producer's timestamp may lie ahead of the server's clock.");

    public static final ConfigKey<String> COMPRESSION_TYPE = key(ConfigType.STRING, "producer")
            .topic("compression.type")
            .server("compression.type")
            .rule(
                    oneOf("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
                    "that is producer, uncompressed, gzip, snappy, lz4 or zstd")
            .doc("The codec in which batches are stored. producer keeps the one that the producer chose.");

    public static final ConfigKey<Integer> COMPRESSION_GZIP_LEVEL = key(ConfigType.INT, -1)
            .topic("compression.gzip.level")
            .server("compression.gzip.level")
            .rule(level -> level == -1 || (level >= 1 && level <= 9), "between 1 and 9, or -1")
            .doc("How hard gzip tries when compression.type is gzip. -1 is its own default.");

    public static final ConfigKey<Integer> COMPRESSION_LZ4_LEVEL = key(ConfigType.INT, 9)
            .topic("compression.lz4.level")
            .server("compression.lz4.level")
            .between(1, 17)
            .doc("How hard lz4 tries when compression.type is lz4.");

    public static final ConfigKey<Integer> COMPRESSION_ZSTD_LEVEL = key(ConfigType.INT, 3)
            .topic("compression.zstd.level")
            .server("compression.zstd.level")
            .between(-131_072, 22)
            .doc("How hard zstd tries when compression.type is zstd.");

    public static final ConfigKey<Long> DELETE_RETENTION_MS = key(ConfigType.LONG, 86_400_000L)
            .topic("delete.retention.ms")
            .server("log.cleaner.delete.retention.ms")
            .unit("ms")
            .atLeast(0)
            .doc("How long compaction keeps tombstones, so that a reader that begins in front of them has time to"
                    + " see them.");

    public static final ConfigKey<Long> MIN_COMPACTION_LAG_MS = key(ConfigType.LONG, 0L)
            .topic("min.compaction.lag.ms")
            .server("log.cleaner.min.compaction.lag.ms")
            .unit("ms")
            .atLeast(0)
            .doc("How old a record must be to be compacted. The active segment never is.");

    public static final ConfigKey<Long> MAX_COMPACTION_LAG_MS = key(ConfigType.LONG, Long.MAX_VALUE)
            .topic("max.compaction.lag.ms")
            .server("log.cleaner.max.compaction.lag.ms")
            .unit("ms")
            .atLeast(1)
            .doc("The age at which a record is compacted at the latest.");

    public static final ConfigKey<Double> MIN_CLEANABLE_DIRTY_RATIO = key(ConfigType.DOUBLE, 0.5)
            .topic("min.cleanable.dirty.ratio")
            .server("log.cleaner.min.cleanable.ratio")
            .rule(ratio -> ratio >= 0 && ratio <= 1, "between 0 and 1")
            .doc("The share of uncompacted bytes from which a log is compacted.");

    private static final List<ConfigKey<?>> WITHOUT_EFFECT = List.of(
            key(ConfigType.BOOLEAN, false)
                    .topic("preallocate")
                    .server("log.preallocate")
                    .doc("Whether segment files get their full size at once." + NO_EFFECT
                            + "the journal is preallocated."),
            key(ConfigType.LONG, Long.MAX_VALUE)
                    .topic("flush.messages")
                    .server("log.flush.interval.messages")
                    .unit("records")
                    .atLeast(1)
                    .doc("Records after which a partition is synced." + NO_EFFECT
                            + "durability=fsync syncs whatever it acknowledges, durability=os nothing."),
            key(ConfigType.LONG, Long.MAX_VALUE)
                    .topic("flush.ms")
                    .server("log.flush.interval.ms")
                    .unit("ms")
                    .atLeast(0)
                    .doc("Time after which a partition is synced." + NO_EFFECT
                            + "durability=fsync syncs whatever it acknowledges, durability=os nothing."),
            key(ConfigType.INT, Integer.MAX_VALUE - 8)
                    .topic("max.decompressed.message.bytes")
                    .server("message.max.decompressed.bytes")
                    .unit("bytes")
                    .between(1, Integer.MAX_VALUE - 8)
                    .doc("The largest batch when decompressed." + NO_EFFECT
                            + "what Millrace decompresses has a bound of its own, and most batches it does not"
                            + " decompress."),
            key(ConfigType.INT, 1)
                    .topic("min.insync.replicas")
                    .server("min.insync.replicas")
                    .unit("replicas")
                    .atLeast(1)
                    .doc("Replicas that must have a record before acks=all is answered." + ONE_NODE),
            key(ConfigType.BOOLEAN, false)
                    .topic("unclean.leader.election.enable")
                    .server("unclean.leader.election.enable")
                    .doc("Whether a replica that lags may lead." + ONE_NODE),
            key(ConfigType.LIST, List.<String>of())
                    .topic("leader.replication.throttled.replicas")
                    .doc("Replicas to which the leader sends no faster than its quota." + ONE_NODE),
            key(ConfigType.LIST, List.<String>of())
                    .topic("follower.replication.throttled.replicas")
                    .doc("Replicas that fetch no faster than their quota." + ONE_NODE),
            key(ConfigType.BOOLEAN, false)
                    .topic("errors.deadletterqueue.group.enable")
                    .doc("Whether share groups may send dead letters here." + NO_EFFECT
                            + "there are no share groups yet."),
            key(ConfigType.BOOLEAN, false)
                    .topic("remote.storage.enable")
                    .rule(enabled -> !enabled, "that is false (Millrace does not tier its storage)")
                    .doc("Whether segments move to an object store. Only false is taken."),
            key(ConfigType.BOOLEAN, false)
                    .topic("remote.log.copy.disable")
                    .doc("Whether a tiered topic copies no more segments." + NO_TIERS),
            key(ConfigType.BOOLEAN, false)
                    .topic("remote.log.delete.on.disable")
                    .doc("Whether tiered segments go when tiering ends." + NO_TIERS),
            key(ConfigType.LONG, 0L)
                    .topic("remote.copy.lag.ms")
                    .server("log.remote.copy.lag.ms")
                    .unit("ms")
                    .atLeast(-1)
                    .doc("How old a segment must be to be copied." + NO_TIERS),
            key(ConfigType.LONG, -1L)
                    .topic("remote.copy.lag.bytes")
                    .server("log.remote.copy.lag.bytes")
                    .unit("bytes")
                    .atLeast(-1)
                    .doc("How far behind the end a segment must lie to be copied." + NO_TIERS),
            key(ConfigType.LONG, -2L)
                    .topic("local.retention.ms")
                    .server("log.local.retention.ms")
                    .unit("ms")
                    .atLeast(-2)
                    .doc("How long tiered segments stay on this disk." + NO_TIERS),
            key(ConfigType.LONG, -2L)
                    .topic("local.retention.bytes")
                    .server("log.local.retention.bytes")
                    .unit("bytes")
                    .atLeast(-2)
                    .doc("Bytes of tiered segments that stay on this disk." + NO_TIERS));

    /** All of them, under their names on topics and on the server. */
    public static final ConfigSchema SCHEMA = ConfigSchema.of(List.of(
                    CLEANUP_POLICY,
                    RETENTION_MS,
                    RETENTION_BYTES,
                    FILE_DELETE_DELAY_MS,
                    SEGMENT_BYTES,
                    SEGMENT_MS,
                    SEGMENT_JITTER_MS,
                    SEGMENT_INDEX_BYTES,
                    INDEX_INTERVAL_BYTES,
                    MAX_MESSAGE_BYTES,
                    MESSAGE_TIMESTAMP_TYPE,
                    MESSAGE_TIMESTAMP_BEFORE_MAX_MS,
                    MESSAGE_TIMESTAMP_AFTER_MAX_MS,
                    COMPRESSION_TYPE,
                    COMPRESSION_GZIP_LEVEL,
                    COMPRESSION_LZ4_LEVEL,
                    COMPRESSION_ZSTD_LEVEL,
                    DELETE_RETENTION_MS,
                    MIN_COMPACTION_LAG_MS,
                    MAX_COMPACTION_LAG_MS,
                    MIN_CLEANABLE_DIRTY_RATIO))
            .plus(ConfigSchema.of(WITHOUT_EFFECT));

    private TopicConfigs() {}

    /** The server's value, which is the topics' default, may change while it runs. */
    private static <T> ConfigKey.Builder<T> key(ConfigType<T> type, T defaultValue) {
        return ConfigKey.of(type, defaultValue).changeable();
    }

    private static Predicate<String> oneOf(String... words) {
        return Set.of(words)::contains;
    }
}
