package dev.millrace.log.files;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.time.Scheduler;
import dev.millrace.log.LogConfig;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentProvider;
import dev.millrace.log.segment.SegmentReplacement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one partition in its directory. Not thread-safe: the partition's owner calls it; segments are readable from any
 * thread.
 *
 * <p>Nothing is made on disk before the first append, so that a topic of thousands of partitions costs nothing until they are used.
 */
public final class FilesSegmentProvider implements SegmentProvider {

    /** Directories whose names end so are what is left of deleted partitions: whoever finds one at the start removes it. */
    public static final String DELETED_SUFFIX = "-delete";

    private static final Logger LOG = LoggerFactory.getLogger(FilesSegmentProvider.class);

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
        return recover(new SegmentRecovery(partition, trustedOffset, false));
    }

    @Override
    public Recovered recoverTo(long endOffset) throws IOException {
        return recover(new SegmentRecovery(partition, endOffset, true));
    }

    private Recovered recover(SegmentRecovery recovery) throws IOException {
        try {
            return recovery.run();
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

    @Override
    public SegmentReplacement replace(SealedSegment first) throws IOException {
        return new FileReplacement(partition, first.baseOffset());
    }

    /**
     * Renames the directory, durably, so that a namesake may take its place at once, and then removes what is in it. If only the latter
     * fails, the next start takes it up. May wait for the disk.
     */
    @Override
    public void deleteAll() throws IOException {
        openFiles.closeAllLater();
        Path directory = partition.directory();
        if (files.isDirectory(directory)) {
            String name = String.valueOf(directory.getFileName());
            String number = name.substring(name.lastIndexOf('-') + 1);
            Path doomed = directory.resolveSibling(topicId + "-" + number + DELETED_SUFFIX);
            if (files.exists(doomed)) {
                files.deleteTree(doomed); // What a crash left of an attempt before this one.
            }
            files.rename(directory, doomed);
            // Else a power cut could bring the directory back to where the namesake was.
            files.syncDirectory(parentOf(directory));
            removeLeftOver(doomed);
        }
        partition.directoryGone();
    }

    private void removeLeftOver(Path doomed) {
        try {
            files.deleteTree(doomed);
        } catch (IOException e) {
            LOG.warn("event=left-over-not-deleted path={} retry=next-start", doomed, e);
        }
    }

    private static Path parentOf(Path directory) {
        return Objects.requireNonNull(directory.getParent(), "a partition's directory lies in another one");
    }
}
