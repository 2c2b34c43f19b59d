package dev.millrace.log.records;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The header of a record batch, format v2: Kafka's since 0.11 (KIP-98), and ours on disk and on the wire. Everything is big-endian.
 *
 * <pre>
 *   position  bytes  field
 *          0      8  baseOffset             assigned by the log
 *          8      4  batchLength            bytes that follow this field
 *         12      4  partitionLeaderEpoch   assigned by the log
 *         16      1  magic                  2
 *         17      4  crc                    CRC32C of everything from position 21 to the end
 *         21      2  attributes             bits 0-2 codec, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon
 *         23      4  lastOffsetDelta
 *         27      8  baseTimestampMs        (the delete horizon, if bit 6 is set)
 *         35      8  maxTimestampMs
 *         43      8  producerId             -1: not idempotent
 *         51      2  producerEpoch
 *         53      4  baseSequence
 *         57      4  recordsCount
 *         61         records, compressed together by the codec
 * </pre>
 *
 * <p>Static functions over (buffer, position of the batch): allocation-free. They read what is there and judge nothing.
 */
public final class BatchHeader {

    /** Bytes before the records. */
    public static final int SIZE_BYTES = 61;

    /** Bytes before {@code partitionLeaderEpoch}: offset and length, the least that tells how long a batch is. */
    public static final int LENGTH_PREFIX_BYTES = 12;

    /** Where the bytes that the CRC covers begin. */
    public static final int CRC_COVERS_FROM = 21;

    public static final byte MAGIC = 2;

    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final long NO_TIMESTAMP = -1;

    private static final int CODEC_MASK = 0x07;
    private static final int LOG_APPEND_TIME_BIT = 0x08;
    private static final int TRANSACTIONAL_BIT = 0x10;
    private static final int CONTROL_BIT = 0x20;
    private static final int DELETE_HORIZON_BIT = 0x40;

    private BatchHeader() {}

    public static long baseOffset(ByteBuffer buffer, int position) {
        return buffer.getLong(position);
    }

    /** Bytes of the whole batch, header included. A hostile header may give a negative number. */
    public static int sizeBytes(ByteBuffer buffer, int position) {
        return buffer.getInt(position + 8) + LENGTH_PREFIX_BYTES;
    }

    public static int leaderEpoch(ByteBuffer buffer, int position) {
        return buffer.getInt(position + 12);
    }

    public static byte magic(ByteBuffer buffer, int position) {
        return buffer.get(position + 16);
    }

    /** The CRC as it stands there, unsigned in the lower 32 bits. */
    public static long crc(ByteBuffer buffer, int position) {
        return buffer.getInt(position + 17) & 0xFFFF_FFFFL;
    }

    public static short attributes(ByteBuffer buffer, int position) {
        return buffer.getShort(position + 21);
    }

    /** The codec's id, 0 to 7. */
    public static int codecId(ByteBuffer buffer, int position) {
        return attributes(buffer, position) & CODEC_MASK;
    }

