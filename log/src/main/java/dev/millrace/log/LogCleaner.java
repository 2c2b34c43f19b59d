package dev.millrace.log;

import dev.millrace.base.Agent;
import dev.millrace.base.AgentHost;
import dev.millrace.base.metrics.Counter;
import dev.millrace.base.metrics.MetricName;
import dev.millrace.log.compaction.CleanerConfig;
import dev.millrace.log.compaction.LatestRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts partitions, one at a time, on a thread of its own: looks for the one that needs it most, compacts it, looks again, and rests
 * when there is none.
 *
 * <pre>
 *   cleaner   rest ── look ─────────┐         ┌─ map, copy ──┐        ┌─ copy, … ── checkpoint ──┐
 *   shards              what needs it ── begin                show                                end
 * </pre>
 *
 * <p>What a shard owns is looked at and changed on the shard's thread alone; the two hand tasks to each other. No removal of files of a
 * partition runs while it is compacted ({@link FileRemovals}). Steps are small, and pauses between them keep the thread below {@code
 * log.cleaner.io.max.bytes.per.second}.
 */
final class LogCleaner implements Agent {

    private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);
    /** When what needs compaction has to become durable first. */
    private static final long SHORT_REST_MS = 200;
    /** How many resting partitions a shard names at once. */
    private static final int MAX_RESTERS = 100;

    private final int index;
    private final CleanerConfig config;
    private final long diskReserveBytes;
    private final Path directory;
    private final LogEnvironment environment;
    private final List<LogShard> shards;
    private final CleanerState state;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final Counter cleanings;
    private final Counter bytes;

    private AgentHost.@Nullable Handle handle;
    private volatile boolean closing;

    private boolean lookDue;
    private boolean resting;
    private int answersDue;
    private Optional<PartitionCompaction.Need> greatest = Optional.empty();
    /** Those that rest and may need compaction. */
    private final List<PartitionLog> resters = new ArrayList<>();

    private @Nullable Cleaning cleaning;
    private @Nullable Runnable turnEnded;
    private long cleaningBeganNs;
    private long pausedUntilNs = Long.MIN_VALUE;
    private boolean pauseScheduled;

    /** @param diskReserveBytes with less than this on the disk nothing is compacted; 0: it does not matter */
    LogCleaner(
            int index,
            LogStoreConfig store,
            long diskReserveBytes,
            LogEnvironment environment,
            List<LogShard> shards,
            CleanerState state) {
        this.index = index;
        this.config = store.cleaner();
        this.diskReserveBytes = diskReserveBytes;
        this.directory = store.directory();
        this.environment = environment;
        this.shards = shards;
        this.state = state;
        String tags = "cleaner=" + index;
        this.cleanings = environment
                .metrics()
                .counter(new MetricName("log.cleaner.cleanings", "cleanings", "Compactions of a partition.", tags));
        this.bytes = environment
                .metrics()
                .counter(new MetricName("log.cleaner.size", "bytes", "Bytes read and written by compaction.", tags));
    }

    void start() {
        rest(config.backoffMs());
        handle = environment.agents().start(this);
    }

    /** Gives up what is under way. Waits. */
    void close() {
        closing = true;
        AgentHost.Handle running = handle;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public String name() {
        return "log-cleaner-" + index;
    }

    @Override
    public int doWork() {
        int done = 0;
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            task.run();
            done++;
        }
        if (closing) {
            if (cleaning != null && cleaning.phase() != Cleaning.Phase.WAIT) {
                giveUp(cleaning);
                done++;
            }
        } else if (cleaning != null) {
            done += step(cleaning);
        } else if (answersDue == 0 && !resters.isEmpty()) {
            bringBackNext();
            done++;
        } else if (lookDue) {
            lookDue = false;
            look();
            done++;
        }
        return done;
    }

    @Override
    public void onClose() {
        Cleaning current = cleaning;
        if (current != null) {
            Runnable ended = turnEnded;
            if (ended != null) {
                current.request().writer().log.shard().post(ended);
            }
            current.close(); // What was decided is completed by the next start.
        }
    }

    private void tell(Runnable task) {
        inbox.add(task);
        AgentHost.Handle running = handle;
        if (running != null) {
            running.wake();
        }
    }

    private void rest(long delayMs) {
        if (!resting) {
            resting = true;
            environment
                    .scheduler()
                    .schedule(
                            delayMs,
                            () -> tell(() -> {
                                resting = false;
                                lookDue = true;
                            }));
        }
    }

    // ---- Looking

    private void look() {
        greatest = Optional.empty();
        resters.clear();
        answersDue = shards.size();
        for (LogShard shard : shards) {
            shard.post(() -> {
                Optional<PartitionCompaction.Need> need = greatestOf(shard);
                List<PartitionLog> resting = restersOf(shard);
                tell(() -> answered(need, resting));
            });
        }
    }

    /** On the shard's thread. */
    private List<PartitionLog> restersOf(LogShard shard) {
        List<PartitionLog> found = new ArrayList<>();
        for (PartitionWriter partition : shard.partitions().all()) {
            if (found.size() < MAX_RESTERS
                    && isMine(partition)
                    && partition.compaction().isNeededFromRest()) {
                found.add(partition.log);
            }
        }
        return found;
    }

    /** On the shard's thread. */
    private Optional<PartitionCompaction.Need> greatestOf(LogShard shard) {
        long nowMs = environment.clock().wallMs();
        PartitionCompaction.@Nullable Need best = null;
        for (PartitionWriter partition : shard.partitions().all()) {
            if (isMine(partition)) {
                PartitionCompaction.Need need =
                        partition.compaction().need(nowMs).orElse(null);
                if (need != null && (best == null || need.dirtyRatio() > best.dirtyRatio())) {
                    best = need;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private boolean isMine(PartitionWriter partition) {
        return partition.log.config().compaction().enabled()
                && Math.floorMod(partition.log.id().hashCode(), config.threadsCount()) == index;
    }

    private void answered(Optional<PartitionCompaction.Need> need, List<PartitionLog> resting) {
        answersDue--;
        resters.addAll(resting);
        if (need.isPresent()
                && (greatest.isEmpty()
                        || need.get().dirtyRatio() > greatest.get().dirtyRatio())) {
            greatest = need;
        }
        if (answersDue > 0) {
            return;
        }
        if (greatest.isPresent()) {
            ask(greatest.get().writer());
        } else if (resters.isEmpty()) {
            rest(config.backoffMs());
        }
    }

    /** Looks at one of those that rest, here, where waiting for the disk is in nobody's way. */
    private void bringBackNext() {
        resters.removeLast().bringBack();
        lookDue = resters.isEmpty();
    }

    private void ask(PartitionWriter partition) {
        resters.clear();
        LogShard shard = partition.log.shard();
        shard.post(() -> partition.removals.add(ended -> {
            Optional<CleaningRequest> request =
                    partition.compaction().begin(environment.clock().wallMs());
            if (request.isEmpty()) {
                ended.run();
                tell(() -> rest(Math.min(SHORT_REST_MS, config.backoffMs())));
            } else {
                tell(() -> begin(request.get(), ended));
            }
        }));
    }

    // ---- Compacting

    private void begin(CleaningRequest request, Runnable ended) {
        turnEnded = ended;
        cleaningBeganNs = environment.clock().monotonicNs();
        try {
            cleaning = cleaningOf(request);
            state.begins(request.writer().log.id(), request.endOffset());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failed(request, e);
        }
    }

    private Cleaning cleaningOf(CleaningRequest request) {
        LatestRecords latest = new LatestRecords(
                request.dirtyOffset(),
                request.endOffset(),
                config.dedupeBufferBytes() / config.threadsCount(),
                cleaningBeganNs,
                request.writer().log.id().hashCode());
        try {
            return new Cleaning(request, latest);
        } catch (RuntimeException | OutOfMemoryError e) {
            latest.close();
            throw e;
        }
    }

    private int step(Cleaning current) {
        if (current.phase() == Cleaning.Phase.WAIT || isPaused()) {
            return 0;
        }
        if (current.request().writer().log.isDeleted()) {
            giveUp(current);
            return 1;
        }
        try {
            checkDisk();
            long sizeBytes = current.step();
            bytes.add(sizeBytes);
            pauseAfter(sizeBytes);
            if (current.phase() == Cleaning.Phase.WAIT) {
                show(current);
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failed(current.request(), e);
        }
        return 1;
    }

    private void checkDisk() throws IOException {
        if (diskReserveBytes > 0 && environment.files().usableBytes(directory) < diskReserveBytes) {
            throw new IOException("less than " + diskReserveBytes + " bytes are left on the disk");
        }
    }

    private boolean isPaused() {
        return pausedUntilNs - environment.clock().monotonicNs() > 0 && pauseScheduled;
    }

    private void pauseAfter(long sizeBytes) {
        double pauseNs = sizeBytes * 1e9 * config.threadsCount() / config.ioMaxBytesPerSecond();
        if (pauseNs < 1) {
            return;
        }
        long nowNs = environment.clock().monotonicNs();
        pausedUntilNs = Math.max(nowNs, pausedUntilNs) + (long) pauseNs;
        long delayMs = (pausedUntilNs - nowNs) / 1_000_000;
        if (delayMs > 0) {
            pauseScheduled = true;
            environment.scheduler().schedule(delayMs, () -> tell(() -> pauseScheduled = false));
        }
    }

    private void show(Cleaning current) {
        PartitionWriter partition = current.request().writer();
        partition.log.shard().post(() -> {
            boolean shown = !partition.deleted && partition.segments().replaced(current.group(), current.result());
            tell(() -> shown(current, shown));
        });
    }

    private void shown(Cleaning current, boolean shown) {
        if (!shown) {
            giveUp(current);
            return;
        }
        try {
            current.shown();
            if (current.phase() == Cleaning.Phase.DONE) {
                state.ended(current.request().writer().log.id(), current.cleanedOffset());
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failedForGood(current.request(), e);
            return;
        }
        if (current.phase() == Cleaning.Phase.DONE) {
            succeeded(current);
        }
    }

    // ---- Ends

    private void succeeded(Cleaning done) {
        PartitionWriter partition = done.request().writer();
        cleanings.increment();
        LOG.info(
                "event=compacted partition={} from={} to={} recordsRead={} recordsKept={} bytesRead={} bytesWritten={}"
                        + " ms={}",
                partition.name(),
                done.request().dirtyOffset(),
                done.cleanedOffset(),
                done.recordsRead(),
                done.recordsKept(),
                done.bytesRead(),
                done.bytesWritten(),
                (environment.clock().monotonicNs() - cleaningBeganNs) / 1_000_000);
        long cleanedOffset = done.cleanedOffset();
        end(done.request(), () -> partition.compaction().ended(cleanedOffset));
        lookDue = true;
    }

    /** Other events overtook it: what it was about is deleted, or the log ends. */
    private void giveUp(Cleaning current) {
        try {
            current.abandon();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failedForGood(current.request(), e);
            return;
        }
        end(current.request(), () -> current.request().writer().compaction().givenUp());
        rest(Math.min(SHORT_REST_MS, config.backoffMs()));
    }

    /** Of what kind the failure is does not matter: nobody else may have to wait for this partition's turn to end. */
    private void failed(CleaningRequest request, Throwable cause) {
        try {
            if (cleaning != null) {
                cleaning.abandon();
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failedForGood(request, e);
            return;
        }
        PartitionWriter partition = request.writer();
        LOG.warn(
                "event=compaction-failed partition={} consequence=\"it is tried again later\"",
                partition.name(),
                cause);
        long nowMs = environment.clock().wallMs();
        end(request, () -> partition.compaction().failed(nowMs, true));
        rest(config.backoffMs());
    }

    private void failedForGood(CleaningRequest request, Throwable cause) {
        PartitionWriter partition = request.writer();
        LOG.error(
                "event=compaction-failed partition={} consequence=\"it is not compacted until the next start, which"
                        + " completes or undoes what was begun\"",
                partition.name(),
                cause);
        long nowMs = environment.clock().wallMs();
        end(request, () -> partition.compaction().failed(nowMs, false));
        rest(config.backoffMs());
    }

    /** @param onShard what the partition has to know */
    private void end(CleaningRequest request, Runnable onShard) {
        if (cleaning != null) {
            cleaning.close();
            cleaning = null;
        }
        Runnable ended = turnEnded;
        turnEnded = null;
        request.writer().log.shard().post(() -> {
            onShard.run();
            if (ended != null) {
                ended.run();
            }
        });
    }
}
