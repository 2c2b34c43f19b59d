package dev.millrace.log;

import dev.millrace.base.Agent;
import dev.millrace.base.AgentHost;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
 *
 * <p>Its rooms: {@link ShardPartitions} (who comes and goes), {@link ShardQueue} (what waits), {@link ShardJournal} (room for entries), {@link ShardFlusher} (from the
 * journal into segments), {@link GroupCommit} (who waits for the sync).
 */
final class LogShard implements Agent {

    private static final Logger log = LoggerFactory.getLogger(LogShard.class);

    /** A cycle takes no more than this, so that a backlog does not make the first in line wait for the last. */
    private static final long MAX_CYCLE_BYTES = 8L << 20;

    /** How long a shutdown waits for files that are being taken away. */
    private static final long MAX_REMOVALS_NS = 3_000_000_000L;

    /** The same for a cycle on a thread that has other work. */
    private static final long MAX_BRIEF_CYCLE_BYTES = 64 << 10;

    /** A sync of so many appends waits a moment for more, */
    private static final int GATHER_FROM_APPENDS = 4;

    /** unless they have so many bytes that the sync itself takes its time. */
    private static final long GATHER_BELOW_BYTES = 64 << 10;

    private final String name;
    private final LogStoreConfig config;
    private final LogEnvironment environment;
    private final StorageLayout layout;
    private final Path directory;
    private final ShardQueue queue;
    private final TaskQueue posts = new TaskQueue();
    private final GroupCommit group = new GroupCommit();
    private final ShardBackground background;
    private final ShardPartitions partitions;
    private final ShardFlusher flusher;
    private final DiskReserve disk;
    private final ShardJournal journal;
    private final ShardEvents events;

    private AgentHost.@Nullable Handle handle;
    private volatile boolean closing;
    private boolean commitDue;
    /** The sync that is due waits for more. */
    private boolean gathering;

    private @Nullable MillraceException fenced;
    private long lifeStart;

