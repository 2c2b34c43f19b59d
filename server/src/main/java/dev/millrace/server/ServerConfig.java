package dev.millrace.server;

import dev.millrace.base.config.Config;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ConsumerKeys;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.transactions.api.TransactionSettings;
import dev.millrace.log.LogStoreConfig;
import dev.millrace.log.compaction.CleanerConfig;
import dev.millrace.wire.net.Listener;
import dev.millrace.wire.net.WireOptions;
import java.nio.file.Path;
import java.util.List;

/**
 * What the configuration means to each module. Immutable; checks what concerns more than one key.
 *
 * @param values every key with its value
 */
public record ServerConfig(
        Config values, WireOptions wire, LogStoreConfig log, GroupSettings groups, TransactionSettings transactions) {

    private static final long MINUTE_MS = 60_000;

    /**
     * Reads the values.
     *
     * @throws MillraceException INVALID_CONFIG if they do not fit together; the message names the keys
     */
    public static ServerConfig of(Config values) {
        try {
            return new ServerConfig(values, wire(values), log(values), groups(values), transactions(values));
        } catch (IllegalArgumentException e) {
            throw new MillraceException(ErrorCode.INVALID_CONFIG, String.valueOf(e.getMessage()), e);
        }
    }

    public Path directory() {
        return log.directory();
    }

    public int nodeId() {
        return values.get(ServerKeys.NODE_ID);
    }

    private static WireOptions wire(Config values) {
        List<Listener> listeners =
                Listener.parse(values.get(ServerKeys.LISTENERS), values.get(ServerKeys.ADVERTISED_LISTENERS));
        return new WireOptions(
                listeners,
                values.get(ServerKeys.NETWORK_THREADS),
                values.get(ServerKeys.REQUEST_MAX_BYTES),
                values.get(ServerKeys.QUEUED_REQUEST_BYTES),
                values.get(ServerKeys.REQUESTS_PER_CONNECTION),
                values.get(ServerKeys.CONNECTIONS_MAX_IDLE_MS),
                values.get(ServerKeys.CONNECTIONS_MAX));
    }

    private static LogStoreConfig log(Config values) {
        return new LogStoreConfig(
                Path.of(values.get(ServerKeys.LOG_DIR)).toAbsolutePath().normalize(),
                values.get(ServerKeys.DURABILITY),
                values.get(ServerKeys.LOG_SHARDS),
                values.get(ServerKeys.JOURNAL_BYTES),
                values.get(ServerKeys.APPEND_QUEUE_BYTES),
                values.get(ServerKeys.DISK_RESERVE_BYTES),
                values.get(ServerKeys.JOURNAL_FLUSH_INTERVAL_MS),
                values.get(ServerKeys.RETENTION_CHECK_INTERVAL_MS),
                values.get(ServerKeys.PRODUCER_ID_EXPIRATION_MS),
                new CleanerConfig(
                        values.get(ServerKeys.CLEANER_ENABLE),
                        values.get(ServerKeys.CLEANER_THREADS),
                        values.get(ServerKeys.CLEANER_DEDUPE_BUFFER_SIZE),
                        values.get(ServerKeys.CLEANER_IO_MAX_BYTES_PER_SECOND),
                        Math.max(1, values.get(ServerKeys.CLEANER_BACKOFF_MS))));
    }

    private static GroupSettings groups(Config values) {
        return new GroupSettings(
                values.get(ServerKeys.GROUP_MIN_SESSION_MS),
                values.get(ServerKeys.GROUP_MAX_SESSION_MS),
                values.get(ServerKeys.GROUP_MAX_SIZE),
                values.get(ServerKeys.GROUP_INITIAL_DELAY_MS),
                values.get(ServerKeys.OFFSETS_RETENTION_MINUTES) * MINUTE_MS,
                values.get(ServerKeys.OFFSETS_RETENTION_CHECK_MS),
                values.get(ServerKeys.OFFSET_METADATA_MAX),
                ConsumerKeys.settings(values));
    }

    private static TransactionSettings transactions(Config values) {
        return new TransactionSettings(
                values.get(ServerKeys.TRANSACTION_MAX_TIMEOUT_MS),
                values.get(ServerKeys.TRANSACTION_ABORT_CHECK_MS),
                values.get(ServerKeys.TRANSACTIONAL_ID_EXPIRATION_MS),
                values.get(ServerKeys.TRANSACTIONAL_ID_CHECK_MS),
                TransactionSettings.DEFAULT.maxParkedMs(),
                TransactionSettings.DEFAULT.maxParkedPerId());
    }
}
