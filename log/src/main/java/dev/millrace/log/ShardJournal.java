package dev.millrace.log;

import dev.millrace.log.journal.Journal;
import dev.millrace.log.journal.JournalEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of a shard, if it has one, and the room in it: files are made before they are needed, and a task for whose entries there
 * is no room waits until a flush has released some. Owned by the shard's thread.
 */
final class ShardJournal {

    /** Whether the entries of a task can be staged. */
    enum Room {
        ENOUGH,
        /** What has to happen first is under way: the shard is woken then. */
        LATER,
        /** Waiting would not help: the journal is pinned by partitions that failed, or the disk is full. */
        NONE
    }

    private static final Logger log = LoggerFactory.getLogger(ShardJournal.class);

    private static final long MAX_FILE_SIZE_BYTES = 16L << 20;
    private static final long MAX_FIRST_FILE_SIZE_BYTES = 2L << 20;
    private static final long MAX_JOURNALED_BYTES = 1L << 20;
    private static final long NOTE_BYTES = 1024;

    /** After a file could not be made: the disk is full, and will be for a while. */
    private static final long ALLOCATION_PAUSE_NS = 1_000_000_000;

    private final String shard;
    private final LogEnvironment environment;
    private final ShardBackground background;
    private final DiskReserve disk;
    private final long maxSizeBytes;
    private final long fileSizeBytes;
    private final long firstFileSizeBytes;

    private @Nullable Journal journal;
    private boolean allocating;
    private long allocationPausedUntilNs = Long.MIN_VALUE;

    ShardJournal(
            String shard,
            LogStoreConfig config,
            LogEnvironment environment,
            ShardBackground background,
            DiskReserve disk) {
        this.shard = shard;
        this.environment = environment;
        this.background = background;
        this.disk = disk;
        this.maxSizeBytes = config.journalSizeBytes();
        this.fileSizeBytes = Math.min(MAX_FILE_SIZE_BYTES, maxSizeBytes / 4);
        this.firstFileSizeBytes = Math.min(MAX_FIRST_FILE_SIZE_BYTES, fileSizeBytes);
    }

    /** Begins a journal; without this call there is none. */
    void begin(Path directory, long sequenceNext) throws IOException {
        journal = Journal.begin(environment.files(), directory, maxSizeBytes, firstFileSizeBytes, sequenceNext);
    }

    boolean exists() {
        return journal != null;
    }

    Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }

    /** Whether an append of this size goes through the journal; a larger one is synced in its segment. */
    boolean takes(long sizeBytes) {
        return sizeBytes <= Math.min(MAX_JOURNALED_BYTES, firstFileSizeBytes / 2);
    }

    /** Stages an entry; gives its sequence. There is a journal, and somebody made room. */
    long append(JournalEntry.Kind kind, PartitionId id, long offset, ByteBuffer payload) {
        Journal target = journal;
        return target == null ? -1 : target.append(kind, id, offset, payload);
    }

    /** Hands what is staged to the operating system. An exception is final. */
    void write() throws IOException {
        Journal target = journal;
        if (target != null) {
            target.write();
        }
    }

    /** Makes durable what was written. An exception is final. */
    void sync() throws IOException {
        Journal target = journal;
        if (target != null) {
            target.sync();
        }
    }

    void close() throws IOException {
        Journal target = journal;
        if (target != null) {
            target.close();
        }
    }

    /** Entries before {@code flushedSequence} are flushed: files may be used again. */
    void release(long flushedSequence, Journal.Pins pins) {
        Journal target = journal;
        if (target != null) {
            target.release(flushedSequence, pins);
        }
    }

    /**
     * Makes room for the entries of {@code task}, if that can be.
     *
     * @throws IOException when writing failed: final
     */
    Room makeRoom(ShardTask task, ShardFlusher flusher) throws IOException {
        Journal target = journal;
        // Of what it does not take it still notes whose it is.
        long neededBytes = takes(task.sizeBytes()) ? task.journalBytes() : NOTE_BYTES;
        if (target == null || target.hasRoomFor(neededBytes)) {
            return Room.ENOUGH;
        }
        target.write();
        if (target.hasRoomFor(neededBytes)) {
            return Room.ENOUGH;
        }
        if (!allocating && target.canGrowBy(fileSizeBytes) && diskHasRoom()) {
            target.add(target.allocate(fileSizeBytes));
            return Room.ENOUGH;
        }
        if (allocating || flusher.isRunning()) {
            return Room.LATER;
        }
        if (flusher.hasWork() && !flusher.isPaused()) {
            flusher.request();
            flusher.maybeStart(Optional.of(target));
            return Room.LATER;
        }
        return Room.NONE;
    }

    /** Has the next file made in the background when the last one is half full. */
    void allocateAhead() {
        Journal target = journal;
        if (target == null
                || allocating
                || !target.wantsFile(fileSizeBytes)
                || environment.clock().monotonicNs() < allocationPausedUntilNs
                || !diskHasRoom()) {
            return;
        }
        allocating = true;
        CompletableFuture<Journal.Allocated> made = new CompletableFuture<>();
        background.run(() -> made.complete(target.allocate(fileSizeBytes)), failure -> {
            allocating = false;
            if (failure.isEmpty()) {
                target.add(made.join());
            } else {
                allocationPausedUntilNs = environment.clock().monotonicNs() + ALLOCATION_PAUSE_NS;
                log.warn(
                        "event=journal-file-not-made shard={} cause=\"{}\"",
                        shard,
                        failure.get().getMessage());
            }
        });
    }

    private boolean diskHasRoom() {
        return disk.has(fileSizeBytes, disk.reserveBytes());
    }
}
