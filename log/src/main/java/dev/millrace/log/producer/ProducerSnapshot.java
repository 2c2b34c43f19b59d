package dev.millrace.log.producer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The file {@code <offset>.snapshot}: what the partition knew of its producers when {@code offset} was its end. Kafka's format, version
 * 1, everything big-endian:
 *
 * <pre>
 *   position  bytes
 *          0      2  version                1
 *          2      4  crc                    CRC32C of everything behind it
 *          6      4  rows
 *         10         per row, 46 bytes:
 *                 8  producerId
 *                 2  producerEpoch
 *                 4  lastSequence           -1: no batch in this epoch
 *                 8  lastOffset             -1: no batch in this epoch
 *                 4  offsetDelta            last offset of the batch minus its first
 *                 8  timestampMs            largest of the batch; in the last row that of the last batch or marker
 *                 4  coordinatorEpoch       -1: none
 *                 8  currentTxnFirstOffset  -1: none
 * </pre>
 *
 * <p>Kafka writes one row per producer, for its last batch. Millrace writes one row per remembered batch, oldest first: Kafka, reading
 * them one after the other, is left with the last one, and we with the whole window, so that a retry is recognised after a restart too.
 * What a producer has but once stands in each of its rows.
 */
final class ProducerSnapshot {

    private static final short VERSION = 1;
    private static final int ROWS_AT = 6;
    private static final int HEADER_SIZE_BYTES = 10;
    private static final int ROW_SIZE_BYTES = 46;
    private static final long NO_OFFSET = -1;

    private ProducerSnapshot() {}

    static byte[] encode(Collection<ProducerState> states) {
        int rowsCount = 0;
        for (ProducerState state : states) {
            rowsCount += Math.max(1, state.batchesCount());
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_SIZE_BYTES + rowsCount * ROW_SIZE_BYTES);
        bytes.putShort(VERSION).putInt(0).putInt(rowsCount);
        for (ProducerState state : states) {
            if (state.batchesCount() == 0) {
                encodeRow(bytes, state, ProducerState.NO_SEQUENCE, NO_OFFSET, 0, state.lastTimestampMs());
            }
            state.forEachBatch((lastSequence, lastOffset, offsetDelta, timestampMs) -> {
                boolean last = lastOffset == state.lastOffset();
                encodeRow(
                        bytes,
                        state,
                        lastSequence,
                        lastOffset,
                        offsetDelta,
                        last ? state.lastTimestampMs() : timestampMs);
            });
        }
        bytes.putInt(2, crcOf(bytes.array()));
        return bytes.array();
    }

    private static void encodeRow(
            ByteBuffer bytes,
            ProducerState state,
            int lastSequence,
            long lastOffset,
            int offsetDelta,
            long timestampMs) {
        bytes.putLong(state.producerId)
                .putShort(state.epoch())
                .putInt(lastSequence)
                .putLong(lastOffset)
                .putInt(offsetDelta)
                .putLong(timestampMs)
                .putInt(state.coordinatorEpoch())
                .putLong(state.txnFirstOffset());
    }

    static Map<Long, ProducerState> decode(byte[] snapshot) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(snapshot);
        if (bytes.remaining() < HEADER_SIZE_BYTES) {
            throw new IOException(
                    "a producer snapshot has at least " + HEADER_SIZE_BYTES + " bytes, not " + snapshot.length);
        }
        short version = bytes.getShort();
        if (version != VERSION) {
            throw new IOException("producer snapshot of version " + version + "; only " + VERSION + " is known");
        }
        if (bytes.getInt() != crcOf(snapshot)) {
            throw new IOException("the CRC of the producer snapshot does not match");
        }
        int rowsCount = bytes.getInt();
        if (rowsCount < 0 || bytes.remaining() != (long) rowsCount * ROW_SIZE_BYTES) {
            throw new IOException(
                    "the producer snapshot claims " + rowsCount + " rows in " + bytes.remaining() + " bytes");
        }
        Map<Long, ProducerState> states = new LinkedHashMap<>();
        for (int row = 0; row < rowsCount; row++) {
            decodeRow(bytes, states);
        }
        return states;
    }

    private static void decodeRow(ByteBuffer bytes, Map<Long, ProducerState> states) {
        long producerId = bytes.getLong();
        short epoch = bytes.getShort();
        ProducerState state = states.computeIfAbsent(producerId, id -> new ProducerState(id, epoch));
        int lastSequence = bytes.getInt();
        long lastOffset = bytes.getLong();
        int offsetDelta = bytes.getInt();
        long timestampMs = bytes.getLong();
        if (lastOffset >= 0) {
            state.append(epoch, lastSequence, lastOffset, offsetDelta, timestampMs);
        }
        int coordinatorEpoch = bytes.getInt();
        state.restore(timestampMs, coordinatorEpoch, Math.max(ProducerState.NO_TRANSACTION, bytes.getLong()));
    }

    private static int crcOf(byte[] snapshot) {
        CRC32C crc = new CRC32C();
        crc.update(snapshot, ROWS_AT, snapshot.length - ROWS_AT);
        return (int) crc.getValue();
    }
}