    LogShard(int index, LogStoreConfig config, LogEnvironment environment, StorageLayout layout) {
        this.name = "log-shard-" + index;
        this.config = config;
        this.environment = environment;
        this.layout = layout;
        this.directory = layout.shardDirectory(index);
        this.queue = new ShardQueue(name, config.queueSizeBytes());
        this.background = new ShardBackground(environment.background(), this::post);
        this.partitions = new ShardPartitions(this, environment, layout, background);
        this.flusher = new ShardFlusher(this, config, environment, background, layout.topics(), directory);
        this.disk = new DiskReserve(
                environment.files(), config.directory(), environment.clock(), config.diskReserveBytes());
        this.journal = new ShardJournal(name, config, environment, background, disk);
        this.events = new ShardEvents(name, index, environment.clock(), environment.metrics(), queue::sizeBytes);
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
            journal.begin(directory, lifeStart);
        }
        handle = environment.agents().start(this);
    }

    // ---- From any thread

    /** Queues an append, or refuses it if too much waits already. Wakes nobody. */
    void submit(ShardTask task) {
        queue.reserve(task);
        push(task);
    }

    /** Queues a command behind the appends that were queued before. */
    void execute(ShardTask task) {
        push(task);
        wake();
    }

    private void push(ShardTask task) {
        if (closing) {
            task.fail(shuttingDown());
            return;
        }
        task.queuedNs = events.queuedNs();
        queue.push(task);
    }

    /** Has what was submitted begin, here if that is brief. */
    void startAppends() {
        AgentHost.Handle running = handle;
        if (running != null && queue.hasPushed()) {
            running.wakeOrRun();
        }
    }

    /** Has {@code task} run on the shard's thread, also while the queue is stalled. */
    void post(Runnable task) {
        posts.push(new CommandTask(task, cause -> {}));
        wake();
    }

    void wake() {
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

    private static MillraceException shuttingDown() {
        return new MillraceException(ErrorCode.SHUTTING_DOWN, "the log is shutting down");
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
                if (shouldGather()) {
                    gathering = true;
                    return SOON;
                }
                if (gathering) {
                    gathering = false;
                    acceptQueued();
                }
                if (mayCommit()) {
                    commit();
                    done++;
                }
            }
            return done + acceptQueued();
        } catch (RuntimeException e) {
            fence("a defect in the shard", e);
            return 1;
        }
    }

    private int acceptQueued() {
        events.beginCycle();
        int done = runTasks(false);
        endCycle();
        return done;
    }

    /**
     * Whether a sync should wait a moment. When many clients wait for one record each, those that were answered last are about to
     * send the next: then half as many syncs, and half as many hand-overs, are worth more than the moment. Once for each sync.
     */
    private boolean shouldGather() {
        return !gathering
                && group.appendsCount() >= GATHER_FROM_APPENDS
                && group.sizeBytes() < GATHER_BELOW_BYTES
                && !closing;
    }

    /** Appends to a page cache, for the thread that brings them: without a journal that is all there is to do. */
    @Override
    public int doBriefWork() {
        if (journal.exists() || fenced != null || !posts.isEmpty() || flusher.isDue()) {
            return NOT_HERE;
        }
        try {
            events.beginCycle();
            int done = runTasks(true);
            endCycle();
            return queue.first() == null ? done : NOT_HERE;
        } catch (RuntimeException e) {
            fence("a defect in the shard", e);
            return NOT_HERE;
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

    private int runTasks(boolean briefly) {
        int done = 0;
        long bytes = 0;
        long maxBytes = briefly ? MAX_BRIEF_CYCLE_BYTES : MAX_CYCLE_BYTES;
        ShardTask oldest = queue.drain();
        long firstQueuedNs = oldest == null ? 0 : oldest.queuedNs;
        for (ShardTask task = oldest; task != null && bytes < maxBytes; task = queue.first()) {
            if (briefly && !task.isBrief()) {
                break;
            }
            ShardJournal.Room room = makeRoom(task);
            if (room == ShardJournal.Room.LATER) {
                break;
            }
            queue.takeFirst(task);
            bytes += task.sizeBytes();
            run(task, room);
            done++;
        }
        events.endCycle(done, bytes, firstQueuedNs);
        return done;
    }

    private ShardJournal.Room makeRoom(ShardTask task) {
        try {
            return fenced == null ? journal.makeRoom(task, flusher) : ShardJournal.Room.NONE;
        } catch (IOException e) {
            fence("a write of the journal", e);
            return ShardJournal.Room.NONE;
        }
    }

    private void run(ShardTask task, ShardJournal.Room room) {
        if (fenced != null) {
            task.fail(fenced);
        } else if (room == ShardJournal.Room.NONE) {
            task.fail(new MillraceException(
                    ErrorCode.DISK_FULL, "the journal of " + name + " is full and cannot grow: free some disk space"));
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
            journal.write();
        } catch (IOException e) {
            fence("a write of the journal", e);
            return;
        }
        if (!group.isEmpty()) {
            group.completeAccepted();
            if (journal.exists()) {
                commitDue = true;
            } else {
                completeDurable();
            }
        }
        if (layout.isDurable()) {
            if (!(commitDue && group.syncsInPlace())) {
                flusher.maybeStart(journal.journal());
            }
            journal.allocateAhead();
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
            journal.sync();
        } catch (IOException e) {
            fence("a sync", e);
            return;
        }
        events.endCommit(group.appendsCount(), group.sizeBytes());
        completeDurable();
    }

    private void completeDurable() {
        events.durable(group.appendsCount(), group.sizeBytes());
        group.completeDurable();
    }

    @Override
    public void onClose() {
        try {
            while (!queue.isEmpty() || !posts.isEmpty() || commitDue) {
                flusher.finishRunning();
                doWork();
            }
            finishRemovals();
            partitions.failParked(shuttingDown());
            if (layout.isDurable()) {
                if (fenced == null) {
                    flusher.flushNow(journal.journal(), true);
                    finishRemovals(); // Of what the flush made superfluous.
                }
                for (PartitionWriter partition : partitions.all()) {
                    partition.close();
                }
                journal.close();
            }
        } catch (IOException | RuntimeException e) {
            log.error("event=unclean-shutdown shard={} consequence=\"the next start replays the journal\"", name, e);
        } finally {
            flusher.failAwaiting(shuttingDown());
        }
    }

    /** Takes away what is to be taken away; what takes too long is left to the next start, which finds it. */
    private void finishRemovals() {
        long deadlineNs = environment.clock().monotonicNs() + MAX_REMOVALS_NS;
        for (List<FileRemovals> removing = background.removing();
                !removing.isEmpty();
                removing = background.removing()) {
            for (FileRemovals removals : removing) {
                if (!removals.finishRunning(deadlineNs - environment.clock().monotonicNs())) {
                    log.warn("event=removals-left-to-the-next-start shard={} partitions={}", name, removing.size());
                    return;
                }
            }
            runPosts();
        }
    }

    // ---- Its rooms, on the shard's thread

    ShardQueue queue() {
        return queue;
    }

    ShardPartitions partitions() {
        return partitions;
    }

    ShardJournal journal() {
        return journal;
    }

    ShardFlusher flusher() {
        return flusher;
    }

    ShardEvents events() {
        return events;
    }

    ShardBackground background() {
        return background;
    }

    GroupCommit group() {
        return group;
    }

    Clock clock() {
        return environment.clock();
    }

    DiskReserve disk() {
        return disk;
    }

    long lifeStart() {
        return lifeStart;
    }

    // ---- For the partitions, on the shard's thread

    void markDirty(PartitionWriter partition) {
        flusher.markDirty(partition);
    }

    /** Runs {@code onDurable} when a fact that is no append (a new log start) is durable. */
    void whenFactDurable(Runnable onDurable, Consumer<Throwable> onFailure) {
        if (journal.exists() || !layout.isDurable()) {
            group.whenDurable(onDurable, onFailure);
        } else {
            flusher.whenCheckpointed(onDurable, onFailure);
        }
    }

    // ---- Failures

    /** One partition cannot go on; the others can. */
    MillraceException partitionFailed(PartitionWriter partition, String what, Exception cause) {
        MillraceException reason = new MillraceException(
                ErrorCode.PARTITION_OFFLINE,
                what + " of " + partition.name() + " failed, and it takes no appends until a restart: "
                        + cause.getMessage(),
                cause);
        log.error("event=partition-offline partition={} what=\"{}\"", partition.name(), what, cause);
        events.partitionFailed();
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
        events.fenced();
        log.error(
                "event=shard-fenced shard={} what=\"{}\" partitions={}",
                name,
                what,
                partitions.all().size(),
                cause);
        partitions.goOffline(reason);
        flusher.failAwaiting(reason);
        group.fail(reason);
    }
}
