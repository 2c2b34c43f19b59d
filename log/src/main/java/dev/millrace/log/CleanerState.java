package dev.millrace.log;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.compaction.CleanerCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** What one thread that compacts remembers across starts. Owned by that thread. */
final class CleanerState {

    private final FileStore files;
    private final Path path;
    private final Predicate<PartitionId> exists;
    private final boolean durable;
    private final Map<PartitionId, CleanerCheckpoint.Line> lines = new HashMap<>();

    /** @param exists asked before each write: what is said of partitions that are gone is dropped. Any thread */
    CleanerState(FileStore files, Path directory, int index, Predicate<PartitionId> exists, boolean durable) {
        this.files = files;
        this.path = directory.resolve(CleanerCheckpoint.NAME_PREFIX + index);
        this.exists = exists;
        this.durable = durable;
    }

    /** Takes over what an earlier life knew of a partition. */
    void recovered(PartitionId id, CleanerCheckpoint.Line line) {
        lines.put(id, line);
    }

    /** Says, durably, that offsets before {@code offset} may go missing from now on. */
    void begins(PartitionId id, long offset) throws IOException {
        put(id, new CleanerCheckpoint.Line(0, offset));
    }

    /** Says, durably, that everything before {@code offset} is compacted. */
    void ended(PartitionId id, long offset) throws IOException {
        put(id, new CleanerCheckpoint.Line(offset, offset));
    }

    private void put(PartitionId id, CleanerCheckpoint.Line line) throws IOException {
        lines.merge(id, line, CleanerCheckpoint.Line::plus);
        if (durable) {
            lines.keySet().removeIf(exists.negate());
            files.replaceAtomically(path, CleanerCheckpoint.toBytes(lines));
        }
    }
}
