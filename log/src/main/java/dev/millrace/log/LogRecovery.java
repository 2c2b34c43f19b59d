package dev.millrace.log;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.FileStore;
import dev.millrace.log.files.FilesSegmentProvider;
import dev.millrace.log.files.PartitionMetadataFile;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings all partitions of a data directory back: what the segments hold, cut to what is whole, and behind it what the journals hold.
 * After a clean shutdown no data is read and no journal looked at. Runs before the shards do; used once.
 */
final class LogRecovery {

    private static final Logger log = LoggerFactory.getLogger(LogRecovery.class);
    private static final String JOURNAL_PREFIX = "journal-";

    private final LogEnvironment environment;
    private final FileStore files;
    private final StorageLayout layout;
    private final BiFunction<PartitionId, String, PartitionLog> newLog;
    private final Function<PartitionLog, LogShard> shardOf = PartitionLog::shard;

    private final Map<PartitionId, PartitionLog> found = new HashMap<>();
    private final Map<Path, PartitionId> occupants = new HashMap<>();
    private final Set<Path> anonymous = new HashSet<>();
    /** What is left of deleted partitions. */
    private final List<Path> leftOvers = new ArrayList<>();

    private final Set<PartitionId> deleted = new HashSet<>();
    private final Map<PartitionId, Long> logStarts = new HashMap<>();
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
        Map<Path, Long> journals = readCheckpoints();
        if (!clean) {
            for (Map.Entry<Path, Long> journal : journals.entrySet()) {
                new JournalReplay(files).run(journal.getKey(), journal.getValue(), this::foresee);
            }
        }
        recoverPartitions();
        for (PartitionId id : deleted) {
            delete(id);
        }
        if (!clean) {
            for (Map.Entry<Path, Long> journal : journals.entrySet()) {
                replay(journal.getKey(), journal.getValue());
            }
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

    /** The journals, each with the first sequence that may have to be replayed. */
    private Map<Path, Long> readCheckpoints() throws IOException {
        Map<Path, Long> journals = new HashMap<>();
        for (Path directory : files.list(layout.root())) {
            if (!String.valueOf(directory.getFileName()).startsWith(JOURNAL_PREFIX)) {
                continue;
            }
            Checkpoint checkpoint = readCheckpoint(directory.resolve("checkpoint"));
            clean &= checkpoint.clean();
            sequenceFound = Math.max(sequenceFound, checkpoint.journalStartSequence());
            journals.put(directory, checkpoint.journalStartSequence());
            lines.putAll(checkpoint.partitions());
        }
        return journals;
    }

    private Checkpoint readCheckpoint(Path path) throws IOException {
        if (!files.exists(path)) {
            return Checkpoint.NONE;
        }
        try {
            return Checkpoint.parse(files.readAll(path));
        } catch (IOException e) {
            findings.add(path + ": passed over (" + e.getMessage() + ")" + "; all segments are verified whole");
            return Checkpoint.NONE;
        }
    }

    private void recoverPartitions() throws IOException {
        for (Path directory : files.list(layout.topics())) {
            String name = String.valueOf(directory.getFileName());
            if (name.endsWith(FilesSegmentProvider.DELETED_SUFFIX)) {
                leftOvers.add(directory);
                continue;
            }
            int dash = name.lastIndexOf('-');
            if (!files.isDirectory(directory)
                    || dash < 1
                    || !name.substring(dash + 1).matches("\\d{1,9}")) {
                findings.add(directory + ": left alone, because it is not a partition's directory");
                continue;
            }
            Optional<TopicId> topicId = PartitionMetadataFile.read(files, directory);
            if (topicId.isEmpty()) {
                anonymous.add(directory);
            } else {
                PartitionId id = new PartitionId(topicId.get(), Integer.parseInt(name.substring(dash + 1)));
                recover(id, name.substring(0, dash), directory);
            }
        }
    }

    private void deleteLeftOver(Path directory) {
        try {
            files.deleteTree(directory);
        } catch (IOException e) {
            log.warn("event=left-over-not-deleted path={}", directory, e);
        }
    }

    private void recover(PartitionId id, String topic, Path directory) {
        PartitionLog partition = register(id, topic, directory);
        SegmentProvider provider = layout.provider(id, directory, partition::config);
        partition.writer().useProvider(provider); // Also if it stays offline: so that it can be deleted.
        try {
            new PartitionRecovery(
                            partition.writer(),
                            files,
                            directory,
                            provider,
                            Optional.ofNullable(lines.get(id)),
                            findings)
                    .run(logStarts.getOrDefault(id, 0L));
        } catch (IOException e) {
            log.error("event=partition-offline partition={} what=recovery", directory.getFileName(), e);
            findings.add(directory.getFileName() + " is offline: " + e.getMessage());
            partition.goOffline(new MillraceException(
                    ErrorCode.PARTITION_OFFLINE,
                    topic + "-" + id.partition() + " could not be recovered: " + e.getMessage(),
                    e));
        }
    }

    private PartitionLog register(PartitionId id, String topic, Path directory) {
        PartitionLog partition = newLog.apply(id, topic);
        found.put(id, partition);
        occupants.put(directory, id);
        return partition;
    }

    // ---- Replay

    private void replay(Path directory, long startSequence) throws IOException {
        JournalReplay replay = new JournalReplay(files);
        try {
            replay.run(directory, startSequence, entry -> {
                if (deleted.contains(entry.partition())) {
                    return;
                }
                try {
                    apply(entry);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException(
                    "the journal " + directory + " could not be replayed: " + e.getMessage(), e.getCause());
        }
        findings.addAll(replay.findings());
        sequenceFound = Math.max(sequenceFound, replay.sequenceNext());
    }
    /**
     * A first look at the journal. What it says of a partition that was deleted later must not touch the namesake that came after; and
     * how far the start of a log has moved decides which segments have to be there.
     */
    private void foresee(JournalEntry entry) {
        if (entry.kind() == JournalEntry.Kind.DELETED) {
            deleted.add(entry.partition());
        } else if (entry.kind() == JournalEntry.Kind.LOG_START) {
            logStarts.merge(entry.partition(), entry.offset(), Math::max);
        }
    }

    private void apply(JournalEntry entry) throws IOException {
        switch (entry.kind()) {
            case OPENED -> opened(entry);
            case DELETED -> throw new IllegalStateException("deletions were applied before");
            case APPEND -> append(entry);
            case LOG_START -> {
                PartitionLog partition = found.get(entry.partition());
                if (partition != null) {
                    partition.writer().replayLogStart(entry.offset());
                }
            }
        }
    }

    /** A partition whose directory a crash may have taken, or left without the file that says whose it is. */
    private void opened(JournalEntry entry) throws IOException {
        PartitionId id = entry.partition();
        if (found.containsKey(id)) {
            return;
        }
        String topic = StandardCharsets.UTF_8.decode(entry.payload()).toString();
        Path directory = layout.partitionDirectory(topic, id.partition());
        PartitionId occupant = occupants.get(directory);
        if (occupant != null) {
            delete(occupant);
        }
        if (anonymous.remove(directory)) {
            files.deleteTree(directory);
        }
        PartitionLog partition = register(id, topic, directory);
        partition.writer().directory = Optional.of(new PartitionDirectory(files, directory));
        partition.writer().create(layout.provider(id, directory, partition::config));
    }

    private void delete(PartitionId id) throws IOException {
        PartitionLog partition = found.remove(id);
        if (partition != null) {
            // A deletion that a crash cut short may be in the way of its own repetition.
            leftOvers.forEach(this::deleteLeftOver);
            leftOvers.clear();
            occupants.remove(layout.partitionDirectory(partition.topic(), id.partition()));
            partition.writer().deleteFiles();
        }
    }

    private void append(JournalEntry entry) throws IOException {
        PartitionLog partition = found.get(entry.partition());
        if (partition == null || partition.refusal() != null) {
            return;
        }
        PartitionWriter writer = partition.writer();
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
        shard.adopt(partition.writer());
        if (partition.refusal() == null) {
            PartitionWriter writer = partition.writer();
            writer.publishRecovered();
            if (writer.logEnd() != writer.flush.flushedOffset || !writer.flush.namesDurable) {
                shard.markDirty(writer);
            }
        }
    }
}
