package dev.millrace.log;

import dev.millrace.base.time.Scheduler;
import dev.millrace.log.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what is in the journal alone into segments, in the background, one {@link FlushJob} at a time: when half of the journal is
 * used, when something has waited for the flush interval, and when a checkpoint is asked for. Owned by the shard's thread.
 */
final class ShardFlusher {

    private static final Logger log = LoggerFactory.getLogger(ShardFlusher.class);

    /** After a checkpoint could not be written: doubled each time, up to the bound. */
    private static final long FIRST_PAUSE_MS = 250;

    private static final long MAX_PAUSE_MS = 30_000;

    private final LogShard shard;
    private final LogStoreConfig config;
    private final LogEnvironment environment;
    private final ShardBackground background;
    private final Path topics;
    private final Path checkpointPath;

    private List<PartitionWriter> dirty = new ArrayList<>();
    private @Nullable FlushJob running;
    private boolean wanted;
    private Scheduler.@Nullable Scheduled timer;
    /** The last checkpoint could not be written, and it is not time yet to try again. */
    private boolean paused;

    private long pauseMs = FIRST_PAUSE_MS;
    /** Wait for the checkpoint after the next capture. */
    private List<Awaiting> awaitingCheckpoint = new ArrayList<>();

    private List<Awaiting> awaitedByRunning = new ArrayList<>();
    private List<Runnable> awaitingIdle = new ArrayList<>();

    private record Awaiting(Runnable onDurable, Consumer<Throwable> onFailure) {}

    ShardFlusher(
            LogShard shard,
            LogStoreConfig config,
            LogEnvironment environment,
            ShardBackground background,
            Path topics,
            Path shardDirectory) {
        this.shard = shard;
        this.config = config;
        this.environment = environment;
        this.background = background;
        this.topics = topics;
        this.checkpointPath = shardDirectory.resolve("checkpoint");
    }

    /** The partition has bytes, or facts, that are not flushed. */
    void markDirty(PartitionWriter partition) {
        if (!partition.dirty && partition.directory.isPresent()) {
            partition.dirty = true;
            dirty.add(partition);
            if (timer == null) {
                timer = environment.scheduler().schedule(config.flushIntervalMs(), () -> shard.post(this::onTimer));
            }
        }
    }

    private void onTimer() {
        timer = null;
        wanted = true;
    }

    /** Has a flush begin as soon as none is under way. */
    void request() {
        wanted = true;
    }

    boolean isRunning() {
        return running != null;
    }

    /** Whether the last checkpoint could not be written, and it is not time yet to try again. */
    boolean isPaused() {
        return paused;
    }

    /** Whether the next cycle begins a flush, if none is under way. */
    boolean isDue() {
        return wanted || !awaitingCheckpoint.isEmpty();
    }

    boolean hasWork() {
        return wanted || !dirty.isEmpty() || !awaitingCheckpoint.isEmpty();
    }

    /** Runs {@code onDurable} when the log start and everything else that the shard knows now is in the checkpoint. */
    void whenCheckpointed(Runnable onDurable, Consumer<Throwable> onFailure) {
        awaitingCheckpoint.add(new Awaiting(onDurable, onFailure));
    }

    /** There will be no other checkpoint: fails what waits for one. */
    void failAwaiting(Throwable cause) {
        List<Awaiting> failed = new ArrayList<>(awaitedByRunning);
        failed.addAll(awaitingCheckpoint);
        awaitedByRunning = new ArrayList<>();
        awaitingCheckpoint = new ArrayList<>();
        failed.forEach(awaiting -> awaiting.onFailure.accept(cause));
    }

    /** Runs {@code task} on the shard's thread as soon as no flush is under way; at once if none is. */
    void whenIdle(Runnable task) {
        if (running == null) {
            task.run();
        } else {
            awaitingIdle.add(task);
        }
    }

    /** Lets the flush that is under way come to its end, here or where it runs. For the end of the shard. */
    void finishRunning() {
        FlushJob underWay = running;
        if (underWay != null) {
            underWay.finish();
            finished(underWay);
        }
    }

