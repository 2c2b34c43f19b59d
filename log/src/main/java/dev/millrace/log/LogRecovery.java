package dev.millrace.log;

import dev.millrace.base.Check;
import dev.millrace.base.TopicId;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.FileStore;
import dev.millrace.log.files.FilesSegmentProvider;
import dev.millrace.log.files.PartitionMetadataFile;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.journal.HeldJournal;
import dev.millrace.log.journal.Journal;
import dev.millrace.log.journal.JournalEntry;
import dev.millrace.log.journal.JournalReplay;
import dev.millrace.log.segment.SegmentProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings all partitions of a data directory back: what the segments hold, cut to what is whole, and behind it what the journals hold.
 * A partition that no journal names is as its line in the checkpoint says: it is left alone until somebody uses it, see {@link
 * RestingPartition}. After a clean shutdown that are all, and no journal is looked at but for what an earlier start held back. Runs before
 * the shards do; used once.
 *
 * <p>Journals are read twice. What they say of a partition that was deleted later must not touch the namesake that came after, and the
 * fact of the deletion may stand behind it, or not at all: a file that failed partitions have pinned outlives the one with that fact.
 * So a directory that somebody owns is given up for the deletion of just that owner and for nothing else; and of several
 * partitions that were opened under one name the last one is the one that counts.
 */
final class LogRecovery {

    private static final Logger log = LoggerFactory.getLogger(LogRecovery.class);

    /** Says, in a directory that does not say whose it is, that its records may count, for the starts that follow. */
    private static final String KEPT = "owner-unknown";

    private final LogEnvironment environment;
    private final FileStore files;
    private final StorageLayout layout;
    private final BiFunction<PartitionId, String, PartitionLog> newLog;
    private final Function<PartitionLog, LogShard> shardOf = PartitionLog::shard;

    private final Map<PartitionId, PartitionLog> found = new HashMap<>();
    private final Map<Path, PartitionId> occupants = new HashMap<>();
    private final Set<Path> anonymous = new HashSet<>();
    /** Why a directory that does not say whose it is was kept, by its name. */
    private final Map<String, MillraceException> kept = new HashMap<>();
    /** What is left of deleted partitions. */
    private final List<Path> leftOvers = new ArrayList<>();

    /** Journals that have entries to be replayed, oldest first, each with the first sequence that counts. */
    private final Map<Path, Long> journals = new LinkedHashMap<>();

    /** Which partition a checkpoint has seen in a directory, by its name; empty: more than one. */
    private final Map<String, Optional<PartitionId>> owners = new HashMap<>();
    /** Partitions of which a journal knows something. */
    private final Set<PartitionId> journaled = new HashSet<>();
    /** Whether what no journal names is as the checkpoints say. */
    private boolean mayRest = true;

    private int heldNumberNext;
    private int checkpointsCount;
    private int unreadableCount;

    private final Set<PartitionId> deleted = new HashSet<>();
    /** The partition that was opened last, by directory. */
    private final Map<Path, Opening> openedLast = new HashMap<>();

    private record Opening(PartitionId partition, long sequence) {}

    private final Map<PartitionId, Long> logStarts = new HashMap<>();
    /** Whether every partition that was ever flushed has a line. */
    private boolean linesComplete;
    /** Whether each of them says which directory it is about. */
    private boolean namesComplete;

    private final Set<PartitionId> gaps = new HashSet<>();
    private final Map<PartitionId, Checkpoint.Line> lines = new HashMap<>();
    private final List<String> findings = new ArrayList<>();
    private boolean clean = true;
    private long sequenceFound;
    private long replayedCount;
    private long replayedSizeBytes;

    /** @param newLog makes the handle of a partition, which belongs to its shard then */
    LogRecovery(
            LogEnvironment environment, StorageLayout layout, BiFunction<PartitionId, String, PartitionLog> newLog) {
        this.environment = environment;
        this.files = environment.files();
        this.layout = layout;
        this.newLog = newLog;
    }

