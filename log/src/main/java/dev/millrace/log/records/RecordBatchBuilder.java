package dev.millrace.log.records;

import dev.millrace.base.Check;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Makes one batch of format v2 after another ({@link BatchHeader} draws the header, {@link RecordParser} the records).
 *
 * <p>What is set with the fluent methods stays for every later batch; {@link #build} hands over the batch and begins an empty one.
 * Offsets are contiguous from {@link #baseOffset}, 0 unless set, which is what an append to a log asks for. Not thread-safe.
 */
public final class RecordBatchBuilder {

    private static final int INITIAL_SIZE_BYTES = 512;
    private static final int MAX_VARINT_BYTES = 5;
    private static final Optional<ByteBuffer> NULL = Optional.empty();

    private Compression compression = Compression.NONE;
    private long baseOffset;
    private int leaderEpoch = -1;
    private long producerId = BatchHeader.NO_PRODUCER_ID;
    private short producerEpoch = BatchHeader.NO_PRODUCER_EPOCH;
    private int baseSequence = BatchHeader.NO_SEQUENCE;
    private boolean transactional;
    private boolean control;

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int recordsCount;
    private long baseTimestampMs;
    private long maxTimestampMs;

    public RecordBatchBuilder() {
        begin();
    }

    public RecordBatchBuilder compression(Compression compression) {
        this.compression = compression;
        return this;
    }

    public RecordBatchBuilder baseOffset(long baseOffset) {
        this.baseOffset = baseOffset;
        return this;
    }

    public RecordBatchBuilder leaderEpoch(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
        return this;
    }

    /** The idempotent producer of the batch (KIP-98), and the sequence of its first record. */
    public RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    public RecordBatchBuilder transactional(boolean transactional) {
        this.transactional = transactional;
        return this;
    }

    /** Whether the batch holds control records: see {@link ControlRecord}. */
    public RecordBatchBuilder control(boolean control) {
        this.control = control;
        return this;
    }

    /** Adds a record that has key and value. The arguments are not consumed. */
    public RecordBatchBuilder add(long timestampMs, ByteBuffer key, ByteBuffer value) {
        return add(timestampMs, Optional.of(key), Optional.of(value), List.of());
    }

    /** Adds a record that has a value alone. The argument is not consumed. */
    public RecordBatchBuilder add(long timestampMs, ByteBuffer value) {
        return add(timestampMs, NULL, Optional.of(value), List.of());
    }

    /** Adds a record that has a key and no value: under compaction it deletes the key. The argument is not consumed. */
    public RecordBatchBuilder addTombstone(long timestampMs, ByteBuffer key) {
        return add(timestampMs, Optional.of(key), NULL, List.of());
    }

    /** Adds a record; empty means null. The arguments are not consumed. */
    public RecordBatchBuilder add(
            long timestampMs, Optional<ByteBuffer> key, Optional<ByteBuffer> value, List<RecordHeader> headers) {
        if (recordsCount == 0) {
            baseTimestampMs = timestampMs;
            maxTimestampMs = timestampMs;
        }
        maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
        long timestampDeltaMs = timestampMs - baseTimestampMs;
        int bodySizeBytes = bodySizeBytes(timestampDeltaMs, key, value, headers);
        ensureRoom(Math.addExact(bodySizeBytes, MAX_VARINT_BYTES));
        Varints.putInt(buffer, bodySizeBytes);
        buffer.put((byte) 0);
        Varints.putLong(buffer, timestampDeltaMs);
        Varints.putInt(buffer, recordsCount);
        putNullable(key);
        putNullable(value);
        Varints.putInt(buffer, headers.size());
        for (RecordHeader header : headers) {
            byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
            Varints.putInt(buffer, name.length);
            buffer.put(name);
            putNullable(header.value());
        }
        recordsCount++;
        return this;
    }

    public boolean isEmpty() {
        return recordsCount == 0;
    }

    public int recordsCount() {
        return recordsCount;
    }

    /** What the batch would take if it were built now, uncompressed. */
    public int sizeBytes() {
        return buffer.position();
    }

    /** Ends the batch, which has at least one record, and gives it away: position 0, limit at its end. */
    public ByteBuffer build() {
        Check.that(recordsCount > 0, "a batch has at least one record");
        ByteBuffer batch = buffer.flip();
        if (compression.codec() != Codec.NONE) {
            ByteBuffer records = batch.slice(BatchHeader.SIZE_BYTES, batch.limit() - BatchHeader.SIZE_BYTES);
            ByteBuffer compressed = Compressor.compress(compression, records);
            batch = ByteBuffer.allocate(BatchHeader.SIZE_BYTES + compressed.remaining());
            batch.put(BatchHeader.SIZE_BYTES, compressed, 0, compressed.remaining());
        }
        BatchHeader.write(
                batch,
                baseOffset,
                leaderEpoch,
                BatchHeader.attributes(compression.codec(), transactional, control),
                recordsCount,
                baseTimestampMs,
                maxTimestampMs,
                producerId,
                producerEpoch,
                baseSequence);
        begin();
        return batch;
    }

    private void begin() {
        buffer = ByteBuffer.allocate(INITIAL_SIZE_BYTES).position(BatchHeader.SIZE_BYTES);
        recordsCount = 0;
    }

    private int bodySizeBytes(
            long timestampDeltaMs, Optional<ByteBuffer> key, Optional<ByteBuffer> value, List<RecordHeader> headers) {
        long sizeBytes = 1
                + Varints.sizeBytes(timestampDeltaMs)
                + Varints.sizeBytes(recordsCount)
                + nullableSizeBytes(key)
                + nullableSizeBytes(value)
                + Varints.sizeBytes(headers.size());
        for (RecordHeader header : headers) {
            int nameSizeBytes = header.key().getBytes(StandardCharsets.UTF_8).length;
            sizeBytes += Varints.sizeBytes(nameSizeBytes) + nameSizeBytes + nullableSizeBytes(header.value());
        }
        return Math.toIntExact(sizeBytes);
    }

    private static long nullableSizeBytes(Optional<ByteBuffer> bytes) {
        int sizeBytes = bytes.map(ByteBuffer::remaining).orElse(-1);
        return Varints.sizeBytes(sizeBytes) + (long) Math.max(0, sizeBytes);
    }

    private void putNullable(Optional<ByteBuffer> bytes) {
        if (bytes.isEmpty()) {
            Varints.putInt(buffer, -1);
            return;
        }
        ByteBuffer source = bytes.get();
        Varints.putInt(buffer, source.remaining());
        buffer.put(buffer.position(), source, source.position(), source.remaining());
        buffer.position(buffer.position() + source.remaining());
    }

    private void ensureRoom(int neededBytes) {
        if (buffer.remaining() < neededBytes) {
            int capacityBytes = Math.addExact(buffer.position(), Math.max(neededBytes, buffer.position()));
            buffer = ByteBuffer.allocate(capacityBytes).put(buffer.flip());
        }
    }
}
