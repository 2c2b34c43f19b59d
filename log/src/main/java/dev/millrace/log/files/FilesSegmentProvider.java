package dev.millrace.log.files;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.time.Scheduler;
import dev.millrace.log.LogConfig;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SegmentProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The segments of one partition in its directory. Not thread-safe: the partition's owner calls it; segments are readable from any
 * thread.
 *
 * <p>Nothing is made on disk before the first append, so that a topic of thousands of partitions costs nothing until they are used.
 */
public final class FilesSegmentProvider implements SegmentProvider {

    /** Directories whose names end so are what is left of deleted partitions: whoever finds one at the start removes it. */
    public static final String DELETED_SUFFIX = "-delete";

    private final FileStore files;
    private final TopicId topicId;
    private final OpenFiles openFiles;
    private final PartitionFiles partition;

    /**
     * @param directory of the partition, {@code NAME-N}; need not exist
     * @param config asked again at each use: it may change
     * @param background closes deleted files, which may wait for the disk
     */
    public FilesSegmentProvider(
            FileStore files,
            Path directory,
            TopicId topicId,
            Supplier<LogConfig> config,
            Scheduler scheduler,
            Executor background) {
        this.files = files;
        this.topicId = topicId;
        this.openFiles =
                new OpenFiles(files, scheduler, background, () -> config.get().fileDeleteDelayMs());
        this.partition = new PartitionFiles(files, directory, topicId, config, openFiles);
    }

    @Override
    public Recovered recover(long trustedOffset) throws IOException {
        try {
            return new SegmentRecovery(partition, trustedOffset).run();
        } catch (IOException e) {
            openFiles.closeAllLater();
            throw e;
        }
    }

    @Override
    public ActiveSegment create(long baseOffset) throws IOException {
        ActiveFileSegment segment = new ActiveFileSegment(partition, baseOffset);
        if (partition.directoryExists() || baseOffset > 0) {
            segment.createFile();
        }
        return segment;
    }

    /** Renames the directory, so that a namesake may take its place at once, and removes what is in it. May wait for the disk. */
    @Override
    public void deleteAll() throws IOException {
        openFiles.closeAllLater();
        Path directory = partition.directory();
        if (files.isDirectory(directory)) {
            String name = String.valueOf(directory.getFileName());
            String number = name.substring(name.lastIndexOf('-') + 1);
            Path doomed = directory.resolveSibling(topicId + "-" + number + DELETED_SUFFIX);
            files.rename(directory, doomed);
            files.deleteTree(doomed);
        }
        partition.directoryGone();
    }
}