    /** What was found, by identity; those that could not be brought back are offline. */
    Map<PartitionId, PartitionLog> run() throws IOException {
        long startNs = environment.clock().monotonicNs();
        findJournals();
        for (Map.Entry<Path, Long> journal : journals.entrySet()) {
            foresee(journal.getKey(), journal.getValue());
        }
        recoverPartitions();
        deleted.forEach(this::delete);
        for (Map.Entry<Path, Long> journal : journals.entrySet()) {
            replay(journal.getKey(), journal.getValue());
        }
        for (Path directory : anonymous) {
            findings.add(
                    directory + ": removed, because it does not say whose it is and nothing in it was acknowledged");
            files.deleteTree(directory);
        }
        for (PartitionLog partition : found.values()) {
            finish(partition);
        }
        for (Path directory : leftOvers) {
            environment.background().execute(() -> deleteLeftOver(directory));
        }
        durationMs = (environment.clock().monotonicNs() - startNs) / 1_000_000;
        findings.forEach(finding -> log.warn("event=recovery-finding {}", finding));
        return found;
    }

    private long durationMs;

    RecoveryReport report() {
        return new RecoveryReport(
                clean, found.size(), replayedCount, replayedSizeBytes, durationMs, List.copyOf(findings));
    }

    /** First sequence for the journals of the life that begins now. */
    long lifeStart() {
        return sequenceFound + Journal.LIFE_DISTANCE;
    }

    /** Reads the checkpoints, and notes which journals have to be replayed. */
    private void findJournals() throws IOException {
        NavigableMap<Integer, Path> held = new TreeMap<>();
        Map<Path, Long> ofShards = new LinkedHashMap<>();
        for (Path directory : files.list(layout.root())) {
            StorageLayout.heldNumber(directory).ifPresent(number -> held.put(number, directory));
            if (StorageLayout.shardIndex(directory).isPresent()) {
                Checkpoint checkpoint = readCheckpoint(directory.resolve("checkpoint"));
                clean &= checkpoint.clean();
                sequenceFound = Math.max(sequenceFound, checkpoint.journalStartSequence());
                ofShards.put(directory, checkpoint.journalStartSequence());
                mayRest &= checkpoint.clean() || checkpoint.journaled();
                checkpoint.partitions().forEach((id, line) -> lines.merge(id, line, Checkpoint.Line::newer));
            }
        }
        lines.forEach((id, line) -> line.topic()
                .ifPresent(topic ->
                        owners.merge(topic + "-" + id.partition(), Optional.of(id), (one, other) -> Optional.empty())));
        linesComplete = checkpointsCount > 0 && unreadableCount == 0;
        mayRest &= linesComplete;
        namesComplete = linesComplete
                && lines.values().stream().allMatch(line -> line.topic().isPresent());
        heldNumberNext = held.isEmpty() ? 0 : held.lastKey() + 1;
        held.values().forEach(directory -> journals.put(directory, 0L));
        if (!clean) {
            journals.putAll(ofShards);
        }
    }

    private Checkpoint readCheckpoint(Path path) throws IOException {
        if (!files.exists(path)) {
            return Checkpoint.NONE;
        }
        checkpointsCount++;
        try {
            return Checkpoint.parse(files.readAll(path));
        } catch (IOException e) {
            unreadableCount++;
            findings.add(path + ": passed over (" + e.getMessage() + ")" + "; all segments are verified whole");
            return Checkpoint.NONE;
        }
    }

