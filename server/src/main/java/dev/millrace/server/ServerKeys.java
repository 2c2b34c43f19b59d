package dev.millrace.server;

import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSchema;
import dev.millrace.base.config.ConfigType;
import dev.millrace.control.groups.api.ConsumerKeys;
import dev.millrace.control.metadata.MetadataConfigs;
import dev.millrace.log.Durability;
import java.util.List;

/** The keys of the server, under Kafka's names where Kafka has the concept. {@code millrace config} prints them. */
public final class ServerKeys {

    private static final long DAY_MS = 86_400_000;
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    // Where it listens, and where its data is.

    public static final ConfigKey<String> LISTENERS = ConfigKey.of(ConfigType.STRING, "PLAINTEXT://127.0.0.1:9092")
            .server("listeners")
            .doc("Where to listen, as PLAINTEXT://HOST:PORT; several are separated by commas. Port 0 takes a free"
                    + " one.");

    public static final ConfigKey<String> ADVERTISED_LISTENERS = ConfigKey.of(ConfigType.STRING, "")
            .server("advertised.listeners")
            .doc("The addresses that clients are told to connect to. Empty: the same as listeners. Required if"
                    + " 0.0.0.0 is bound.");

    public static final ConfigKey<String> LOG_DIR = ConfigKey.of(ConfigType.STRING, "millrace-data")
            .server("log.dir")
            .rule(text -> !text.isEmpty(), "that names a directory")
            .doc("The data directory. One server at a time uses it.");

    public static final ConfigKey<Integer> NODE_ID = ConfigKey.of(ConfigType.INT, 1)
            .server("node.id")
            .atLeast(0)
            .doc("The number by which clients know this server.");

    // Connections and requests.

    /** Then a second loop takes a processor from the log, or from clients: one loop reads more of them in one go. */
    private static final boolean FEW_PROCESSORS = Runtime.getRuntime().availableProcessors() < 4;

    static final ConfigKey<Integer> NETWORK_THREADS = ConfigKey.of(ConfigType.INT, FEW_PROCESSORS ? 1 : 2)
            .server("num.network.threads")
            .unit("threads")
            .between(1, 64)
            .doc("Event loops for all connections: one where there are fewer than four processors, else two.");

    static final ConfigKey<Integer> REQUEST_MAX_BYTES = ConfigKey.of(ConfigType.INT, (int) (100 * MIB))
            .server("socket.request.max.bytes")
            .unit("bytes")
            .between(KIB, Integer.MAX_VALUE)
            .doc("A longer request closes its connection.");

    static final ConfigKey<Long> QUEUED_REQUEST_BYTES = ConfigKey.of(ConfigType.LONG, 64 * MIB)
            .server("queued.max.request.bytes")
            .unit("bytes")
            .atLeast(MIB)
            .doc("Memory for all requests in flight together. When it is used up, connections are not read from.");

    static final ConfigKey<Integer> REQUESTS_PER_CONNECTION = ConfigKey.of(ConfigType.INT, 64)
            .server("queued.max.requests.per.connection")
            .unit("requests")
            .between(1, 10_000)
            .doc("Requests of one connection that are worked on at a time. Millrace's own.");

    static final ConfigKey<Integer> CONNECTIONS_MAX = ConfigKey.of(ConfigType.INT, Integer.MAX_VALUE)
            .server("max.connections")
            .unit("connections")
            .atLeast(1)
            .doc("One more is closed at once.");

    static final ConfigKey<Long> CONNECTIONS_MAX_IDLE_MS = ConfigKey.of(ConfigType.LONG, 600_000L)
            .server("connections.max.idle.ms")
            .unit("ms")
            .atLeast(1)
            .doc("A connection on which nothing happens for so long is closed.");

    // The log.

    static final ConfigKey<Durability> DURABILITY = ConfigKey.of(ConfigType.oneOf(Durability.class), Durability.FSYNC)
            .server("durability")
            .doc("When a record counts as written. fsync: it survives a power cut. os: the operating system has it,"
                    + " as with Apache Kafka. Millrace's own.");

    static final ConfigKey<Integer> LOG_SHARDS = ConfigKey.of(ConfigType.INT, 1)
            .server("log.shards")
            .unit("threads")
            .between(1, 64)
            .doc("Threads that write partitions, each with a journal of its own. Millrace's own.");

