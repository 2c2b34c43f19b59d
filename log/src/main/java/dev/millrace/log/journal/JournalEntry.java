package dev.millrace.log.journal;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import dev.millrace.log.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One entry of a journal, and its bytes; everything big-endian:
 *
 * <pre>
 *   position  bytes  field
 *          0      4  sizeBytes    of the whole entry
 *          4      4  crc          CRC32C from position 8 to the end of the payload's first 61 bytes
 *          8      8  sequence     one more than that of the entry before; never used twice in the life of a data directory
 *         16      4  kind         1 append, 2 partition opened, 3 partition deleted, 4 log start moved
 *         20     16  topicId
 *         36      4  partition
 *         40      8  offset       base offset of the batches (1), new start of the log (4), else 0
 *         48         payload      record batches (1), topic name in UTF-8 (2), else nothing
 * </pre>
 *
 * <p>The CRC covers the header of the first batch and no more: each batch has its own CRC, and every later batch must continue the
 * offsets and the leader epoch of the first, so nothing that is replayed goes unchecked and no byte is summed twice.
 *
 * <p>Entries name the topic by its id: replay cannot revive a deleted topic in its namesake. The sequence tells entries of this life of
 * a recycled file from those of an earlier one.
 *
 * @param payload between position and limit; a view of the replayed file, valid only while the entry is visited
 */
public record JournalEntry(long sequence, Kind kind, PartitionId partition, long offset, ByteBuffer payload) {

    /** What an entry says. */
    public enum Kind {
        APPEND(1),
        OPENED(2),
        DELETED(3),
        LOG_START(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static final Kind[] ALL = values();

        static boolean isKnown(int code) {
            return code >= 1 && code <= ALL.length;
        }

        static Kind of(int code) {
            return ALL[code - 1];
        }
    }

    static final int HEADER_SIZE_BYTES = 48;
    private static final int CRC_COVERS_FROM = 8;

    /** Writes a header for {@code payload} at the buffer's position. Allocates only the checksum's state. */
    static void putHeader(
            ByteBuffer target, long sequence, Kind kind, PartitionId partition, long offset, ByteBuffer payload) {
        int start = target.position();
        target.putInt(HEADER_SIZE_BYTES + payload.remaining())
                .putInt(0)
                .putLong(sequence)
                .putInt(kind.code)
                .putLong(partition.topicId().mostSignificantBits())
                .putLong(partition.topicId().leastSignificantBits())
                .putInt(partition.partition())
                .putLong(offset);
        target.putInt(start + 4, crcOf(target, start, payload));
    }

    private static int crcOf(ByteBuffer header, int start, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(start + CRC_COVERS_FROM, HEADER_SIZE_BYTES - CRC_COVERS_FROM));
        crc.update(payload.slice(payload.position(), Math.min(payload.remaining(), BatchHeader.SIZE_BYTES)));
        return (int) crc.getValue();
    }

    /** Whether the bytes at {@code position} are a whole entry with this sequence. */
    static boolean isAt(ByteBuffer file, int position, long sequence) {
        int remaining = file.limit() - position;
        if (remaining < HEADER_SIZE_BYTES) {
            return false;
        }
        int sizeBytes = file.getInt(position);
        if (sizeBytes < HEADER_SIZE_BYTES
                || sizeBytes > remaining
                || file.getLong(position + 8) != sequence
                || !Kind.isKnown(file.getInt(position + 16))) {
            return false;
        }
        ByteBuffer payload = file.slice(position + HEADER_SIZE_BYTES, sizeBytes - HEADER_SIZE_BYTES);
        if (crcOf(file, position, payload) != file.getInt(position + 4)) {
            return false;
        }
        return Kind.of(file.getInt(position + 16)) != Kind.APPEND
                || areWholeBatches(payload, file.getLong(position + 40));
    }

    private static boolean areWholeBatches(ByteBuffer payload, long baseOffset) {
        long offset = baseOffset;
        int position = 0;
        while (position < payload.limit()) {
            int remaining = payload.limit() - position;
            if (remaining < BatchHeader.SIZE_BYTES) {
                return false;
            }
            int sizeBytes = BatchHeader.sizeBytes(payload, position);
            if (sizeBytes < BatchHeader.SIZE_BYTES
                    || sizeBytes > remaining
                    || BatchHeader.baseOffset(payload, position) != offset
                    || BatchHeader.leaderEpoch(payload, position) != BatchHeader.leaderEpoch(payload, 0)
                    || BatchHeader.computeCrc(payload, position, sizeBytes) != BatchHeader.crc(payload, position)) {
                return false;
            }
            offset = BatchHeader.lastOffset(payload, position) + 1;
            position += sizeBytes;
        }
        return position > 0;
    }

    static int sizeBytesAt(ByteBuffer file, int position) {
        return file.getInt(position);
    }

    /** The entry at {@code position}, where {@link #isAt} is true. */
    static JournalEntry at(ByteBuffer file, int position) {
        TopicId topicId = new TopicId(file.getLong(position + 20), file.getLong(position + 28));
        return new JournalEntry(
                file.getLong(position + 8),
                Kind.of(file.getInt(position + 16)),
                new PartitionId(topicId, file.getInt(position + 36)),
                file.getLong(position + 40),
                file.slice(position + HEADER_SIZE_BYTES, file.getInt(position) - HEADER_SIZE_BYTES));
    }
}