    /** Called at the end of each cycle: begins a flush if there is a reason. */
    void maybeStart(Optional<Journal> journal) {
        if (running != null || paused) {
            return;
        }
        boolean journalFilling =
                journal.isPresent() && journal.get().usedBytes() > journal.get().maxSizeBytes() / 2;
        if (wanted || !awaitingCheckpoint.isEmpty() || (journalFilling && !dirty.isEmpty())) {
            boolean data = wanted || journalFilling;
            FlushJob job = capture(journal, data, false);
            running = job;
            background.run(job::runOnce, failure -> finished(job));
        }
    }

    /** Flushes everything here and now, after what is under way. For the shutdown, when no cycle runs. */
    void flushNow(Optional<Journal> journal, boolean clean) throws IOException {
        finishRunning();
        FlushJob job = capture(journal, true, clean);
        running = job;
        job.finish();
        finished(job);
        throwFailure(job);
    }

    /**
     * The first half of a start, when no cycle runs: makes durable what was replayed. No checkpoint says so yet, and the journals stay as
     * they are; partitions that could not be flushed are offline afterwards.
     *
     * @return the lines for the checkpoint
     */
    Map<PartitionId, Checkpoint.Line> flushReplayed() throws IOException {
        FlushJob job = capture(Optional.empty(), true, false);
        running = job;
        job.flushData();
        throwFailure(job);
        takeOfflineWhatFailed(job);
        // They may end with records that are durable nowhere: nobody may read what a later start cannot give again.
        job.failures
                .keySet()
                .forEach(partition ->
                        partition.log.couldNotBeBroughtBack(Objects.requireNonNull(partition.log.refusal())));
        return job.linesNow();
    }

    /** The second half: nobody needs the old journals any more. {@code lines} are those of all shards. */
    void checkpointReplayed(Map<PartitionId, Checkpoint.Line> lines) throws IOException {
        FlushJob job = Objects.requireNonNull(running, "the first half of the start came before");
        job.writeCheckpoint(lines);
        finished(job);
        throwFailure(job);
    }

    private static void throwFailure(FlushJob job) throws IOException {
        if (job.fatal.isPresent()) {
            throw job.fatal.get();
        }
        if (job.checkpointFailure.isPresent()) {
            throw job.checkpointFailure.get();
        }
    }

    private void takeOfflineWhatFailed(FlushJob job) {
        job.failures.forEach((partition, cause) -> {
            if (!partition.deleted && !partition.flush.failed) {
                partition.flush.failed = true;
                shard.partitionFailed(partition, "a flush", cause);
            }
        });
    }

    private FlushJob capture(Optional<Journal> journal, boolean data, boolean clean) {
        List<FlushJob.Item> items = new ArrayList<>();
        if (data) {
            List<PartitionWriter> captured = dirty;
            dirty = new ArrayList<>();
            wanted = false;
            for (PartitionWriter partition : captured) {
                partition.dirty = false;
                if (!partition.flush.failed && !partition.deleted) {
                    items.add(itemFor(partition));
                }
            }
        }
        awaitedByRunning = awaitingCheckpoint;
        awaitingCheckpoint = new ArrayList<>();
        Map<PartitionId, Checkpoint.Line> lines = new HashMap<>();
        boolean allWell = true;
        for (PartitionWriter partition : shard.partitions().all()) {
            lines.put(partition.log.id(), lineFor(partition));
            allWell &= !partition.flush.failed;
        }
        long flushed = data && journal.isPresent() ? journal.get().sequenceNext() : 0;
        long oldestStart = journal.map(Journal::firstUsedSequence).orElse(shard.lifeStart());
        long start = !data || journal.isEmpty()
                ? oldestStart
                : journal.get()
                        .startSequenceAfterRelease(flushed, shard.partitions().pins());
        return new FlushJob(
                environment.files(),
                topics,
                checkpointPath,
                items,
                lines,
                clean && allWell,
                config.durability() == Durability.FSYNC,
                flushed,
                start,
                oldestStart);
    }