    static final ConfigKey<Long> JOURNAL_BYTES = ConfigKey.of(ConfigType.LONG, 512 * MIB)
            .server("journal.bytes")
            .unit("bytes")
            .between(4 * MIB, 64 * GIB)
            .doc("Size of a shard's journal, and so of what a start after a crash reads at most. Millrace's own.");

    static final ConfigKey<Long> JOURNAL_FLUSH_INTERVAL_MS = ConfigKey.of(ConfigType.LONG, 60_000L)
            .server("journal.flush.interval.ms")
            .unit("ms")
            .atLeast(10)
            .doc("How long a record may lie in the journal before its segment is flushed. Millrace's own.");

    static final ConfigKey<Long> APPEND_QUEUE_BYTES = ConfigKey.of(ConfigType.LONG, 64 * MIB)
            .server("append.queue.bytes")
            .unit("bytes")
            .atLeast(MIB)
            .doc("Records that may wait for a shard; more are refused for a moment, and clients try again."
                    + " Millrace's own.");

    static final ConfigKey<Long> DISK_RESERVE_BYTES = ConfigKey.of(ConfigType.LONG, 256 * MIB)
            .server("disk.reserve.bytes")
            .unit("bytes")
            .atLeast(0)
            .doc("Clients' records are refused when less than this is left on the disk, so that commits and"
                    + " deletions go on. Millrace's own.");

    static final ConfigKey<Long> RETENTION_CHECK_INTERVAL_MS = ConfigKey.of(ConfigType.LONG, 300_000L)
            .server("log.retention.check.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How often old segments are looked for.");

    static final ConfigKey<Long> PRODUCER_ID_EXPIRATION_MS = ConfigKey.of(ConfigType.LONG, DAY_MS)
            .server("producer.id.expiration.ms")
            .unit("ms")
            .atLeast(1)
            .doc("A producer that is idle for so long is forgotten, and with it what it may not write twice.");

    // Compaction.

    static final ConfigKey<Boolean> CLEANER_ENABLE = ConfigKey.of(ConfigType.BOOLEAN, true)
            .server("log.cleaner.enable")
            .doc("Whether topics with cleanup.policy=compact are compacted.");

    static final ConfigKey<Integer> CLEANER_THREADS = ConfigKey.of(ConfigType.INT, 1)
            .server("log.cleaner.threads")
            .unit("threads")
            .between(1, 64)
            .doc("Threads that compact, each one partition at a time.");

    static final ConfigKey<Long> CLEANER_DEDUPE_BUFFER_SIZE = ConfigKey.of(ConfigType.LONG, 128L << 20)
            .server("log.cleaner.dedupe.buffer.size")
            .unit("bytes")
            .atLeast(1 << 20)
            .doc("Memory for the keys of the partitions that are being compacted, of all threads together. Taken as"
                    + " it is needed and given back afterwards: about 50 bytes for each key.");

    static final ConfigKey<Double> CLEANER_IO_MAX_BYTES_PER_SECOND = ConfigKey.of(ConfigType.DOUBLE, Double.MAX_VALUE)
            .server("log.cleaner.io.max.bytes.per.second")
            .unit("bytes/s")
            .rule(rate -> rate > 0, "above 0")
            .doc("What compaction may read and write, of all threads together.");

    static final ConfigKey<Long> CLEANER_BACKOFF_MS = ConfigKey.of(ConfigType.LONG, 15_000L)
            .server("log.cleaner.backoff.ms")
            .unit("ms")
            .atLeast(0)
            .doc("How long compaction rests when there is nothing to do.");

    // Groups.

    static final ConfigKey<Integer> GROUP_MIN_SESSION_MS = ConfigKey.of(ConfigType.INT, 6_000)
            .server("group.min.session.timeout.ms")
            .unit("ms")
            .atLeast(1)
            .doc("A member that asks for a shorter session is refused.");

    static final ConfigKey<Integer> GROUP_MAX_SESSION_MS = ConfigKey.of(ConfigType.INT, 1_800_000)
            .server("group.max.session.timeout.ms")
            .unit("ms")
            .atLeast(1)
            .doc("A member that asks for a longer session is refused.");

    static final ConfigKey<Integer> GROUP_MAX_SIZE = ConfigKey.of(ConfigType.INT, Integer.MAX_VALUE)
            .server("group.max.size")
            .unit("members")
            .atLeast(1)
            .doc("Members that one group may have.");

