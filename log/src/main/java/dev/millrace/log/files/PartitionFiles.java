package dev.millrace.log.files;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.FileStore;
import dev.millrace.log.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** What the segments of one partition share: its directory, its settings, its open files. */
final class PartitionFiles {

    private final FileStore files;
    private final Path directory;
    private final TopicId topicId;
    private final Supplier<LogConfig> config;
    private final OpenFiles openFiles;
    private final TransactionIndexFacts transactionFacts;

    /** Set by the writer alone. */
    private boolean directoryExists;

    /** Set by who flushes; a flush too many does no harm. */
    private volatile boolean directoryFlushed;

    PartitionFiles(FileStore files, Path directory, TopicId topicId, Supplier<LogConfig> config, OpenFiles openFiles) {
        this.files = files;
        this.directory = directory;
        this.topicId = topicId;
        this.config = config;
        this.openFiles = openFiles;
        this.transactionFacts = new TransactionIndexFacts(files, directory);
    }

    FileStore files() {
        return files;
    }

    Path directory() {
        return directory;
    }

    OpenFiles openFiles() {
        return openFiles;
    }

    /** What the transaction indexes hold. Whoever writes one, or replaces a segment that has one, tells it. */
    TransactionIndexFacts transactionFacts() {
        return transactionFacts;
    }

    int indexIntervalBytes() {
        return config.get().indexIntervalBytes();
    }

    boolean directoryExists() {
        return directoryExists;
    }

    void directoryFound() {
        directoryExists = true;
    }

    /**
     * Makes the directory and the file that says whose it is, unless they are there.
     *
     * @throws IOException also if something else is in the place: the bytes of another partition never become this one's
     */
    void ensureDirectory() throws IOException {
        if (!directoryExists) {
            refuseForeignDirectory();
            files.createDirectories(directory);
            writeMetadata();
            directoryExists = true;
        }
    }

    private void refuseForeignDirectory() throws IOException {
        if (!files.isDirectory(directory)) {
            return;
        }
        Optional<TopicId> owner = PartitionMetadataFile.read(files, directory);
        if (owner.isPresent() && !owner.get().equals(topicId)) {
            throw new IOException(directory + " belongs to a partition of topic " + owner.get() + ", not to one of "
                    + topicId + ": move it elsewhere and restart");
        }
        for (Path path : files.list(directory)) {
            if (SegmentPaths.baseOffset(path, SegmentPaths.LOG_SUFFIX).isPresent()) {
                throw new IOException(
                        path + " stands where a new partition begins: move its directory elsewhere and restart");
            }
        }
    }

    private void writeMetadata() throws IOException {
        PartitionMetadataFile.write(files, directory, topicId);
    }

    /** Writes whose directory it is once more, into a new file, durably. */
    void rewriteMetadata() throws IOException {
        PartitionMetadataFile.rewrite(files, directory, topicId);
    }

    void directoryGone() {
        directoryExists = false;
        directoryFlushed = false;
    }

    /** Makes the names of the partition's files durable, and the first time that of its directory too. */
    void syncNames() throws IOException {
        if (!directoryFlushed) {
            PartitionMetadataFile.sync(files, directory);
            Path parent = directory.getParent();
            if (parent != null) {
                files.syncDirectory(parent);
            }
        }
        files.syncDirectory(directory);
        directoryFlushed = true;
    }
}
