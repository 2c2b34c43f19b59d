package dev.millrace.base.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The only way to a disk. Thread-safe; the simulated one loses unsynced writes, tears them, flips bits and fills up.
 *
 * <p>What survives a power cut: bytes of a file after {@link StoreFile#sync()}; the existence, name and removal of a
 * file after {@link #syncDirectory} of its directory. Nothing else does.
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

    /** The names directly under {@code directory}, sorted; empty if there is no such directory. */
    List<Path> list(Path directory) throws IOException;

    /** Creates {@code directory} and its missing parents; does nothing if it is there. */
    void createDirectories(Path directory) throws IOException;

    /** Removes a file or an empty directory; does nothing if it is not there. Open {@link StoreFile}s stay readable. */
    void delete(Path path) throws IOException;

    /** Removes {@code directory} with everything under it; does nothing if it is not there. */
    void deleteTree(Path directory) throws IOException;

    /** Renames atomically within one file system; replaces {@code to} if {@code to} is a file. */
    void rename(Path from, Path to) throws IOException;

    /** Makes the names in {@code directory} durable: creations, renames and removals so far. */
    void syncDirectory(Path directory) throws IOException;

    /** Bytes that may still be written to the file system of {@code path} by this process. */
    long usableBytes(Path path) throws IOException;

    /** The whole file. For small files (checkpoints, metadata). */
    byte[] readAll(Path path) throws IOException;

    /**
     * Replaces the content of {@code path} so that after a crash at any moment it holds either the old content or the
     * new one, whole: temporary file, sync, rename, sync of the directory.
     */
    void replaceAtomically(Path path, byte[] content) throws IOException;

    /**
     * Takes the exclusive lock of {@code path}, creating the file if needed. The lock ends with the process.
     *
     * @throws java.nio.channels.OverlappingFileLockException never; a lock that is held is an {@link IOException} whose
     *     message names the file
     */
    AutoCloseable lock(Path path) throws IOException;
}
