package dev.millrace.log;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.jfr.MillraceEvent;
import dev.millrace.log.segment.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes durable in segments what the shard had accepted at one moment, and then says so in the checkpoint. Captured on the shard's
 * thread, run on another one; touches nothing that the shard changes.
 *
 * <p>Order matters: small files and segments first, the checkpoint that trusts them last, and only then are files deleted that the old
 * checkpoint named.
 */
final class FlushJob {

    private static final Logger log = LoggerFactory.getLogger(FlushJob.class);

    /** From so many files on, one {@code syncfs} is cheaper than a sync of each. */
    private static final int SYNC_FILE_SYSTEM_FROM = 16;

    /** The data of one flush, made durable in the background. */
    @Name("millrace.SegmentFlush")
    @Label("Segment flush")
    static final class SegmentFlushEvent extends MillraceEvent {
        @Label("Partitions")
        int partitionsCount;

        @Label("Segments")
        int filesCount;
    }

    /**
     * What one partition needs.
     *
     * @param upTo everything below is in {@code segments}
     * @param snapshots producer snapshots to write, by offset
     * @param snapshotOffset the one that the checkpoint shall name; -1: none
     * @param oldSnapshot the one that it names now, to be deleted; -1: none
     * @param summary what the checkpoint shall say of the files
     */
    record Item(
            PartitionWriter writer,
            PartitionDirectory directory,
            List<Segment> segments,
            long upTo,
            Map<Long, byte[]> snapshots,
            long snapshotOffset,
            long oldSnapshot,
            Optional<byte[]> epochs,
            Optional<Checkpoint.Summary> summary) {}

    private final FileStore files;
    private final Path topics;
    private final Path checkpointPath;
    final List<Item> items;
    private final Map<PartitionId, Checkpoint.Line> lines;
    private final boolean clean;
    private final boolean journaled;
    final long flushedSequence;
    private final long startSequence;
    private final long startSequenceOnFailure;

    private final AtomicBoolean claimed = new AtomicBoolean();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    // Results, published by `done` or by the hand-over to the shard.
    final Map<PartitionWriter, IOException> failures = new HashMap<>();
    Optional<IOException> fatal = Optional.empty();
    Optional<IOException> checkpointFailure = Optional.empty();

    /**
     * @param lines the checkpoint as it stands, for every partition of the shard
     * @param journaled whether the journal knows what is written from now on
     * @param flushedSequence entries of the journal before it are flushed when this succeeds
     * @param startSequence first entry that a replay needs then
     * @param startSequenceOnFailure first entry that a replay needs if a partition could not be flushed
     */
    FlushJob(
            FileStore files,
            Path topics,
            Path checkpointPath,
            List<Item> items,
            Map<PartitionId, Checkpoint.Line> lines,
            boolean clean,
            boolean journaled,
            long flushedSequence,
            long startSequence,
            long startSequenceOnFailure) {
        this.files = files;
        this.topics = topics;
        this.checkpointPath = checkpointPath;
        this.items = items;
        this.lines = lines;
        this.clean = clean;
        this.journaled = journaled;
        this.flushedSequence = flushedSequence;
        this.startSequence = startSequence;
        this.startSequenceOnFailure = startSequenceOnFailure;
    }

    /** Runs it, unless another thread has begun to. Whatever happens, it has ended then. */
    void runOnce() {
        if (claimed.compareAndSet(false, true)) {
            try {
                run();
            } catch (RuntimeException e) {
                fatal = Optional.of(new IOException("a defect while flushing: " + e, e));
            } catch (Error e) {
                fatal = Optional.of(new IOException("an error while flushing: " + e, e));
                throw e;
            } finally {
                done.complete(null);
            }
        }
    }

    /** Runs it here if nobody has begun, else waits until whoever did has finished. */
    void finish() {
        runOnce();
        done.join();
    }

    private void run() {
        SegmentFlushEvent event = new SegmentFlushEvent();
        event.begin();
        flushData();
        event.partitionsCount = items.size();
        event.filesCount = filesCount();
        event.commit();
        if (fatal.isEmpty() && checkpointFailure.isEmpty()) {
            writeCheckpoint(linesNow());
        }
    }

