package dev.millrace.log;

import dev.millrace.base.Agent;
import dev.millrace.base.AgentHost;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.journal.Journal;
import dev.millrace.log.journal.JournalEntry;
import dev.millrace.log.segment.SealedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of many partitions.
 *
 * <pre>
 *   submit → [queue] ── cycle: segments, journal (page cache) ──→ accepted
 *                          └─ next cycle: one fdatasync for all of them ──→ durable, watchers
 * </pre>
 *
 * <p>A cycle takes everything that has piled up, the next one begins with the sync: while it waits for the disk the following
 * group piles up. The sync is done by this thread and not by one of its own, see {@code docs/decisions/}.
 *
 * <p>A failed write of the journal, or a failed sync, fences the shard for good: what was not known to be durable is refused, and so is
 * every later append. Nothing is tried again, because after a failed {@code fdatasync} nothing can be known about the bytes.
 */
final class LogShard implements Agent {

    private static final Logger log = LoggerFactory.getLogger(LogShard.class);

    /** A cycle takes no more than this, so that a backlog does not make the first in line wait for the last. */
    private static final long MAX_CYCLE_BYTES = 8L << 20;

    private static final long MAX_FILE_SIZE_BYTES = 16L << 20;
    private static final long MAX_FIRST_FILE_SIZE_BYTES = 2L << 20;
    private static final long MAX_JOURNALED_BYTES = 1L << 20;

    /** After a file could not be made: the disk is full, and will be for a while. */
    private static final long ALLOCATION_PAUSE_NS = 1_000_000_000;

    private final String name;
    private final LogStoreConfig config;
    private final LogEnvironment environment;
    private final StorageLayout layout;
    private final Path directory;
    private final TaskQueue queue = new TaskQueue();
    private final TaskQueue posts = new TaskQueue();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final GroupCommit group = new GroupCommit();
    private final ShardBackground background;
    private final ShardFlusher flusher;
    private final DiskReserve disk;
    private final Map<PartitionId, PartitionWriter> partitions = new HashMap<>();
    private final Map<String, PartitionWriter> byName = new HashMap<>();
    /** Deleted partitions whose directory is still in the way of a namesake. */
    private final Map<String, CompletableFuture<Void>> namesLeaving = new HashMap<>();
    /** Partitions with tasks that wait until they are open. */
    private final Set<PartitionWriter> withParkedTasks = new HashSet<>();

    private final ShardEvents events;

    private AgentHost.@Nullable Handle handle;
    private volatile boolean closing;
    private @Nullable Journal journal;
    private boolean allocating;
    private long allocationPausedUntilNs = Long.MIN_VALUE;
    private @Nullable ShardTask backlog;
    private boolean commitDue;
    /** The task at hand finds no room in the journal, and waiting would not help. */
    private boolean journalFull;

    private @Nullable MillraceException fenced;
    private long lifeStart;

    LogShard(int index, LogStoreConfig config, LogEnvironment environment, StorageLayout layout) {
        this.name = "log-shard-" + index;
        this.config = config;
        this.environment = environment;
        this.layout = layout;
        this.directory = layout.shardDirectory(index);
        this.background = new ShardBackground(environment.background(), this::post);
        this.flusher = new ShardFlusher(this, config, environment, background, layout.topics(), directory);
        this.disk = new DiskReserve(
                environment.files(), config.directory(), environment.clock(), config.diskReserveBytes());
        this.events = new ShardEvents(name, environment.clock());
    }

    /**
     * Everything is recovered: flushes what was replayed. Partitions of which that fails are offline afterwards.
     *
     * @param lifeStart first sequence of the new journal, above every one that an old file may hold
     * @return what a checkpoint has to say now of the partitions of this shard
     */
    Map<PartitionId, Checkpoint.Line> flushReplayed(long lifeStart) throws IOException {
        this.lifeStart = lifeStart;
        environment.files().createDirectories(directory);
        environment.files().syncDirectory(layout.root());
        return flusher.flushReplayed();
    }