    /** What the checkpoint says of the partition as long as it is not flushed once more. */
    private static Checkpoint.Line lineFor(PartitionWriter partition) {
        FlushState flush = partition.flush;
        if (partition.log.refusal() != null) {
            flush.summary = Optional.empty();
        } else if (flush.summary.isEmpty() && flush.flushedOffset == partition.logEnd()) {
            flush.summary = partition.summary(); // Once after it was found without one.
        }
        return new Checkpoint.Line(
                flush.flushedOffset,
                partition.past().logStartPending(),
                flush.snapshotOffset,
                Optional.of(partition.log.topic()),
                flush.summary);
    }

    private FlushJob.Item itemFor(PartitionWriter partition) {
        FlushState flush = partition.flush;
        TreeMap<Long, byte[]> snapshots = new TreeMap<>(flush.rollSnapshots);
        flush.rollSnapshots.clear();
        long snapshotOffset = -1;
        if (partition.producers().producersCount() > 0) {
            snapshotOffset = partition.logEnd();
            snapshots.put(snapshotOffset, partition.producers().toSnapshot());
        }
        Optional<byte[]> epochs =
                flush.epochsChanged ? Optional.of(partition.log.epochs().toCheckpoint()) : Optional.empty();
        flush.epochsChanged = false;
        return new FlushJob.Item(
                partition,
                partition.directory.orElseThrow(),
                partition.unflushed(),
                partition.logEnd(),
                snapshots,
                snapshotOffset,
                flush.snapshotOffset,
                epochs,
                partition.summary());
    }

    /** On the shard's thread: the job has run. */
    private void finished(FlushJob job) {
        if (running != job) {
            return; // Finished by flushNow.
        }
        running = null;
        if (job.fatal.isPresent()) {
            shard.fence("a flush of segments", job.fatal.get());
        }
        takeOfflineWhatFailed(job);
        if (job.checkpointFailure.isPresent()) {
            tryAgainLater(job, job.checkpointFailure.get());
        } else if (job.fatal.isEmpty()) {
            checkpointed(job);
        }
        List<Runnable> idle = awaitingIdle;
        awaitingIdle = new ArrayList<>();
        idle.forEach(Runnable::run);
    }

    private void checkpointed(FlushJob job) {
        pauseMs = FIRST_PAUSE_MS;
        for (FlushJob.Item item : job.succeeded()) {
            FlushState flush = item.writer().flush;
            flush.flushedOffset = item.upTo();
            flush.snapshotOffset = item.snapshotOffset();
            flush.summary = item.summary();
            if (!item.segments().isEmpty()) {
                flush.activeBaseOffset = item.segments().getLast().baseOffset();
            }
            flush.namesDurable |= item.upTo() > 0; // As long as there is nothing in it, there is no directory either.
            flush.firstSequence = flush.lastSequence < job.flushedSequence ? -1 : job.flushedSequence;
        }
        shard.journal().release(job.flushedSequence, shard.partitions().pins());
        job.succeeded().forEach(item -> item.writer().past().disposeFlushed());
        List<Awaiting> durable = awaitedByRunning;
        awaitedByRunning = new ArrayList<>();
        durable.forEach(awaiting -> awaiting.onDurable.run());
    }

    /** Nobody may trust what no checkpoint names: its partitions are flushed once more, which finds little to do. */
    private void tryAgainLater(FlushJob job, IOException cause) {
        shard.events().checkpointFailed();
        log.error("event=checkpoint-failed path={} retryMs={}", checkpointPath, pauseMs, cause);
        for (FlushJob.Item item : job.succeeded()) {
            item.writer().flush.epochsChanged |= item.epochs().isPresent();
            markDirty(item.writer());
        }
        awaitingCheckpoint.addAll(0, awaitedByRunning);
        awaitedByRunning = new ArrayList<>();
        paused = true;
        environment.scheduler().schedule(pauseMs, () -> shard.post(this::endPause));
        pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
    }

    private void endPause() {
        paused = false;
        wanted = true;
    }
}
