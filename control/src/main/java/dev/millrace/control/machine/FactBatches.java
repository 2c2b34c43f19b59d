package dev.millrace.control.machine;

import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Facts as record batches: one record per fact, with its key and value; a marker as a control batch ({@link SnapshotMarker} draws it).
 */
final class FactBatches {

    private static final short MARKER_VERSION = 0;
    private static final int MARKER_KEY_BYTES = 4;
    private static final int MARKER_VALUE_BYTES = 2;

    private FactBatches() {}

    static ByteBuffer encode(List<MachineRecord> facts, long wallMs) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (MachineRecord fact : facts) {
            builder.add(
                    wallMs,
                    Optional.of(ByteBuffer.wrap(fact.key())),
                    fact.value().map(ByteBuffer::wrap),
                    List.of());
        }
        return builder.build();
    }

    static ByteBuffer encodeMarker(SnapshotMarker marker, long wallMs) {
        ByteBuffer key = ByteBuffer.allocate(MARKER_KEY_BYTES)
                .putShort(MARKER_VERSION)
                .putShort(marker.type())
                .flip();
        ByteBuffer value =
                ByteBuffer.allocate(MARKER_VALUE_BYTES).putShort(MARKER_VERSION).flip();
        return new RecordBatchBuilder().control(true).add(wallMs, key, value).build();
    }

    /** Hands the batch at {@code position} to {@code visitor}. Control batches that are no marker are skipped. */
    static void decode(ByteBuffer batches, int position, RecordReader reader, Visitor visitor) {
        boolean control = BatchHeader.isControl(batches, position);
        reader.open(batches, position);
        while (reader.next()) {
            if (control) {
                marker(reader).ifPresent(marker -> visitor.onMarker(marker, reader.offset()));
            } else {
                byte[] key = bytes(reader.buffer(), reader.keyPosition(), Math.max(0, reader.keySizeBytes()));
                Optional<byte[]> value = reader.valueSizeBytes() < 0
                        ? Optional.empty()
                        : Optional.of(bytes(reader.buffer(), reader.valuePosition(), reader.valueSizeBytes()));
                visitor.onFact(new MachineRecord(key, value));
            }
        }
    }

    private static Optional<SnapshotMarker> marker(RecordReader reader) {
        if (reader.keySizeBytes() != MARKER_KEY_BYTES) {
            return Optional.empty();
        }
        short type = reader.buffer().getShort(reader.keyPosition() + 2);
        for (SnapshotMarker marker : SnapshotMarker.values()) {
            if (marker.type() == type) {
                return Optional.of(marker);
            }
        }
        return Optional.empty();
    }

    private static byte[] bytes(ByteBuffer buffer, int position, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        buffer.get(position, bytes);
        return bytes;
    }

    /** Receives what a batch holds, in order. */
    interface Visitor {
        void onFact(MachineRecord fact);

        void onMarker(SnapshotMarker marker, long offset);
    }
}