    static final ConfigKey<Integer> GROUP_INITIAL_DELAY_MS = ConfigKey.of(ConfigType.INT, 0)
            .server("group.initial.rebalance.delay.ms")
            .unit("ms")
            .atLeast(0)
            .doc("How long a new group waits for more members before it begins. Apache Kafka waits 3000.");

    static final ConfigKey<Long> OFFSETS_RETENTION_MINUTES = ConfigKey.of(ConfigType.LONG, 10_080L)
            .server("offsets.retention.minutes")
            .unit("minutes")
            .between(1, Integer.MAX_VALUE)
            .doc("How long the offsets of a group without members are kept.");

    static final ConfigKey<Long> OFFSETS_RETENTION_CHECK_MS = ConfigKey.of(ConfigType.LONG, 600_000L)
            .server("offsets.retention.check.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How often offsets that have expired are looked for.");

    static final ConfigKey<Integer> OFFSET_METADATA_MAX = ConfigKey.of(ConfigType.INT, 4_096)
            .server("offset.metadata.max.bytes")
            .unit("bytes")
            .atLeast(0)
            .doc("What a client may say in its own words about an offset that it commits.");

    // Transactions.

    static final ConfigKey<Integer> TRANSACTION_MAX_TIMEOUT_MS = ConfigKey.of(ConfigType.INT, 900_000)
            .server("transaction.max.timeout.ms")
            .unit("ms")
            .atLeast(1)
            .doc("A producer whose transactions may last longer is refused.");

    static final ConfigKey<Integer> TRANSACTION_ABORT_CHECK_MS = ConfigKey.of(ConfigType.INT, 10_000)
            .server("transaction.abort.timed.out.transaction.cleanup.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How often transactions that have lasted too long are looked for, to be aborted.");

    static final ConfigKey<Integer> TRANSACTIONAL_ID_EXPIRATION_MS = ConfigKey.of(ConfigType.INT, 604_800_000)
            .server("transactional.id.expiration.ms")
            .unit("ms")
            .atLeast(1)
            .doc("A transactional id without transactions for so long is forgotten.");

    static final ConfigKey<Integer> TRANSACTIONAL_ID_CHECK_MS = ConfigKey.of(ConfigType.INT, 3_600_000)
            .server("transaction.remove.expired.transaction.cleanup.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How often transactional ids that have expired are looked for.");

    private static final ConfigSchema SCHEMA = ConfigSchema.of(List.of(
                    LISTENERS,
                    ADVERTISED_LISTENERS,
                    LOG_DIR,
                    NODE_ID,
                    NETWORK_THREADS,
                    REQUEST_MAX_BYTES,
                    QUEUED_REQUEST_BYTES,
                    REQUESTS_PER_CONNECTION,
                    CONNECTIONS_MAX,
                    CONNECTIONS_MAX_IDLE_MS,
                    DURABILITY,
                    LOG_SHARDS,
                    JOURNAL_BYTES,
                    JOURNAL_FLUSH_INTERVAL_MS,
                    APPEND_QUEUE_BYTES,
                    DISK_RESERVE_BYTES,
                    RETENTION_CHECK_INTERVAL_MS,
                    PRODUCER_ID_EXPIRATION_MS,
                    CLEANER_ENABLE,
                    CLEANER_THREADS,
                    CLEANER_DEDUPE_BUFFER_SIZE,
                    CLEANER_IO_MAX_BYTES_PER_SECOND,
                    CLEANER_BACKOFF_MS,
                    GROUP_MIN_SESSION_MS,
                    GROUP_MAX_SESSION_MS,
                    GROUP_MAX_SIZE,
                    GROUP_INITIAL_DELAY_MS,
                    OFFSETS_RETENTION_MINUTES,
                    OFFSETS_RETENTION_CHECK_MS,
                    OFFSET_METADATA_MAX,
                    TRANSACTION_MAX_TIMEOUT_MS,
                    TRANSACTION_ABORT_CHECK_MS,
                    TRANSACTIONAL_ID_EXPIRATION_MS,
                    TRANSACTIONAL_ID_CHECK_MS))
            .plus(ConsumerKeys.SCHEMA)
            .plus(MetadataConfigs.SCHEMA);

    private ServerKeys() {}

    /** All of them, in the order in which they are explained. */
    public static ConfigSchema schema() {
        return SCHEMA;
    }
}
