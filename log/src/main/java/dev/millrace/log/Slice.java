package dev.millrace.log;

import dev.millrace.base.files.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A run of whole record batches, somewhere. Valid for at least the deletion delay of its partition
 * ({@code file.delete.delay.ms}) after it was handed out, also if its segment is deleted meanwhile. Immutable, thread-safe.
 */
public sealed interface Slice {

    int sizeBytes();

    /** Copies all bytes into {@code target}, which has room for them. May wait for a disk. */
    void copyTo(ByteBuffer target) throws IOException;

    /** Whether reading it would wait for no disk, as far as can be told. */
    boolean isResident();

    /** Bytes in a file: the wire sends them with {@code sendfile}. */
    record InFile(StoreFile file, long position, int sizeBytes) implements Slice {

        @Override
        public void copyTo(ByteBuffer target) throws IOException {
            ByteBuffer window = target.slice(target.position(), sizeBytes);
            int read = file.read(window, position);
            if (read != sizeBytes) {
                throw new IOException(
                        "read " + read + " of " + sizeBytes + " bytes at position " + position + " of " + file.path());
            }
            target.position(target.position() + sizeBytes);
        }

        @Override
        public boolean isResident() {
            return file.isResident(position, sizeBytes);
        }
    }

    /** Bytes in memory. The buffer is read-only and never changes. */
    record InMemory(ByteBuffer buffer) implements Slice {

        @Override
        public int sizeBytes() {
            return buffer.remaining();
        }

        @Override
        public void copyTo(ByteBuffer target) {
            target.put(buffer.duplicate());
        }

        @Override
        public boolean isResident() {
            return true;
        }
    }
}
