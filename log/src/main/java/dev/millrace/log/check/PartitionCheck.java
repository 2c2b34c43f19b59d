package dev.millrace.log.check;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.Checkpoint;
import dev.millrace.log.PartitionId;
import dev.millrace.log.check.Finding.Severity;
import dev.millrace.log.compaction.CleanerCheckpoint;
import dev.millrace.log.epoch.LeaderEpochs;
import dev.millrace.log.files.PartitionMetadataFile;
import dev.millrace.log.files.SegmentPaths;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks through one partition's directory. */
final class PartitionCheck {

    private static final String EPOCHS_NAME = "leader-epoch-checkpoint";

    private final FileStore files;
    private final Path directory;
    private final int partition;
    private final CheckState state;
    /** Below it compaction may have left no batch. */
    private long compactedOffset;

    PartitionCheck(FileStore files, Path directory, int partition, CheckState state) {
        this.files = files;
        this.directory = directory;
        this.partition = partition;
        this.state = state;
    }

    /**
     * @param lines what checkpoints say
     * @param compacted how far partitions were compacted
     */
    void run(Map<PartitionId, Checkpoint.Line> lines, Map<PartitionId, CleanerCheckpoint.Line> compacted)
            throws IOException {
        List<SegmentPaths> segments = segments(files, directory);
        Optional<PartitionId> id =
                PartitionMetadataFile.read(files, directory).map(topicId -> new PartitionId(topicId, partition));
        Optional<Checkpoint.Line> line = id.flatMap(known -> Optional.ofNullable(lines.get(known)));
        if (id.isEmpty()) {
            reportMissingId(segments, lines);
        }
        long flushedOffset = line.map(Checkpoint.Line::flushedOffset).orElse(0L);
        long logStartOffset = line.map(Checkpoint.Line::logStartOffset).orElse(0L);
        compactedOffset = id.flatMap(known -> Optional.ofNullable(compacted.get(known)))
                .map(CleanerCheckpoint.Line::touchedOffset)
                .orElse(0L);
        boolean replacing = checkReplacements();
        long endOffset = checkSegments(segments, flushedOffset, logStartOffset, replacing);
        boolean gone = state.serverRunning && !files.isDirectory(directory);
        if (endOffset < flushedOffset && !gone && !state.isBroken(directory)) {
            state.add(
                    Severity.ERROR,
                    directory,
                    "ends before offset " + endOffset + ", though everything below offset " + flushedOffset
                            + " was durable",
                    "Bring the missing segments back from a copy");
        }
        checkEpochs(endOffset);
    }

    private void reportMissingId(List<SegmentPaths> segments, Map<PartitionId, Checkpoint.Line> lines) {
        String name = String.valueOf(directory.getFileName());
        boolean wasDurable = lines.entrySet().stream()
                .anyMatch(line -> line.getValue().flushedOffset() > 0
                        && line.getKey().partition() == partition
                        && line.getValue()
                                .topic()
                                .map(topic -> topic + "-" + partition)
                                .equals(Optional.of(name)));
        Path metadata = directory.resolve(PartitionMetadataFile.NAME);
        if (wasDurable) {
            state.add(
                    Severity.ERROR,
                    metadata,
                    "is missing or names no topic, though a checkpoint says that it was durable",
                    "The partition stays offline: bring the file back from a copy");
        } else {
            state.add(
                    segments.isEmpty() ? Severity.NOTE : Severity.WARNING,
                    metadata,
                    "is missing or names no topic",
                    "A crash before the partition's first flush leaves it so; the next start removes the directory and "
                            + "makes the partition anew from the journal");
        }
    }

    /** Whether compaction was cut short behind its decision: then some old segments are there, and some may be gone. */
    private boolean checkReplacements() throws IOException {
        boolean some = false;
        for (Path path : files.list(directory)) {
            if (SegmentPaths.baseOffset(path, SegmentPaths.SWAP_SUFFIX).isPresent() && !state.serverRunning) {
                some = true;
                state.add(
                        Severity.NOTE,
                        path,
                        "is a compacted segment that takes the place of others",
                        "The next start completes that");
            }
        }
        return some || state.serverRunning;
    }

    /** Gives the offset behind the last batch. */
    private long checkSegments(List<SegmentPaths> segments, long flushedOffset, long logStartOffset, boolean replacing)
            throws IOException {
        long offsetNext = segments.isEmpty() ? 0 : segments.getFirst().baseOffset();
        int leaderEpoch = -1;
        TransactionCheck transactions = new TransactionCheck(files, directory, segments, state, replacing);
        for (int i = 0; i < segments.size(); i++) {
            SegmentPaths paths = segments.get(i);
            if (paths.baseOffset() != offsetNext && !(replacing && paths.baseOffset() <= compactedOffset)) {
                checkGap(paths, offsetNext, flushedOffset, logStartOffset);
            }
            SegmentCheck check =
                    new SegmentCheck(files, paths, state, transactions, flushedOffset, compactedOffset, leaderEpoch);
            try {
                check.run(i == segments.size() - 1);
                offsetNext = check.offsetNext();
                leaderEpoch = check.leaderEpoch();
            } catch (NoSuchFileException e) {
                // Retention of a running server took it: what follows is whole for itself.
                offsetNext = i + 1 < segments.size() ? segments.get(i + 1).baseOffset() : offsetNext;
            }
        }
        return offsetNext;
    }

    private void checkGap(SegmentPaths paths, long offsetNext, long flushedOffset, long logStartOffset) {
        boolean repairable = offsetNext >= flushedOffset || paths.baseOffset() <= logStartOffset;
        state.add(
                repairable ? Severity.NOTE : Severity.ERROR,
                paths.log(),
                "begins at offset " + paths.baseOffset() + ", though the segment before it ends before offset "
                        + offsetNext,
                repairable
                        ? "A crash leaves it so; the next start puts it in order"
                        : "Bring the segment before it back from a copy");
        state.broken(directory);
    }

    private void checkEpochs(long endOffset) throws IOException {
        Path path = directory.resolve(EPOCHS_NAME);
        if (!files.exists(path)) {
            return;
        }
        String remedy = "The next start makes it anew from the segments";
        try {
            LeaderEpochs epochs = LeaderEpochs.parse(files.readAll(path));
            if (!epochs.truncatedTo(endOffset + 1).equals(epochs)) {
                state.add(
                        Severity.NOTE,
                        path,
                        "names an epoch that begins behind the end of the log, offset " + endOffset,
                        remedy);
            }
        } catch (IOException e) {
            state.add(Severity.WARNING, path, String.valueOf(e.getMessage()), remedy);
        }
    }

    /** The segments of a directory, ascending. */
    static List<SegmentPaths> segments(FileStore files, Path directory) throws IOException {
        List<SegmentPaths> segments = new ArrayList<>();
        for (Path path : files.list(directory)) {
            OptionalLong baseOffset = SegmentPaths.baseOffset(path, SegmentPaths.LOG_SUFFIX);
            if (baseOffset.isPresent()) {
                segments.add(new SegmentPaths(directory, baseOffset.getAsLong()));
            }
        }
        return segments;
    }

    /** Bytes of a segment's log; 0 if it went away meanwhile. */
    static long sizeBytes(FileStore files, SegmentPaths paths) throws IOException {
        try (StoreFile file = files.open(paths.log(), Mode.READ)) {
            return file.sizeBytes();
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