    public static boolean isLogAppendTime(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & LOG_APPEND_TIME_BIT) != 0;
    }

    public static boolean isTransactional(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & TRANSACTIONAL_BIT) != 0;
    }

    public static boolean isControl(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & CONTROL_BIT) != 0;
    }

    public static boolean hasDeleteHorizon(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & DELETE_HORIZON_BIT) != 0;
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int position) {
        return buffer.getInt(position + 23);
    }

    public static long lastOffset(ByteBuffer buffer, int position) {
        return baseOffset(buffer, position) + lastOffsetDelta(buffer, position);
    }

    public static long baseTimestampMs(ByteBuffer buffer, int position) {
        return buffer.getLong(position + 27);
    }

    public static long maxTimestampMs(ByteBuffer buffer, int position) {
        return buffer.getLong(position + 35);
    }

    public static long producerId(ByteBuffer buffer, int position) {
        return buffer.getLong(position + 43);
    }

    public static short producerEpoch(ByteBuffer buffer, int position) {
        return buffer.getShort(position + 51);
    }

    public static int baseSequence(ByteBuffer buffer, int position) {
        return buffer.getInt(position + 53);
    }

    public static int recordsCount(ByteBuffer buffer, int position) {
        return buffer.getInt(position + 57);
    }

    /** Outside the CRC: changed when the log assigns the offset. */
    public static void putBaseOffset(ByteBuffer buffer, int position, long baseOffset) {
        buffer.putLong(position, baseOffset);
    }

    /** Outside the CRC: changed when the log assigns the offset. */
    public static void putLeaderEpoch(ByteBuffer buffer, int position, int leaderEpoch) {
        buffer.putInt(position + 12, leaderEpoch);
    }

    static short attributes(Codec codec, boolean transactional, boolean control) {
        return (short) (codec.id() | (transactional ? TRANSACTIONAL_BIT : 0) | (control ? CONTROL_BIT : 0));
    }

    /** Writes the whole header at position 0 of a batch whose records are in place and end at the limit; computes the CRC. */
    static void write(
            ByteBuffer batch,
            long baseOffset,
            int leaderEpoch,
            short attributes,
            int recordsCount,
            long baseTimestampMs,
            long maxTimestampMs,
            long producerId,
            short producerEpoch,
            int baseSequence) {
        batch.putLong(0, baseOffset);
        putSizeBytes(batch, 0, batch.limit());
        batch.putInt(12, leaderEpoch);
        batch.put(16, MAGIC);
        batch.putShort(21, attributes);
        batch.putInt(23, recordsCount - 1);
        batch.putLong(27, baseTimestampMs);
        batch.putLong(35, maxTimestampMs);
        batch.putLong(43, producerId);
        batch.putShort(51, producerEpoch);
        batch.putInt(53, baseSequence);
        batch.putInt(57, recordsCount);
        putCrc(batch, 0, computeCrc(batch, 0, batch.limit()));
    }

    /** Marks the batch as one whose records all bear {@code timestampMs}, given by the log. Inside the CRC: compute it anew. */
    static void putLogAppendTime(ByteBuffer buffer, int position, long timestampMs) {
        buffer.putShort(position + 21, (short) (attributes(buffer, position) | LOG_APPEND_TIME_BIT));
        putMaxTimestamp(buffer, position, timestampMs);
    }

    /** Takes back what {@link #putLogAppendTime} says: each record bears its own time. Inside the CRC: compute it anew. */
    static void clearLogAppendTime(ByteBuffer buffer, int position) {
        buffer.putShort(position + 21, (short) (attributes(buffer, position) & ~LOG_APPEND_TIME_BIT));
    }

    /** Inside the CRC: compute it anew. */
    static void putMaxTimestamp(ByteBuffer buffer, int position, long maxTimestampMs) {
        buffer.putLong(position + 35, maxTimestampMs);
    }

    /** Gives the batch the time from which on its tombstones may go, as its base timestamp. Inside the CRC: compute it anew. */
    static void putDeleteHorizon(ByteBuffer buffer, int position, long deleteHorizonMs) {
        buffer.putShort(position + 21, (short) (attributes(buffer, position) | DELETE_HORIZON_BIT));
        buffer.putLong(position + 27, deleteHorizonMs);
    }

    /** Inside the CRC: compute it anew. */
    static void putRecordsCount(ByteBuffer buffer, int position, int recordsCount) {
        buffer.putInt(position + 57, recordsCount);
    }

    static void putSizeBytes(ByteBuffer buffer, int position, int sizeBytes) {
        buffer.putInt(position + 8, sizeBytes - LENGTH_PREFIX_BYTES);
    }

    /** Inside the CRC: compute it anew. */
    static void putCodec(ByteBuffer buffer, int position, Codec codec) {
        buffer.putShort(position + 21, (short) ((attributes(buffer, position) & ~CODEC_MASK) | codec.id()));
    }

    static void putCrc(ByteBuffer buffer, int position, long crc) {
        buffer.putInt(position + 17, (int) crc);
    }

    /**
     * The CRC32C that the bytes of the batch give, unsigned in the lower 32 bits. The caller has made sure that {@code sizeBytes}
     * bytes are there, at least {@link #SIZE_BYTES}. Uses the buffer's position and limit meanwhile: not for buffers that are shared.
     */
    public static long computeCrc(ByteBuffer buffer, int position, int sizeBytes) {
        int oldPosition = buffer.position();
        int oldLimit = buffer.limit();
        CRC32C crc = new CRC32C();
        buffer.limit(position + sizeBytes).position(position + CRC_COVERS_FROM);
        crc.update(buffer);
        buffer.limit(oldLimit).position(oldPosition);
        return crc.getValue();
    }
}