    private void recoverPartitions() throws IOException {
        // A directory that the last life renamed must not come back, with a power cut, where its namesake has been
        // since.
        files.syncDirectory(layout.topics());
        List<PartitionPlace> places = new ArrayList<>();
        for (Path directory : files.list(layout.topics())) {
            String name = String.valueOf(directory.getFileName());
            Optional<PartitionId> owner = owner(name);
            if (name.endsWith(FilesSegmentProvider.DELETED_SUFFIX)) {
                leftOvers.add(directory);
            } else if (owner.isPresent() && mayRest(owner.get(), directory)) {
                rest(owner.get(), directory);
            } else {
                PartitionPlace.of(directory).ifPresentOrElse(places::add, () -> noteStranger(directory));
            }
        }
        try {
            SharedWork.forEach(places, environment.background(), this::recover);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Optional<PartitionId> owner(String directoryName) {
        return owners.getOrDefault(directoryName, Optional.empty());
    }

    private void noteStranger(Path path) {
        note(path + ": left alone, because it is not a partition's directory");
    }

    private synchronized void note(String finding) {
        findings.add(finding);
    }

    private void deleteLeftOver(Path directory) {
        try {
            files.deleteTree(directory);
        } catch (IOException e) {
            log.warn("event=left-over-not-deleted path={}", directory, e);
        }
    }

    // ---- Partitions that are left alone

    private boolean mayRest(PartitionId id, Path directory) {
        Checkpoint.Line line = Objects.requireNonNull(lines.get(id));
        return mayRest
                && line.summary().isPresent()
                && line.flushedOffset() > 0
                && line.logStartOffset() <= line.flushedOffset()
                && !journaled.contains(id)
                && !openedLast.containsKey(directory);
    }

    private void rest(PartitionId id, Path directory) {
        Checkpoint.Line line = Objects.requireNonNull(lines.get(id));
        PartitionLog partition = register(id, line.topic().orElseThrow(), directory);
        PartitionRecovery later = recoveryOf(partition, directory);
        partition
                .writer()
                .rest(
                        new RestingPartition(
                                partition.writer(), later, line.summary().orElseThrow()),
                        line);
    }

    private PartitionRecovery recoveryOf(PartitionLog partition, Path directory) {
        SegmentProvider provider = layout.provider(partition.id(), directory, partition::config);
        partition.writer().useProvider(provider); // Also if it stays offline: so that it can be deleted.
        return new PartitionRecovery(
                partition.writer(),
                files,
                directory,
                provider,
                Optional.ofNullable(lines.get(partition.id())),
                linesComplete);
    }

    // ---- Partitions that are looked at

    /** On any thread. */
    private void recover(PartitionPlace place) {
        try {
            Optional<TopicId> topicId = PartitionMetadataFile.read(files, place.directory());
            if (topicId.isPresent()) {
                recover(new PartitionId(topicId.get(), place.number()), place.topic(), place.directory());
            } else if (files.isDirectory(place.directory())) {
                keepOrForget(place);
            } else {
                noteStranger(place.directory());
            }
        } catch (IOException e) {
            failed(place, e);
        }
    }

    /** It cannot be read whose directory it is: if a checkpoint knows, the others can go on. */
    private void failed(PartitionPlace place, IOException cause) {
        Optional<PartitionId> owner = owner(place.name());
        if (!files.isDirectory(place.directory())) {
            noteStranger(place.directory());
        } else if (owner.isPresent() && !openedLast.containsKey(place.directory())) {
            PartitionLog partition = register(owner.get(), place.topic(), place.directory());
            recoveryOf(partition, place.directory());
            takeOffline(partition, "recovery", cause);
        } else {
            throw new UncheckedIOException(cause);
        }
    }

    /** A directory that does not say whose it is: a crash came before its first flush, or the file that said so is damaged. */
    private void keepOrForget(PartitionPlace place) throws IOException {
        Path directory = place.directory();
        Optional<PartitionId> owner = owner(place.name()).filter(this::wasFlushed);
        Optional<PartitionId> opened =
                Optional.ofNullable(openedLast.get(directory)).map(Opening::partition);
        if (owner.isPresent() && opened.map(owner.get()::equals).orElse(true)) {
            PartitionLog partition = register(owner.get(), place.topic(), directory);
            recoveryOf(partition, directory); // So that it keeps its line, and can be deleted.
            takeOffline(partition, "recovery", damage(directory, "a checkpoint says that it was durable"));
        } else if (files.exists(directory.resolve(KEPT))
                || (opened.isEmpty() && mayHaveBeenFlushed(place.name()) && holdsSegments(directory))) {
            keep(place);
        } else {
            forget(directory); // What was acknowledged of it is in the journal.
        }
    }

    /** Whether checkpoints leave it open whose a directory is. */
    private boolean mayHaveBeenFlushed(String directoryName) {
        return !namesComplete
                || (owners.containsKey(directoryName) && owner(directoryName).isEmpty());
    }

    private static IOException damage(Path directory, String known) {
        return PartitionMetadataFile.damaged(directory, Optional.empty(), known);
    }

    private boolean wasFlushed(PartitionId id) {
        return Objects.requireNonNull(lines.get(id)).flushedOffset() > 0;
    }

    private synchronized void forget(Path directory) {
        anonymous.add(directory);
    }

    private boolean holdsSegments(Path directory) throws IOException {
        for (Path file : files.list(directory)) {
            if (SegmentPaths.baseOffset(file, SegmentPaths.LOG_SUFFIX).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Whose it is only the checkpoint knew that is lost: it stays, and the partition that has this name is offline. */
    private void keep(PartitionPlace place) throws IOException {
        files.replaceAtomically(place.directory().resolve(KEPT), new byte[0]);
        noteKept(place);
    }

    private synchronized void noteKept(PartitionPlace place) {
        IOException damage = damage(place.directory(), "it has segments, and no checkpoint says whose they are");
        kept.put(place.name(), RestingPartition.refusal(place.name(), "recovery", damage));
        findings.add(place.name() + " is offline: its recovery failed: " + damage.getMessage());
    }

    /** Why partitions that nobody could tell by their ids are offline, by the names of their directories. */
    Map<String, MillraceException> kept() {
        return kept;
    }

    private void recover(PartitionId id, String topic, Path directory) {
        PartitionLog partition = register(id, topic, directory);
        PartitionRecovery recovery = recoveryOf(partition, directory);
        try {
            recovery.run(logStarts.getOrDefault(id, 0L));
        } catch (IOException | Check.InvariantViolation e) {
            takeOffline(partition, "recovery", e);
        }
        recovery.findings().forEach(this::note);
    }

    private void takeOffline(PartitionLog partition, String what, Exception cause) {
        String name = partition.writer().name();
        log.error("event=partition-offline partition={} what={}", name, what, cause);
        note(name + " is offline: its " + what + " failed: " + cause.getMessage());
        partition.couldNotBeBroughtBack(RestingPartition.refusal(name, what, cause));
    }

    private synchronized PartitionLog register(PartitionId id, String topic, Path directory) {
        PartitionLog partition = newLog.apply(id, topic);
        found.put(id, partition);
        occupants.put(directory, id);
        return partition;
    }

    // ---- Replay

    private void replay(Path directory, long startSequence) throws IOException {
        JournalReplay replay = new JournalReplay(files);
        visit(replay, directory, startSequence, entry -> {
            if (!deleted.contains(entry.partition())) {
                apply(entry);
            }
        });
        findings.addAll(replay.findings());
        sequenceFound = Math.max(sequenceFound, replay.sequenceNext());
    }

    private interface Visitor {
        void visit(JournalEntry entry) throws IOException;
    }

    private static void visit(JournalReplay replay, Path directory, long startSequence, Visitor visitor)
            throws IOException {
        try {
            replay.run(directory, startSequence, entry -> {
                try {
                    visitor.visit(entry);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException(
                    "the journal " + directory + " could not be replayed: " + e.getMessage(), e.getCause());
        }
    }

    /** A first look at a journal; one that is not all there may lack the name of a partition, and so says nothing of the others. */
    private void foresee(Path directory, long startSequence) throws IOException {
        JournalReplay replay = new JournalReplay(files);
        replay.run(directory, startSequence, this::foresee);
        boolean isHeld = StorageLayout.heldNumber(directory).isPresent();
        mayRest &= isHeld ? replay.findings().isEmpty() : replay.isComplete();
    }

    /** A first look at the journals: what lies ahead decides what an entry means, and which segments have to be there. */
    private void foresee(JournalEntry entry) {
        PartitionId id = entry.partition();
        journaled.add(id);
        switch (entry.kind()) {
            case OPENED ->
                // Sequences ascend from life to life, whichever shard had the name; what is held back is older than
                // all.
                openedLast.merge(
                        directoryOf(entry),
                        new Opening(id, entry.sequence()),
                        (one, other) -> one.sequence > other.sequence ? one : other);
            case DELETED -> deleted.add(id);
            case LOG_START -> logStarts.merge(id, entry.offset(), Math::max);
            case APPEND -> {}
        }
    }

    private void apply(JournalEntry entry) {
        PartitionLog partition =
                entry.kind() == JournalEntry.Kind.OPENED ? opened(entry) : found.get(entry.partition());
        if (partition == null || partition.refusal() != null) {
            return; // Unknown by now, or offline: holdBack keeps what is needed later.
        }
        try {
            switch (entry.kind()) {
                case APPEND -> append(partition.writer(), entry);
                case LOG_START -> partition.writer().replayLogStart(entry.offset());
                case OPENED, DELETED -> {}
            }
        } catch (IOException | Check.InvariantViolation e) {
            takeOffline(partition, "replay", e);
        }
    }

    private Path directoryOf(JournalEntry opened) {
        return layout.partitionDirectory(topicOf(opened), opened.partition().partition());
    }

    private static String topicOf(JournalEntry opened) {
        return StandardCharsets.UTF_8.decode(opened.payload().duplicate()).toString();
    }

    /** A partition whose directory a crash may have taken, or left without the file that says whose it is; null if it is gone for good. */
    private @Nullable PartitionLog opened(JournalEntry entry) {
        PartitionId id = entry.partition();
        Path directory = directoryOf(entry);
        Opening last = openedLast.get(directory);
        if (found.containsKey(id) || last == null || !last.partition.equals(id)) {
            return found.get(id);
        }
        PartitionId occupant = occupants.get(directory);
        if (occupant != null) {
            findings.add(directory + ": entries of partition " + id + " were passed over, because " + occupant
                    + " has taken its place");
            return null;
        }
        PartitionLog partition = register(id, topicOf(entry), directory);
        try {
            if (anonymous.remove(directory)) {
                files.deleteTree(directory);
            }
            partition.writer().directory = Optional.of(new PartitionDirectory(files, directory));
            partition.writer().create(layout.provider(id, directory, partition::config));
        } catch (IOException e) {
            takeOffline(partition, "creation", e);
        }
        return partition;
    }

    /** Finishes a deletion that the crash came before. If that fails, what is left keeps its name, so that no namesake finds it. */
    private void delete(PartitionId id) {
        PartitionLog partition = found.get(id);
        if (partition == null) {
            return;
        }
        try {
            partition.writer().deleteFiles();
            found.remove(id);
            occupants.remove(layout.partitionDirectory(partition.topic(), id.partition()));
        } catch (IOException e) {
            takeOffline(partition, "deletion", e);
        }
    }

    private void append(PartitionWriter writer, JournalEntry entry) throws IOException {
        long before = writer.logEnd();
        if (!writer.replay(entry.offset(), entry.payload())) {
            if (gaps.add(entry.partition())) {
                findings.add(writer.name() + ": the journal goes on at offset " + entry.offset()
                        + ", but the log ends at " + before + "; what lies between is lost, and so is what follows");
            }
        } else if (writer.logEnd() > before) {
            replayedCount++;
            replayedSizeBytes += entry.payload().remaining();
        }
    }

    private void finish(PartitionLog partition) {
        LogShard shard = shardOf.apply(partition);
        shard.partitions().adopt(partition.writer());
        if (partition.refusal() == null && !partition.isResting()) {
            PartitionWriter writer = partition.writer();
            try {
                writer.publishRecovered();
            } catch (IOException e) {
                takeOffline(partition, "first segment", e);
                return;
            }
            if (writer.logEnd() != writer.flush.flushedOffset || !writer.flush.namesDurable) {
                shard.markDirty(writer);
            }
        }
    }

    // ---- After the flush of what was replayed

    /**
     * Puts aside, durably, what the journals hold of partitions that are offline: the segments that were found, or a failed flush, are no
     * place for it. Then no journal is needed any more.
     *
     * @throws IOException if that is impossible, e.g. on a full disk: nothing may be thrown away then, and the start fails
     */
    void holdBack() throws IOException {
        Map<PartitionId, Integer> counts = new HashMap<>();
        Path directory = layout.heldDirectory(heldNumberNext);
        try (HeldJournal held = new HeldJournal(files, directory)) {
            for (Map.Entry<Path, Long> journal : journals.entrySet()) {
                visit(new JournalReplay(files), journal.getKey(), journal.getValue(), entry -> {
                    PartitionLog partition = found.get(entry.partition());
                    if (partition != null && partition.refusal() != null && !deleted.contains(entry.partition())) {
                        held.add(entry);
                        counts.merge(entry.partition(), 1, Integer::sum);
                    }
                });
            }
            held.sync();
        }
        counts.forEach((id, count) -> {
            String finding = Objects.requireNonNull(found.get(id)).writer().name() + ": " + count
                    + " entries of the journal are held back in " + directory
                    + " until the partition can be brought back, or is deleted";
            findings.add(finding);
            log.warn("event=recovery-finding {}", finding);
        });
    }

    /** Removes journals that no shard of this life uses. Everything in them is in segments, or was held back anew. */
    void removeOldJournals(int shardsCount) throws IOException {
        for (Path directory : files.list(layout.root())) {
            boolean isFormer = StorageLayout.shardIndex(directory).orElse(0) >= shardsCount;
            if (isFormer || StorageLayout.heldNumber(directory).orElse(heldNumberNext) < heldNumberNext) {
                files.deleteTree(directory);
            }
        }
        // Else a power cut could bring entries of an earlier life back, in the middle of a later one.
        files.syncDirectory(layout.root());
    }
}