    /**
     * Writes the first checkpoint of this life, after which the old journal is not needed.
     *
     * @param lines of the partitions of all shards: this checkpoint may replace the one that named a partition which another shard has
     *     now, before that one has written its own
     */
    void checkpointReplayed(Map<PartitionId, Checkpoint.Line> lines) throws IOException {
        flusher.checkpointReplayed(lines);
    }

    /** Begins the journal, in the files of the old one, and the cycles. */
    void start() throws IOException {
        if (layout.isDurable() && config.durability() == Durability.FSYNC) {
            journal = Journal.begin(
                    environment.files(), directory, config.journalSizeBytes(), firstFileSizeBytes(), lifeStart);
        }
        handle = environment.agents().start(this);
    }

    // ---- From any thread

    /** Queues an append, or refuses it if too much waits already. */
    void submit(ShardTask task) {
        long waiting = queuedBytes.addAndGet(task.sizeBytes());
        if (waiting > config.queueSizeBytes() && waiting > task.sizeBytes()) {
            queuedBytes.addAndGet(-task.sizeBytes());
            throw new MillraceException(
                    ErrorCode.OVERLOADED,
                    name + " has " + waiting + " bytes of appends waiting, more than " + config.queueSizeBytes()
                            + ": try again a little later");
        }
        execute(task);
    }

    /** Queues a command behind the appends that were queued before. */
    void execute(ShardTask task) {
        if (closing) {
            task.fail(shuttingDown());
            return;
        }
        task.queuedNs = events.queuedNs();
        queue.push(task);
        wake();
    }

    private static MillraceException shuttingDown() {
        return new MillraceException(ErrorCode.SHUTTING_DOWN, "the log is shutting down");
    }

    /** Has {@code task} run on the shard's thread, also while the queue is stalled. */
    void post(Runnable task) {
        posts.push(new CommandTask(task, cause -> {}));
        wake();
    }

    private void wake() {
        AgentHost.Handle running = handle;
        if (running != null) {
            running.wake();
        }
    }

    /** Ends the shard after what is in flight; flushes everything and marks the shutdown as clean. Waits. */
    void close() {
        closing = true;
        AgentHost.Handle running = handle;
        if (running != null) {
            running.close();
        }
    }

    // ---- The cycle

    @Override
    public String name() {
        return name;
    }

    @Override
    public int doWork() {
        try {
            int done = runPosts();
            if (commitDue && mayCommit()) {
                commit();
                done++;
            }
            events.beginCycle();
            done += runTasks();
            endCycle();
            return done;
        } catch (RuntimeException e) {
            fence("a defect in the shard", e);
            return 1;
        }
    }

    private int runPosts() {
        int done = 0;
        for (ShardTask task = posts.drain(); task != null; done++) {
            ShardTask next = task.next;
            task.run();
            task = next;
        }
        return done;
    }

    private int runTasks() {
        if (backlog == null) {
            backlog = queue.drain();
        }
        int done = 0;
        long bytes = 0;
        long firstQueuedNs = backlog == null ? 0 : backlog.queuedNs;
        for (ShardTask task = backlog; task != null && bytes < MAX_CYCLE_BYTES; task = backlog) {
            if (fenced == null && !makeRoom(task)) {
                break;
            }
            backlog = task.next;
            task.next = null;
            bytes += task.sizeBytes();
            queuedBytes.addAndGet(-task.sizeBytes());
            run(task);
            done++;
        }
        events.endCycle(done, bytes, firstQueuedNs);
        return done;
    }

    private void run(ShardTask task) {
        MillraceException refused = fenced;
        if (journalFull) {
            journalFull = false;
            refused = new MillraceException(
                    ErrorCode.DISK_FULL, "the journal of " + name + " is full and cannot grow: free some disk space");
        }
        if (refused != null) {
            task.fail(refused);
        } else {
            task.run();
        }
    }

    /** Hands what was written to the operating system, and answers what waits for no more than that. */
    private void endCycle() {
        if (fenced != null) {
            return;
        }
        try {
            if (journal != null) {
                journal.write();
            }
        } catch (IOException e) {
            fence("a write of the journal", e);
            return;
        }
        if (!group.isEmpty()) {
            group.completeAccepted();
            if (journal == null) {
                group.completeDurable();
            } else {
                commitDue = true;
            }
        }
        if (layout.isDurable()) {
            if (!(commitDue && group.syncsInPlace())) {
                flusher.maybeStart(Optional.ofNullable(journal));
            }
            allocateAhead();
        }
    }

