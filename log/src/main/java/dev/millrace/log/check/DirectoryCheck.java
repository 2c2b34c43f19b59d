package dev.millrace.log.check;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.Checkpoint;
import dev.millrace.log.PartitionId;
import dev.millrace.log.check.Finding.Severity;
import dev.millrace.log.compaction.CleanerCheckpoint;
import dev.millrace.log.files.FilesSegmentProvider;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.journal.JournalReplay;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks through a whole data directory and changes nothing: every batch of every segment with its CRC, offsets that ascend without gaps,
 * indexes that agree with the log, epochs, identities, checkpoints, journals.
 *
 * <p>Works beside a running server, too: then the ends of active segments and the journals, which change meanwhile, are not judged.
 */
public final class DirectoryCheck {

    private static final String JOURNAL_PREFIX = "journal-";

    private record Partition(Path directory, int number) {}

    private final FileStore files;

    public DirectoryCheck(FileStore files) {
        this.files = files;
    }

    /**
     * Looks through {@code directory}, the one that a server is given as its data.
     *
     * @throws IOException if {@code directory} is no data directory, or a file cannot be read at all
     */
    public CheckReport run(Path directory, CheckProgress progress) throws IOException {
        Path topics = directory.resolve("topics");
        if (!files.isDirectory(topics)) {
            throw new NoSuchFileException(
                    directory.toString(), null, "is not a data directory: it has no directory \"topics\"");
        }
        CheckState state = new CheckState(isInUse(directory.resolve(".lock")), progress);
        Map<PartitionId, Checkpoint.Line> lines = new HashMap<>();
        long journalEntriesCount = checkJournals(directory, state, lines);
        Map<PartitionId, CleanerCheckpoint.Line> compacted = CleanerCheckpoint.readAll(
                files,
                directory,
                (path, what) -> state.add(
                        Severity.WARNING, path, what, "The next start compacts again what was compacted before"));
        List<Partition> partitions = partitionsIn(topics, state);
        for (Partition partition : partitions) {
            for (SegmentPaths segment : PartitionCheck.segments(files, partition.directory)) {
                state.totalBytes += PartitionCheck.sizeBytes(files, segment);
            }
        }
        for (Partition partition : partitions) {
            new PartitionCheck(files, partition.directory, partition.number, state).run(lines, compacted);
        }
        return new CheckReport(
                state.serverRunning,
                partitions.size(),
                state.segmentsCount,
                state.batchesCount,
                state.recordsCount,
                state.doneBytes,
                journalEntriesCount,
                state.findings());
    }

    private boolean isInUse(Path lock) {
        if (!files.exists(lock)) {
            return false;
        }
        try (Closeable held = files.lock(lock)) {
            return held == null;
        } catch (IOException e) {
            return true;
        }
    }

    private List<Partition> partitionsIn(Path topics, CheckState state) throws IOException {
        List<Partition> partitions = new ArrayList<>();
        for (Path path : files.list(topics)) {
            String name = String.valueOf(path.getFileName());
            int dash = name.lastIndexOf('-');
            if (name.endsWith(FilesSegmentProvider.DELETED_SUFFIX)) {
                state.add(Severity.NOTE, path, "is what is left of a deleted partition", "The server removes it");
            } else if (dash < 1
                    || !files.isDirectory(path)
                    || !name.substring(dash + 1).matches("\\d{1,9}")) {
                state.add(
                        Severity.WARNING,
                        path,
                        "is not a partition's directory",
                        "Move it elsewhere: nothing reads it here");
            } else {
                partitions.add(new Partition(path, Integer.parseInt(name.substring(dash + 1))));
            }
        }
        return partitions;
    }

    /** Reads checkpoints into {@code lines}; gives how many entries of journals the next start would look at. */
    private long checkJournals(Path directory, CheckState state, Map<PartitionId, Checkpoint.Line> lines)
            throws IOException {
        long entriesCount = 0;
        for (Path path : files.list(directory)) {
            if (String.valueOf(path.getFileName()).startsWith(JOURNAL_PREFIX)) {
                Checkpoint checkpoint = readCheckpoint(path.resolve("checkpoint"), state);
                lines.putAll(checkpoint.partitions());
                if (!checkpoint.clean() && !state.serverRunning) {
                    entriesCount += replay(path, checkpoint, state);
                }
            }
        }
        return entriesCount;
    }

    private Checkpoint readCheckpoint(Path path, CheckState state) throws IOException {
        if (!files.exists(path)) {
            return Checkpoint.NONE;
        }
        try {
            return Checkpoint.parse(files.readAll(path));
        } catch (IOException e) {
            state.add(
                    Severity.WARNING,
                    path,
                    String.valueOf(e.getMessage()),
                    "The next start verifies all segments whole, which takes longer, and replays the journal from its"
                            + " beginning");
            return Checkpoint.NONE;
        }
    }

    private long replay(Path directory, Checkpoint checkpoint, CheckState state) throws IOException {
        JournalReplay replay = new JournalReplay(files);
        replay.run(directory, checkpoint.journalStartSequence(), entry -> {});
        replay.findings()
                .forEach(finding -> state.add(
                        Severity.ERROR,
                        directory,
                        finding,
                        "Records that were acknowledged after the last flush are lost unless a copy of the"
                                + " file is found"));
        return replay.entriesCount();
    }
}
