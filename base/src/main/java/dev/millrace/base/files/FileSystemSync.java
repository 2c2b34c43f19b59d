package dev.millrace.base.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code syncfs(2)} on the file system of a directory.
 *
 * <p>The kernel reports an error of any file of a file system once to each descriptor that was open when it happened. So there is one
 * descriptor for each file system, kept open from the first call on, and an error that it told is remembered for all later callers.
 */
final class FileSystemSync {

    /**
     * Those whose writeback errors reach {@code syncfs} (Linux 5.8 and later). Not overlay, network and user-space ones: they write back
     * through another file system, whose errors the outer one does not always hear of.
     */
    private static final Set<String> FAITHFUL_TYPES = Set.of("ext4", "xfs", "btrfs", "f2fs", "tmpfs");

    private static final Map<Object, FileSystemSync> BY_DEVICE = new HashMap<>();

    private final int fd;
    private Optional<IOException> failure = Optional.empty();

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
        fileSystem.sync(directory.toString());
        return true;
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
    private synchronized void sync(String directory) throws IOException {
        if (failure.isEmpty()) {
            int errno = NativeCalls.syncfs(fd);
            if (errno == 0) {
                return;
            }
            failure = Optional.of(new IOException("the file system of " + directory
                    + " could not be written back: syncfs failed with errno " + errno));
        }
        throw new IOException(failure.get().getMessage(), failure.get());
    }
}