    /** A segment is flushed by one thread at a time: a group with bytes that are in segments alone waits for a flush under way. */
    private boolean mayCommit() {
        return !flusher.isRunning() || !group.syncsInPlace();
    }

    /** The group commit: one sync, then everything that was accepted is durable. */
    private void commit() {
        commitDue = false;
        if (fenced != null) {
            return;
        }
        events.beginCommit();
        try {
            for (PartitionWriter partition : group.touched()) {
                if (partition.syncInPlace) {
                    partition.syncInPlace = false;
                    partition.syncSegments();
                }
            }
            if (journal != null) {
                journal.sync();
            }
        } catch (IOException e) {
            fence("a sync", e);
            return;
        }
        events.endCommit(group.appendsCount(), group.sizeBytes());
        group.completeDurable();
    }

    @Override
    public void onClose() {
        try {
            while (backlog != null || !queue.isEmpty() || !posts.isEmpty() || commitDue) {
                flusher.finishRunning();
                doWork();
            }
            failParked(shuttingDown());
            if (layout.isDurable()) {
                if (fenced == null) {
                    flusher.flushNow(Optional.ofNullable(journal), true);
                }
                for (PartitionWriter partition : partitions.values()) {
                    partition.close();
                }
                if (journal != null) {
                    journal.close();
                }
            }
        } catch (IOException | RuntimeException e) {
            log.error("event=unclean-shutdown shard={} consequence=\"the next start replays the journal\"", name, e);
        } finally {
            flusher.failAwaiting(shuttingDown());
        }
    }

    // ---- Room in the journal

    /** Whether the journal can take the task now; if not, what has to happen first is under way, and the cycle is tried again then. */
    private boolean makeRoom(ShardTask task) {
        Journal target = journal;
        if (target == null || target.hasRoomFor(task.journalBytes()) || !journals(task.sizeBytes())) {
            return true;
        }
        try {
            target.write();
            if (target.hasRoomFor(task.journalBytes())) {
                return true;
            }
            if (target.canGrowBy(fileSizeBytes()) && !allocating && disk.has(fileSizeBytes(), disk.reserveBytes())) {
                target.add(target.allocate(fileSizeBytes()));
                return true;
            }
        } catch (IOException e) {
            fence("a write of the journal", e);
            return true;
        }
        if (allocating || flusher.isRunning()) {
            return false;
        }
        if (flusher.hasWork() && !flusher.isPaused()) {
            flusher.request();
            flusher.maybeStart(Optional.of(target));
            return false;
        }
        // Nothing is left to flush: the journal is pinned by partitions that failed, or the disk is too full for
        // another file, or for a checkpoint.
        journalFull = true;
        return true;
    }

    private void allocateAhead() {
        Journal target = journal;
        if (target == null
                || allocating
                || !target.wantsFile(fileSizeBytes())
                || environment.clock().monotonicNs() < allocationPausedUntilNs) {
            return;
        }
        if (!disk.has(fileSizeBytes(), disk.reserveBytes())) {
            return;
        }
        allocating = true;
        CompletableFuture<Journal.Allocated> made = new CompletableFuture<>();
        background.run(() -> made.complete(target.allocate(fileSizeBytes())), failure -> {
            allocating = false;
            if (failure.isEmpty()) {
                target.add(made.join());
            } else {
                allocationPausedUntilNs = environment.clock().monotonicNs() + ALLOCATION_PAUSE_NS;
                log.warn(
                        "event=journal-file-not-made shard={} cause=\"{}\"",
                        name,
                        failure.get().getMessage());
            }
        });
    }

    private long fileSizeBytes() {
        return Math.min(MAX_FILE_SIZE_BYTES, config.journalSizeBytes() / 4);
    }

    private long firstFileSizeBytes() {
        return Math.min(MAX_FIRST_FILE_SIZE_BYTES, fileSizeBytes());
    }

    /** Whether an append of this size goes through the journal; a larger one is synced in its segment. */
    boolean journals(long sizeBytes) {
        return sizeBytes <= Math.min(MAX_JOURNALED_BYTES, firstFileSizeBytes() / 2);
    }

