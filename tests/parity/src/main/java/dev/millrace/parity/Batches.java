package dev.millrace.parity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Record batches, right and wrong. Times of records are fixed: {@link #TIME_MS} and on, a millisecond apart. */
final class Batches {
    /** 2020-09-13, long before any run of this script. */
    static final long TIME_MS = 1_600_000_000_000L;

    /** Positions in a batch of format 2: offset, length, epoch, magic, crc, attributes, last offset delta, … */
    static final int LENGTH_POSITION = 8;

    static final int MAGIC_POSITION = 16;
    static final int CRC_POSITION = 17;
    static final int ATTRIBUTES_POSITION = 21;
    static final int LAST_OFFSET_DELTA_POSITION = 23;
    static final int PRODUCER_EPOCH_POSITION = 51;
    static final int BASE_SEQUENCE_POSITION = 53;
    static final int RECORDS_COUNT_POSITION = 57;

    private Batches() {}

    static SimpleRecord[] records(int count) {
        return records(0, count);
    }

    static SimpleRecord[] records(int first, int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            int number = first + i;
            records[i] = new SimpleRecord(TIME_MS + number, bytes("key" + number), bytes("value" + number));
        }
        return records;
    }

    /** One batch of this many records, without a producer. */
    static MemoryRecords plain(int count) {
        return MemoryRecords.withRecords(Compression.NONE, records(count));
    }

    static MemoryRecords compressed(Compression compression, int count) {
        return MemoryRecords.withRecords(compression, records(count));
    }

    static MemoryRecords legacy(byte magic) {
        return MemoryRecords.withRecords(magic, Compression.NONE, records(2));
    }

    /** A record with two headers, one of them without a value, and one with neither key nor value. */
    static MemoryRecords withHeaders() {
        Header[] headers = {new RecordHeader("first", bytes("1")), new RecordHeader("second", bytes(""))};
        return MemoryRecords.withRecords(
                Compression.NONE,
                new SimpleRecord(TIME_MS, ByteBuffer.wrap(bytes("key")), ByteBuffer.wrap(bytes("value")), headers),
                new SimpleRecord(TIME_MS + 1, (byte[]) null, null));
    }

    /** A batch of an idempotent producer. */
    static MemoryRecords idempotent(long producerId, int epoch, int sequence, int count) {
        return MemoryRecords.withIdempotentRecords(
                Compression.NONE, producerId, (short) epoch, sequence, records(sequence, count));
    }

    static MemoryRecords transactional(long producerId) {
        return MemoryRecords.withTransactionalRecords(Compression.NONE, producerId, (short) 0, 0, records(1));
    }

    static MemoryRecords ofSize(int valueSizeBytes) {
        return MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(TIME_MS, bytes("key"), new byte[valueSizeBytes]));
    }

    static MemoryRecords at(long... timestamps) {
        return MemoryRecords.withRecords(
                Compression.NONE,
                Arrays.stream(timestamps)
                        .mapToObj(timestamp -> new SimpleRecord(timestamp, bytes("key"), bytes("value")))
                        .toArray(SimpleRecord[]::new));
    }

    static MemoryRecords endOfTransaction(long producerId) {
        return MemoryRecords.withEndTransactionMarker(
                producerId, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 0));
    }

    /** Two batches after one another in one request. */
    static MemoryRecords twoBatches() {
        return concatenated(plain(2), plain(3));
    }

    static MemoryRecords concatenated(MemoryRecords first, MemoryRecords second) {
        ByteBuffer both = ByteBuffer.allocate(first.sizeInBytes() + second.sizeInBytes());
        both.put(first.buffer()).put(second.buffer()).flip();
        return MemoryRecords.readableRecords(both);
    }

    /** A change made to a batch's bytes. */
    interface Change {
        void apply(ByteBuffer batch);
    }

    /** A batch of two records with something changed in it, its CRC left as it was. */
    static MemoryRecords changed(Change change) {
        return changed(plain(2), change);
    }

    static MemoryRecords changed(MemoryRecords records, Change change) {
        ByteBuffer batch =
                ByteBuffer.allocate(records.sizeInBytes()).put(records.buffer()).flip();
        change.apply(batch);
        return MemoryRecords.readableRecords(batch);
    }

    /** The same, with the CRC made to fit again. */
    static MemoryRecords changedWithCrc(MemoryRecords records, Change change) {
        return changed(records, batch -> {
            change.apply(batch);
            CRC32C crc = new CRC32C();
            crc.update(batch.duplicate().position(ATTRIBUTES_POSITION));
            batch.putInt(CRC_POSITION, (int) crc.getValue());
        });
    }

    /** The first {@code sizeBytes} bytes of a batch. */
    static MemoryRecords truncated(int sizeBytes) {
        return MemoryRecords.readableRecords(plain(2).buffer().slice(0, sizeBytes));
    }

    /** A batch that says that the broker set its time. */
    static MemoryRecords logAppendTime() {
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        try (var builder = MemoryRecords.builder(
                buffer,
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.NONE,
                TimestampType.LOG_APPEND_TIME,
                0L,
                TIME_MS)) {
            builder.append(TIME_MS, bytes("key"), bytes("value"));
            return builder.build();
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
