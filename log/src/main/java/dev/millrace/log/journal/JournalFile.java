package dev.millrace.log.journal;

import dev.millrace.base.files.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One file of a journal: preallocated with zeros once, then written from its start again in every life, which spares each sync the
 * file system's own bookkeeping.
 *
 * <pre>
 *   position  bytes
 *          0      8  magic            "MILLJRN1"
 *          8      8  firstSequence    of this life
 *         16      4  crc              CRC32C of the 16 bytes before
 *         20     12  unused
 *         32         entries ({@link JournalEntry}), until one is not whole or has not the next sequence
 * </pre>
 *
 * <p>Owned by the shard's thread.
 */
final class JournalFile {

    static final int HEADER_SIZE_BYTES = 32;
    private static final long MAGIC = 0x4D49_4C4C_4A52_4E31L;

    final StoreFile file;
    final long capacityBytes;

    private long position;
    private long firstSequence;
    private long lastSequence = -1;
    private boolean dirty;

    JournalFile(StoreFile file, long capacityBytes) {
        this.file = file;
        this.capacityBytes = capacityBytes;
    }

    /** Begins a new life. The header is written together with the first entries. */
    ByteBuffer begin(long sequence) {
        firstSequence = sequence;
        lastSequence = sequence - 1;
        position = 0;
        return header(sequence);
    }

    boolean hasRoomFor(long sizeBytes) {
        return position + sizeBytes <= capacityBytes;
    }

    void write(ByteBuffer[] buffers, int sizeBytes, long newLastSequence) throws IOException {
        file.write(buffers, position);
        position += sizeBytes;
        lastSequence = newLastSequence;
        dirty = true;
    }

    void sync() throws IOException {
        if (dirty) {
            file.sync();
            dirty = false;
        }
    }

    long positionBytes() {
        return position;
    }

    long firstSequence() {
        return firstSequence;
    }

    long lastSequence() {
        return lastSequence;
    }

    static ByteBuffer header(long firstSequence) {
        ByteBuffer header =
                ByteBuffer.allocate(HEADER_SIZE_BYTES).putLong(MAGIC).putLong(firstSequence);
        return header.putInt(crcOf(header)).clear();
    }

    /** The first sequence that the header names; -1 if there is no valid header. */
    static long firstSequenceIn(ByteBuffer file) {
        if (file.limit() < HEADER_SIZE_BYTES || file.getLong(0) != MAGIC || file.getInt(16) != crcOf(file)) {
            return -1;
        }
        return file.getLong(8);
    }

    private static int crcOf(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, 16));
        return (int) crc.getValue();
    }
}
