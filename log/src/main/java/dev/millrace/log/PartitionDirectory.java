package dev.millrace.log;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.files.SegmentPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The small files in the directory of a partition, beside its segments and {@code partition.metadata}.
 *
 * <pre>
 *   topics/NAME-N/leader-epoch-checkpoint    see LeaderEpochs                Kafka's format
 *   topics/NAME-N/OFFSET.snapshot            see ProducerSnapshot            Kafka's format
 *   topics/NAME-N/transaction-index-checkpoint   see TransactionIndexFacts   written by segments
 * </pre>
 */
final class PartitionDirectory {

    private static final String EPOCHS = "leader-epoch-checkpoint";
    private static final String SNAPSHOT_SUFFIX = ".snapshot";

    private final FileStore files;
    private final Path path;

    PartitionDirectory(FileStore files, Path path) {
        this.files = files;
        this.path = path;
    }

    Path path() {
        return path;
    }

    Optional<byte[]> epochs() throws IOException {
        Path checkpoint = path.resolve(EPOCHS);
        return files.exists(checkpoint) ? Optional.of(files.readAll(checkpoint)) : Optional.empty();
    }

    /** @param sync whether the bytes must be durable; if not, the caller syncs the whole file system afterwards */
    void writeEpochs(byte[] checkpoint, boolean sync) throws IOException {
        Path target = path.resolve(EPOCHS);
        if (files.exists(target)) {
            files.replaceAtomically(target, checkpoint);
        } else {
            write(target, checkpoint, sync);
        }
    }

    /** Offsets of the producer snapshots, ascending. */
    List<Long> snapshotOffsets() throws IOException {
        List<Long> offsets = new ArrayList<>();
        for (Path file : files.list(path)) {
            SegmentPaths.baseOffset(file, SNAPSHOT_SUFFIX).ifPresent(offsets::add);
        }
        return offsets;
    }

    byte[] readSnapshot(long offset) throws IOException {
        return files.readAll(snapshotPath(offset));
    }

    void writeSnapshot(long offset, byte[] snapshot, boolean sync) throws IOException {
        Path target = snapshotPath(offset);
        files.delete(target);
        write(target, snapshot, sync);
    }

    void deleteSnapshot(long offset) throws IOException {
        files.delete(snapshotPath(offset));
    }

    private Path snapshotPath(long offset) {
        return path.resolve(String.format("%020d", offset) + SNAPSHOT_SUFFIX);
    }

    private void write(Path target, byte[] content, boolean sync) throws IOException {
        try (StoreFile file = files.open(target, FileStore.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(content), 0);
            if (sync) {
                file.sync();
            }
        }
        if (sync) {
            files.syncDirectory(path);
        }
    }
}
