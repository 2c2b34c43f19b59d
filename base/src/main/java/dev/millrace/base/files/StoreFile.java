package dev.millrace.base.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An open file. Positions and sizes are bytes from the start of the file.
 *
 * <p>Thread-safe for reads beside one writer. Every operation is positional: there is no cursor to share.
 */
public interface StoreFile extends AutoCloseable {

    Path path();

    long sizeBytes() throws IOException;

    /**
     * Reads until {@code target} is full or the file ends.
     *
     * @return the bytes read; fewer than were asked for only at the end of the file, 0 at or behind it
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all of {@code source} at {@code position}; extends the file as needed. Consumes {@code source}. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Writes the buffers one behind the other, in as few system calls as the platform allows. Consumes them. */
    void write(ByteBuffer[] sources, long position) throws IOException;

    /** Cuts the file to {@code sizeBytes}; does nothing if it is not longer. */
    void truncate(long sizeBytes) throws IOException;

    /**
     * Makes all bytes written so far durable ({@code fdatasync}).
     *
     * <p>When this throws, the state of the unsynced bytes is unknown for ever: calling it again proves nothing. The
     * caller fences what depends on them.
     */
    void sync() throws IOException;

    /**
     * Whether the bytes can be read without waiting for a disk, as far as the platform can tell; {@code true} where it
     * cannot.
     */
    boolean isResident(long position, int sizeBytes);

    /** The channel behind this file, for {@code sendfile} alone; empty where bytes do not live in a real file. */
    Optional<FileChannel> channel();

    @Override
    void close() throws IOException;
}
