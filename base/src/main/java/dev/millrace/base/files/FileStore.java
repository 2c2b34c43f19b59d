package dev.millrace.base.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The only way to a disk. Thread-safe; the simulated one loses unsynced writes, tears them, flips bits and fills up.
 *
 * <p>What survives a power cut: bytes of a file after {@link StoreFile#sync()} (or {@link #syncFileSystem}); the existence, name and
 * removal of a file or directory after {@link #syncDirectory} of the directory that holds it. Nothing else does.
 *
 * <p>Never interrupt a thread that is inside a method of a store or of its files: the JDK closes the file under everybody then.
 */
public interface FileStore {

    /** How {@link #open} treats a file that is there, or is not. */
    enum Mode {
        /** Must exist; writes fail. */
        READ,
        /** Must exist. */
        WRITE,
        /** Must not exist; is created empty. */
        CREATE
    }

    /**
     * Opens a file.
     *
     * @throws java.nio.file.NoSuchFileException if {@code mode} needs the file and it is not there
     * @throws java.nio.file.FileAlreadyExistsException if {@code mode} is {@link Mode#CREATE} and it is there
     */
    StoreFile open(Path path, Mode mode) throws IOException;

    boolean exists(Path path);

    /** What lies directly under {@code directory}, each as {@code directory.resolve(name)}, sorted; empty if there is no such directory. */
    List<Path> list(Path directory) throws IOException;

    /** Whether {@code path} is a directory; {@code false} if it is not there. */
    boolean isDirectory(Path path);

    /**
     * Creates {@code directory} and its missing parents; does nothing if it is there. Durable only after {@link #syncDirectory} of
     * each parent.
     */
    void createDirectories(Path directory) throws IOException;

    /** Removes a file or an empty directory; does nothing if it is not there. Open {@link StoreFile}s stay readable. */
    void delete(Path path) throws IOException;

    /** Removes {@code directory} with everything under it; does nothing if it is not there. */
    void deleteTree(Path directory) throws IOException;

    /** Renames atomically within one file system; replaces {@code to} if {@code to} is a file. */
    void rename(Path from, Path to) throws IOException;

    /** Makes the names in {@code directory} durable: creations, renames and removals so far. */
    void syncDirectory(Path directory) throws IOException;

    /**
     * Makes durable whatever any process has written so far to the file system that holds {@code directory}, names included:
     * {@code syncfs(2)}, one call instead of one {@link StoreFile#sync()} for each of hundreds of dirty files.
     *
     * <p>It waits for other programs' dirty data too, so it belongs into the background. An error of any file of that file system is
     * thrown, and as with {@link StoreFile#sync()} a failure is final.
     *
     * @return {@code false} if errors would not be told faithfully (not Linux 5.8 or later, a layered or network file system, or an old
     *     error that cannot be told from a new one): nothing is promised, and the caller syncs each file and directory by itself. A
     *     caller that closes files unsynced, trusting in this call, opens them again then
     */
    boolean syncFileSystem(Path directory) throws IOException;

    /** Bytes that may still be written to the file system of {@code path} by this process. */
    long usableBytes(Path path) throws IOException;

    /** Bytes that the file system of {@code path} has in all; -1 if that cannot be told. */
    default long totalBytes(Path path) throws IOException {
        return -1;
    }

    /** The whole file, at most 2 GiB. For small files (checkpoints, metadata). */
    byte[] readAll(Path path) throws IOException;

    /**
     * Replaces the content of {@code path} so that after a crash at any moment it holds either the old content or the
     * new one, whole: temporary file ({@code path} with {@code .tmp} behind), sync, rename, sync of the directory.
     */
    void replaceAtomically(Path path, byte[] content) throws IOException;

    /**
     * Takes the exclusive lock of {@code path}, creating the file if needed. Closing gives it back; it ends with the process at
     * the latest. The file stays.
     *
     * @throws IOException if somebody holds it; the message names the file, and the process if it can be told
     */
    Closeable lock(Path path) throws IOException;
}
