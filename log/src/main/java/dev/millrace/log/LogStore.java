package dev.millrace.log;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * All partitions of one data directory: opens and recovers them, and runs the shards that write them. Thread-safe.
 *
 * <pre>
 *   DIR/.lock                     held while a process uses the directory
 *   DIR/topics/NAME-N/            one partition: segments, indexes, partition.metadata (the topic's id)
 *   DIR/journal-N/                the journal of a shard
 * </pre>
 */
@SuppressWarnings("DoNotCallSuggester")
public final class LogStore implements AutoCloseable {

    private LogStore() {}

    /**
     * Takes the data directory, repairs and replays what a crash left behind, and starts the shards.
     *
     * @throws IOException if the directory cannot be used, e.g. because another process does; the message says why
     */
    public static LogStore open(LogStoreConfig config, LogEnvironment environment) throws IOException {
        throw notBuilt();
    }

    /** A store that keeps everything in memory and ends with the process: durable means accepted. For tests. */
    public static LogStore inMemory(LogStoreConfig config, LogEnvironment environment) {
        throw notBuilt();
    }

    /**
     * The partition of this identity: what was found at the start, or else a new one. Never waits: the files are made by the shard, see
     * {@link PartitionLog#opened()}. If it is open already, that one is given, with {@code config} applied.
     */
    public PartitionLog open(PartitionId id, String topic, LogConfig config) {
        throw notBuilt();
    }

    /** The partition, if it was opened and not deleted since. */
    public Optional<PartitionLog> get(PartitionId id) {
        throw notBuilt();
    }

    /**
     * Partitions that are on disk though nobody opened them yet. What is still here after the metadata has been replayed belongs to
     * topics whose deletion a crash cut short: the caller deletes it.
     */
    public List<PartitionId> unopened() {
        throw notBuilt();
    }

    /**
     * Takes the partition away: at once for readers and writers; its bytes after {@code file.delete.delay.ms}. Completes when a
     * namesake may take its place; does nothing if there is no such partition.
     */
    public CompletableFuture<Void> delete(PartitionId id) {
        throw notBuilt();
    }

    /** Applies {@code config} from the next append on; does nothing if there is no such partition. */
    public void updateConfig(PartitionId id, LogConfig config) {
        throw notBuilt();
    }

    /** What the start found. */
    public RecoveryReport recovery() {
        throw notBuilt();
    }

    /** Why the partition takes no appends, in words; empty if it does. */
    public Optional<String> offlineReason(PartitionId id) {
        throw notBuilt();
    }

    /** Clean shutdown: finishes what is in flight, flushes everything, and leaves the mark by which the next start reads no data. */
    @Override
    public void close() {
        throw notBuilt();
    }

    private static IllegalStateException notBuilt() {
        return new IllegalStateException("the log is being built");
    }
}