    /** Makes the data durable and says so nowhere yet: {@link #failures} and {@link #fatal} tell of what it could not. */
    void flushData() {
        boolean whole = filesCount() >= SYNC_FILE_SYSTEM_FROM;
        items.forEach(item -> attempt(item, () -> writeSmallFiles(item, !whole)));
        if (whole) {
            syncAll();
        } else {
            items.forEach(item -> attempt(item, () -> syncOne(item)));
        }
    }

    private int filesCount() {
        int filesCount = 0;
        for (Item item : items) {
            filesCount += item.segments.size();
        }
        return filesCount;
    }

    private void writeSmallFiles(Item item, boolean sync) throws IOException {
        for (Map.Entry<Long, byte[]> snapshot : item.snapshots.entrySet()) {
            item.directory.writeSnapshot(snapshot.getKey(), snapshot.getValue(), sync);
        }
        if (item.epochs.isPresent()) {
            item.directory.writeEpochs(item.epochs.get(), sync);
        }
    }

    private void syncOne(Item item) throws IOException {
        for (Segment segment : item.segments) {
            segment.flush();
        }
    }

    private void syncAll() {
        items.forEach(item -> attempt(item, () -> {
            for (Segment segment : item.segments) {
                segment.writeBack();
            }
        }));
        try {
            if (files.syncFileSystem(topics)) {
                succeeded().forEach(item -> item.segments.forEach(Segment::synced));
            } else {
                items.forEach(item -> attempt(item, () -> {
                    writeSmallFiles(item, true); // Again: nobody has synced them.
                    syncOne(item);
                }));
            }
        } catch (IOException e) {
            // Nobody can tell whose bytes are in doubt now.
            fatal = Optional.of(e);
        }
    }

    /** What the checkpoint has to say of every partition of the shard, now that the data are durable. */
    Map<PartitionId, Checkpoint.Line> linesNow() {
        Map<PartitionId, Checkpoint.Line> all = new HashMap<>(lines);
        for (Item item : items) {
            if (!failures.containsKey(item.writer)) {
                all.computeIfPresent(
                        item.writer.log.id(),
                        (id, line) -> new Checkpoint.Line(
                                item.upTo, line.logStartOffset(), item.snapshotOffset, line.topic(), item.summary));
            }
        }
        return all;
    }

    /** Writes the checkpoint, and takes away what only the old one named. */
    void writeCheckpoint(Map<PartitionId, Checkpoint.Line> all) {
        try {
            // What a failed partition has not flushed stays in the journal: then the replay begins where it always did.
            boolean allFlushed = failures.isEmpty();
            Checkpoint checkpoint = new Checkpoint(
                    clean && allFlushed, journaled, allFlushed ? startSequence : startSequenceOnFailure, all);
            files.replaceAtomically(checkpointPath, checkpoint.toBytes());
        } catch (IOException e) {
            checkpointFailure = Optional.of(e);
            return;
        }
        deleteOldSnapshots();
    }

    private void deleteOldSnapshots() {
        for (Item item : items) {
            if (item.oldSnapshot >= 0 && item.oldSnapshot != item.snapshotOffset && !isSegmentBase(item)) {
                try {
                    item.directory.deleteSnapshot(item.oldSnapshot);
                } catch (IOException e) {
                    log.warn(
                            "event=snapshot-not-deleted partition={} offset={}",
                            item.writer.name(),
                            item.oldSnapshot,
                            e);
                }
            }
        }
    }

    private static boolean isSegmentBase(Item item) {
        Set<Long> bases = new HashSet<>();
        item.segments.forEach(segment -> bases.add(segment.baseOffset()));
        return bases.contains(item.oldSnapshot);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Item item, Step step) {
        if (failures.containsKey(item.writer)) {
            return;
        }
        try {
            step.run();
        } catch (IOException e) {
            failures.put(item.writer, e);
        }
    }

    List<Item> succeeded() {
        List<Item> result = new ArrayList<>();
        for (Item item : items) {
            if (!failures.containsKey(item.writer)) {
                result.add(item);
            }
        }
        return result;
    }
}
