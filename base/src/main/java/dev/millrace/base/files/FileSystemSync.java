package dev.millrace.base.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code syncfs(2)} on the file system of a directory.
 *
 * <p>The kernel reports an error of any file of a file system once to each descriptor that was open when it happened. So there is one
 * descriptor for each file system, kept open from the first call on, and an error that it told is remembered for all later callers.
 */
final class FileSystemSync {

    private static final Logger log = LoggerFactory.getLogger(FileSystemSync.class);

    /**
     * Those whose writeback errors reach {@code syncfs} (Linux 5.8 and later). Not overlay, network and user-space ones: they write back
     * through another file system, whose errors the outer one does not always hear of.
     */
    private static final Set<String> FAITHFUL_TYPES = Set.of("ext4", "xfs", "btrfs", "f2fs", "tmpfs");

    private static final Map<Object, FileSystemSync> BY_DEVICE = new HashMap<>();

    private final int fd;
    private Optional<IOException> failure = Optional.empty();

    /**
     * Whether the kernel has told this descriptor all that happened before it was opened. An error told by the first call may be years old
     * and another program's: then each file is asked by itself, whose error is its own.
     */
    private boolean heardAll;

    private FileSystemSync(int fd) {
        this.fd = fd;
    }

    /** Answers {@code false}, having done nothing, where errors would not be told faithfully. */
    static boolean sync(Path directory) throws IOException {
        if (!Platform.IS_LINUX || !NativeCalls.bind()) {
            return false;
        }
        FileSystemSync fileSystem = of(directory);
        if (fileSystem.fd < 0) {
            return false;
        }
        return fileSystem.sync(directory.toString());
    }

    private static FileSystemSync of(Path directory) throws IOException {
        Object device = Files.getAttribute(directory, "unix:dev");
        synchronized (BY_DEVICE) {
            FileSystemSync known = BY_DEVICE.get(device);
            if (known == null) {
                known = new FileSystemSync(isFaithful(directory) ? NativeCalls.openForReading(directory) : -1);
                BY_DEVICE.put(device, known);
            }
            return known;
        }
    }

    private static boolean isFaithful(Path directory) throws IOException {
        return Platform.isLinuxAtLeast(5, 8)
                && FAITHFUL_TYPES.contains(Files.getFileStore(directory).type());
    }

    /** One at a time: of two callers at once only one would hear of an error. */
    private synchronized boolean sync(String directory) throws IOException {
        if (failure.isEmpty()) {
            int errno = NativeCalls.syncfs(fd);
            if (errno == 0) {
                heardAll = true;
                return true;
            }
            if (!heardAll) {
                heardAll = true;
                log.warn("event=old-writeback-error directory={} errno={}", directory, errno);
                return false;
            }
            failure = Optional.of(new IOException("the file system of " + directory
                    + " could not be written back: syncfs failed with errno " + errno));
        }
        throw new IOException(failure.get().getMessage(), failure.get());
    }
}