    boolean hasJournal() {
        return journal != null;
    }

    // ---- For the partitions, on the shard's thread

    GroupCommit group() {
        return group;
    }

    DiskReserve disk() {
        return disk;
    }

    Collection<PartitionWriter> partitions() {
        return partitions.values();
    }

    long lifeStart() {
        return lifeStart;
    }

    /** Stages an entry; without a journal does nothing and gives -1. */
    long journal(JournalEntry.Kind kind, PartitionId id, long offset, ByteBuffer payload) {
        return journal == null ? -1 : journal.append(kind, id, offset, payload);
    }

    /** A task waits until its partition is open, and counts against the bound of the queue as before. */
    void parked(PartitionWriter partition, ShardTask task) {
        queuedBytes.addAndGet(task.sizeBytes());
        withParkedTasks.add(partition);
    }

    /** A parked task will never run. */
    void unparked(PartitionWriter partition, ShardTask task) {
        queuedBytes.addAndGet(-task.sizeBytes());
        withParkedTasks.remove(partition);
    }

    /** What waited for its partition is next, each task when there is room for it; empties {@code parked}. */
    void resume(PartitionWriter partition, Deque<ShardTask> parked) {
        withParkedTasks.remove(partition);
        for (ShardTask task = parked.pollLast(); task != null; task = parked.pollLast()) {
            task.next = backlog;
            backlog = task;
        }
    }

    private void failParked(MillraceException reason) {
        List.copyOf(withParkedTasks).forEach(partition -> partition.failParked(reason));
    }

    void markDirty(PartitionWriter partition) {
        flusher.markDirty(partition);
    }

    /** Runs {@code onDurable} when a fact that is no append (a new log start) is durable. */
    void whenFactDurable(Runnable onDurable, Consumer<Throwable> onFailure) {
        if (journal != null || !layout.isDurable()) {
            group.whenDurable(onDurable, onFailure);
        } else {
            flusher.whenCheckpointed(onDurable, onFailure);
        }
    }
    /** Has a flush begin soon. */
    void requestFlush() {
        flusher.request();
    }

    /** Takes away segments that no chain holds any more, as soon as no flush may be looking at them. */
    void dispose(PartitionWriter partition, List<SealedSegment> dropped) {
        flusher.whenIdle(() -> {
            for (SealedSegment segment : dropped) {
                partition.removals.add(
                        background,
                        () -> partition.remove(segment),
                        failure -> failure.ifPresent(cause -> log.warn(
                                "event=segment-not-deleted partition={} baseOffset={}",
                                partition.name(),
                                segment.baseOffset(),
                                cause)));
            }
        });
    }

    /** A flush ended: files of the journal may be used again. */
    void released(long flushedSequence) {
        if (journal != null) {
            journal.release(flushedSequence, pins());
        }
    }

    Journal.Pins pins() {
        return (first, last) -> {
            for (PartitionWriter partition : partitions.values()) {
                PartitionWriter.FlushState flush = partition.flush;
                if (flush.failed && flush.firstSequence <= last && first <= flush.lastSequence) {
                    return true;
                }
            }
            return false;
        };
    }

    /** One partition cannot go on; the others can. */
    MillraceException partitionFailed(PartitionWriter partition, String what, Exception cause) {
        MillraceException reason = new MillraceException(
                ErrorCode.PARTITION_OFFLINE,
                what + " of " + partition.name() + " failed, and it takes no appends until a restart: "
                        + cause.getMessage(),
                cause);
        log.error("event=partition-offline partition={} what=\"{}\"", partition.name(), what, cause);
        partition.log.goOffline(reason);
        partition.failParked(reason);
        return reason;
    }

    /** The shard cannot go on: nothing that is not durable yet will ever be known to be. */
    void fence(String what, Exception cause) {
        if (fenced != null) {
            return;
        }
        MillraceException reason = new MillraceException(
                ErrorCode.PARTITION_OFFLINE,
                name + " is fenced because " + what + " failed: " + cause.getMessage()
                        + "; see the log, mend the disk, restart",
                cause);
        fenced = reason;
        log.error("event=shard-fenced shard={} what=\"{}\" partitions={}", name, what, partitions.size(), cause);
        partitions.values().forEach(partition -> partition.log.goOffline(reason));
        withParkedTasks.forEach(partition -> partition.log.goOffline(reason));
        failParked(reason);
        flusher.failAwaiting(reason);
        group.fail(reason);
    }

