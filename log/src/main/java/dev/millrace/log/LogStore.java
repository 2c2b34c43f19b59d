package dev.millrace.log;

import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.time.Scheduler;
import dev.millrace.log.compaction.CleanerCheckpoint;
import dev.millrace.log.records.BatchValidator;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partitions of one data directory: opens and recovers them, and runs the shards that write them. Thread-safe.
 *
 * <pre>
 *   DIR/.lock                     held while a process uses the directory
 *   DIR/topics/NAME-N/            one partition: segments, indexes, partition.metadata (the topic's id)
 *   DIR/journal-N/                the journal of a shard, and its checkpoint
 *   DIR/cleaner-offset-checkpoint-N   how far compaction came
 *   DIR/journal-held-N/           what journals held of partitions that were offline at the last start
 * </pre>
 */
public final class LogStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogStore.class);

    private final LogStoreConfig config;
    private final LogEnvironment environment;
    private final BatchValidator validator;
    private final List<LogShard> shards = new ArrayList<>();
    private final Map<PartitionId, PartitionLog> open = new ConcurrentHashMap<>();
    private final Map<PartitionId, PartitionLog> unopened = new ConcurrentHashMap<>();
    /** Why partitions are offline that the start could tell by the names of their directories alone. */
    private final Map<String, MillraceException> kept = new ConcurrentHashMap<>();

    private final List<LogCleaner> cleaners = new ArrayList<>();
    private final Optional<Closeable> lock;
    private RecoveryReport recovery = new RecoveryReport(true, 0, 0, 0, 0, List.of());
    private volatile Scheduler.@Nullable Scheduled retentionTimer;
    private volatile boolean closed;

    private LogStore(
            LogStoreConfig config, LogEnvironment environment, StorageLayout layout, Optional<Closeable> lock) {
        this.config = config;
        this.environment = environment;
        this.lock = lock;
        this.validator = new BatchValidator(environment.clock());
        for (int i = 0; i < config.shardsCount(); i++) {
            shards.add(new LogShard(i, config, environment, layout));
        }
    }

    /** Begins to compact. After the shards run. */
    private void startCleaners(StorageLayout layout, Map<PartitionId, CleanerCheckpoint.Line> known) {
        for (int i = 0; config.cleaner().enabled() && i < config.cleaner().threadsCount(); i++) {
            CleanerState state = new CleanerState(
                    environment.files(),
                    config.directory(),
                    i,
                    id -> open.containsKey(id) || unopened.containsKey(id),
                    layout.isDurable());
            known.forEach(state::recovered);
            LogCleaner cleaner = new LogCleaner(
                    i, config, layout.isDurable() ? config.diskReserveBytes() : 0, environment, shards, state);
            cleaners.add(cleaner);
            cleaner.start();
        }
    }

    /**
     * Takes the data directory, repairs and replays what a crash left behind, and starts the shards.
     *
     * @throws IOException if the directory cannot be used, e.g. because another process does; the message says why
     */
    public static LogStore open(LogStoreConfig config, LogEnvironment environment) throws IOException {
        Path directory = config.directory();
        StorageLayout layout = StorageLayout.onDisk(directory, environment);
        createDurably(environment.files(), layout.topics());
        Closeable lock = environment.files().lock(directory.resolve(".lock"));
        try {
            LogStore store = new LogStore(config, environment, layout, Optional.of(lock));
            store.recover(layout);
            return store;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Makes the directory and sees to it that its name, and those of its parents, survive a power cut. */
    private static void createDurably(FileStore files, Path directory) throws IOException {
        boolean isNew = !files.exists(directory);
        files.createDirectories(directory);
        for (Path path = directory.toAbsolutePath(); isNew && path != null; path = path.getParent()) {
            files.syncDirectory(path);
        }
    }

    /** A store that keeps everything in memory and ends with the process: durable means accepted. For tests. */
    public static LogStore inMemory(LogStoreConfig config, LogEnvironment environment) {
        StorageLayout layout = StorageLayout.inMemory(config.directory(), environment);
        LogStore store = new LogStore(config, environment, layout, Optional.empty());
        try {
            for (LogShard shard : store.shards) {
                shard.start();
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory needs no disk", e);
        }
        store.startCleaners(layout, Map.of());
        store.scheduleRetention();
        return store;
    }

    private void recover(StorageLayout layout) throws IOException {
        LogRecovery run = new LogRecovery(environment, layout, (id, topic) -> newLog(id, topic, LogConfig.DEFAULT));
        unopened.putAll(run.run());
        kept.putAll(run.kept());
        Map<PartitionId, Checkpoint.Line> lines = new HashMap<>();
        for (LogShard shard : shards) {
            lines.putAll(shard.flushReplayed(run.lifeStart()));
        }
        run.holdBack();
        // Only now, when every entry of every journal is durable elsewhere, may any of them be let go.
        for (LogShard shard : shards) {
            shard.checkpointReplayed(lines);
        }
        run.removeOldJournals(shards.size());
        Map<PartitionId, CleanerCheckpoint.Line> cleaned = CleanerCheckpoint.readAll(
                environment.files(),
                config.directory(),
                (path, what) -> log.warn("event=cleaner-checkpoint-unreadable path={} cause=\"{}\"", path, what));
        cleaned.forEach((id, line) -> {
            PartitionLog partition = unopened.get(id);
            if (partition != null) {
                partition.writer().compaction().recovered(line.cleanedOffset());
            }
        });
        for (LogShard shard : shards) {
            shard.start();
        }
        startCleaners(layout, cleaned);
        recovery = run.report();
        log.info(
                "event=log-recovered clean={} partitions={} replayedAppends={} replayedBytes={} ms={} findings={}",
                recovery.clean(),
                recovery.partitionsCount(),
                recovery.replayedCount(),
                recovery.replayedSizeBytes(),
                recovery.durationMs(),
                recovery.findings().size());
        scheduleRetention();
    }

    private PartitionLog newLog(PartitionId id, String topic, LogConfig logConfig) {
        // By name and not by id: a partition and the namesake that follows it are in one queue, and so in order.
        int shard = Math.floorMod((topic + "-" + id.partition()).hashCode(), shards.size());
        return new PartitionLog(id, topic, logConfig, shards.get(shard), validator);
    }

    /**
     * The partition of this identity: what was found at the start, or else a new one. Never waits: the files are made by the shard, see
     * {@link PartitionLog#opened()}. If it is open already, that one is given, with {@code logConfig} applied.
     */
    public PartitionLog open(PartitionId id, String topic, LogConfig logConfig) {
        PartitionLog partition = open.computeIfAbsent(id, key -> {
            PartitionLog known = unopened.remove(key);
            PartitionLog opening = known == null ? newLog(key, topic, logConfig) : known;
            MillraceException damage = kept.get(topic + "-" + key.partition());
            if (known == null && damage != null) {
                opening.couldNotBeBroughtBack(damage);
            }
            LogShard shard = opening.shard();
            shard.execute(new CommandTask(
                    () -> shard.partitions().open(opening.writer()),
                    cause -> opening.writer().failParked(cause)));
            return opening;
        });
        partition.apply(logConfig);
        return partition;
    }

    /** The partition, if it was opened and not deleted since. */
    public Optional<PartitionLog> get(PartitionId id) {
        return Optional.ofNullable(open.get(id));
    }

    /**
     * Partitions that are on disk though nobody opened them yet. What is still here after the metadata has been replayed belongs to
     * topics whose deletion a crash cut short: the caller deletes it.
     */
    public List<PartitionId> unopened() {
        return List.copyOf(unopened.keySet());
    }

    /**
     * Takes the partition away: at once for readers and writers; its bytes as soon as nobody flushes them. Completes when they are gone;
     * a namesake that is opened before takes its place then. Does nothing if there is no such partition.
     */
    public CompletableFuture<Void> delete(PartitionId id) {
        PartitionLog opened = open.remove(id);
        PartitionLog found = unopened.remove(id);
        PartitionLog partition = opened == null ? found : opened;
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (partition == null) {
            done.complete(null);
        } else {
            LogShard shard = partition.shard();
            shard.execute(new CommandTask(
                    () -> shard.partitions().delete(partition.writer(), done), done::completeExceptionally));
        }
        return done;
    }

    /** Applies {@code logConfig} from the next append on; does nothing if there is no such partition. */
    public void updateConfig(PartitionId id, LogConfig logConfig) {
        PartitionLog partition = open.get(id);
        if (partition != null) {
            partition.apply(logConfig);
        }
    }

    /**
     * Has those appends begin that were {@linkplain PartitionLog#appendLater left for later}. Small ones may be run inside this call,
     * where that spares a hand-over and nothing has to wait for the disk.
     */
    public void startAppends() {
        for (LogShard shard : shards) {
            shard.startAppends();
        }
    }

    /** What the start found. */
    public RecoveryReport recovery() {
        return recovery;
    }

    private void scheduleRetention() {
        if (!closed) {
            retentionTimer = environment.scheduler().schedule(config.retentionCheckIntervalMs(), () -> {
                shards.forEach(shard -> shard.execute(new CommandTask(
                        () -> shard.partitions().retain(config.producerIdExpirationMs()), cause -> {})));
                scheduleRetention();
            });
        }
    }

    /** Clean shutdown: finishes what is in flight, flushes everything, and leaves the mark by which the next start reads no data. */
    @Override
    public void close() {
        closed = true;
        Scheduler.Scheduled timer = retentionTimer;
        if (timer != null) {
            timer.cancel();
        }
        cleaners.forEach(LogCleaner::close);
        shards.forEach(LogShard::close);
        try {
            if (lock.isPresent()) {
                lock.get().close();
            }
        } catch (IOException e) {
            log.warn("event=lock-not-released directory={}", config.directory(), e);
        }
    }
}
