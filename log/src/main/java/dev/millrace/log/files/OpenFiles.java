package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.base.time.Scheduler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The .log files of a partition that are open. A file whose segment is deleted stays open, and so readable, for the deletion delay,
 * because slices of it may still be on their way to a client. Thread-safe.
 */
final class OpenFiles {

    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final FileStore files;
    private final Scheduler scheduler;
    private final Executor background;
    private final LongSupplier deleteDelayMs;
    private final Set<StoreFile> open = ConcurrentHashMap.newKeySet();

    /** @param background closes files: the last close of a deleted file waits until its blocks are given back */
    OpenFiles(FileStore files, Scheduler scheduler, Executor background, LongSupplier deleteDelayMs) {
        this.files = files;
        this.scheduler = scheduler;
        this.background = background;
        this.deleteDelayMs = deleteDelayMs;
    }

    StoreFile open(Path path, FileStore.Mode mode) throws IOException {
        StoreFile file = files.open(path, mode);
        open.add(file);
        return file;
    }

    void closeNow(StoreFile file) throws IOException {
        open.remove(file);
        file.close();
    }

    void closeLater(StoreFile file) {
        open.remove(file);
        scheduler.schedule(deleteDelayMs.getAsLong(), () -> background.execute(() -> closeQuietly(file)));
    }

    void closeAllLater() {
        open.forEach(this::closeLater);
    }

    private static void closeQuietly(StoreFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("closing a deleted file failed file={}", file.path(), e);
        }
    }
}
