package dev.millrace.base.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An open file. Positions and sizes are bytes from the start of the file.
 *
 * <p>Thread-safe for reads beside one writer. Every operation is positional: there is no cursor to share. Direct buffers are not
 * copied on their way; others are.
 */
public interface StoreFile extends Closeable {

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

    /**
     * Extends the file to {@code sizeBytes} with zeros that are really written, so that after a {@link #sync()} writes within that size
     * change no metadata and sync faster; does nothing if it is that long already.
     *
     * @throws IOException also when the disk is full; the file may have grown in part
     */
    void preallocate(long sizeBytes) throws IOException;

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

    /**
     * Reads the bytes into the page cache, and waits for that; bytes behind the end are ignored. For a thread that may wait, so that
     * {@code sendfile} on another need not.
     */
    void load(long position, int sizeBytes) throws IOException;

    /** The channel behind this file, for {@code sendfile} alone; empty where bytes do not live in a real file. */
    Optional<FileChannel> channel();

    @Override
    void close() throws IOException;
}
