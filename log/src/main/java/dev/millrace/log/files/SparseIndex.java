package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What the indexes of a segment have in common: entries of one size, of which a prefix is in a file. Its subclasses draw the bytes.
 *
 * <p>One writer appends entries. {@link #writeBack} may run beside it, one at a time.
 */
abstract class SparseIndex {

    private final int entrySizeBytes;

    /** Entries that the file has as they are here. */
    private int writtenCount;

    /** Behind the written entries there may be stale ones. */
    private long fileSizeBytes;

    private boolean unsynced;
    private boolean nameUnsynced;

    SparseIndex(int entrySizeBytes) {
        this.entrySizeBytes = entrySizeBytes;
    }

    /** Entries so far; whoever sees a count sees the entries below it. */
    abstract int count();

    /** Puts the entries from {@code fromIndex} to {@code toIndex}, exclusive, as they stand in the file. */
    abstract void encode(int fromIndex, int toIndex, ByteBuffer target);

    /** Entries that the file has as they are here. For who writes back. */
    final int writtenCount() {
        return writtenCount;
    }

    /** Whether the file has something behind the entries that are here: what could not be read, or was dropped. */
    final boolean hasTail() {
        return fileSizeBytes > (long) writtenCount * entrySizeBytes;
    }

    /** Says that all entries were read from a file of this size. */
    final void wasRead(long fileSizeBytes) {
        this.writtenCount = count();
        this.fileSizeBytes = fileSizeBytes;
    }

    /** All entries, as they stand in the file. */
    final ByteBuffer toBytes() {
        int end = count();
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(end, entrySizeBytes));
        encode(0, end, bytes);
        return bytes.flip();
    }

    /** Says that the file holds all entries, because somebody wrote {@link #toBytes} to it. */
    final void isInFile() {
        wasRead((long) count() * entrySizeBytes);
    }

    /** Says that entries were dropped. No write-back may be under way. */
    final void wasTruncated() {
        writtenCount = Math.min(writtenCount, count());
    }

    /**
     * Writes to the file what it lacks; it is made at the first entry.
     *
     * @param sync whether everything that was written so far must be durable when this returns, but for the name of a new file
     * @return whether there was anything to do
     */
    final boolean writeBack(FileStore files, Path path, boolean sync) throws IOException {
        int end = count();
        long writtenBytes = (long) writtenCount * entrySizeBytes;
        if (writtenCount == end && !hasTail() && !(sync && unsynced)) {
            return false;
        }
        boolean isNew = !files.exists(path);
        try (StoreFile file = files.open(path, isNew ? FileStore.Mode.CREATE : FileStore.Mode.WRITE)) {
            // Also what a namesake of an earlier life left behind.
            file.truncate(writtenBytes);
            if (writtenCount < end) {
                ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(end - writtenCount, entrySizeBytes));
                encode(writtenCount, end, bytes);
                file.write(bytes.flip(), writtenBytes);
            }
            if (sync) {
                file.sync();
            }
        }
        writtenCount = end;
        fileSizeBytes = (long) end * entrySizeBytes;
        unsynced = !sync;
        nameUnsynced |= isNew;
        return true;
    }

    /** Whether the file was made since {@link #synced}. */
    final boolean isNameUnsynced() {
        return nameUnsynced;
    }

    /** Says that what was written back is durable, and the file's name too. */
    final void synced() {
        unsynced = false;
        nameUnsynced = false;
    }
}