    // ---- Partitions come and go

    /** Takes over a partition that recovery found. Before the shard runs. */
    void adopt(PartitionWriter partition) {
        partitions.put(partition.log.id(), partition);
        byName.put(partition.name(), partition);
    }

    /** Opens a partition, new or found. */
    void open(PartitionWriter partition) {
        if (partition.deleted || partition.log.refusal() != null) {
            return; // Deleted while it waited for its name, or offline since recovery.
        }
        PartitionWriter occupant = occupant(partition);
        if (occupant != null && occupant != partition) {
            log.warn("event=partition-displaced partition={} by={}", occupant.log.id(), partition.log.id());
            delete(occupant, new CompletableFuture<>());
        }
        if (occupant != partition) {
            CompletableFuture<Void> leaving = namesLeaving.get(partition.name());
            if (leaving != null) {
                openAfter(leaving, partition);
                return;
            }
            create(partition);
        }
        partition.becomeOpen();
    }

    private void openAfter(CompletableFuture<Void> leaving, PartitionWriter partition) {
        var _ = leaving.whenComplete((gone, failure) -> {
            if (failure == null) {
                execute(new CommandTask(() -> open(partition), partition::failParked));
            } else {
                post(() -> partitionFailed(
                        partition,
                        "the removal of a deleted partition of that name",
                        new IOException(failure.getMessage(), failure)));
            }
        });
    }

    private @Nullable PartitionWriter occupant(PartitionWriter partition) {
        return byName.get(partition.name());
    }

    private void create(PartitionWriter partition) {
        PartitionLog created = partition.log;
        Path home = layout.partitionDirectory(created.topic(), created.id().partition());
        if (layout.isDurable()) {
            partition.directory = Optional.of(new PartitionDirectory(environment.files(), home));
        }
        try {
            partition.create(layout.provider(created.id(), home, created::config));
            adopt(partition);
        } catch (IOException e) {
            partitionFailed(partition, "the creation", e);
        }
    }

    /** Takes a partition away; {@code done} completes when its name is free. */
    void delete(PartitionWriter partition, CompletableFuture<Void> done) {
        if (partition.deleted) {
            done.complete(null);
            return;
        }
        partition.deleted = true;
        partition.syncInPlace = false; // What it waits for will never be durable, nor does it have to be.
        partition.log.markDeleted();
        partition.failParked(new MillraceException(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition " + partition.name() + " was deleted"));
        partitions.remove(partition.log.id());
        if (occupant(partition) != partition) {
            done.complete(null);
            return;
        }
        byName.remove(partition.name());
        namesLeaving.put(partition.name(), done);
        if (journal != null) {
            journal.append(JournalEntry.Kind.DELETED, partition.log.id(), 0, ByteBuffer.allocate(0));
        }
        flusher.whenIdle(() -> partition.removals.add(
                background, partition::deleteFiles, failure -> deleted(partition, failure, done)));
    }

    private void deleted(PartitionWriter partition, Optional<Throwable> failure, CompletableFuture<Void> done) {
        if (failure.isPresent()) {
            // The name stays taken: a namesake must not find what lies there. The next start tries again.
            log.error("event=partition-not-deleted partition={}", partition.name(), failure.get());
            done.completeExceptionally(new MillraceException(
                    ErrorCode.INTERNAL, "the files of " + partition.name() + " could not be removed", failure.get()));
        } else {
            namesLeaving.remove(partition.name());
            done.complete(null);
        }
    }

    /** Applies retention to every partition: a task for each, because each needs room in the journal. */
    void retain() {
        long nowMs = environment.clock().wallMs();
        for (PartitionWriter partition : partitions.values()) {
            execute(new CommandTask(
                    () -> partition.retain(nowMs, config.producerIdExpirationMs()),
                    cause -> {})); // There will be a next time.
        }
    }
}
