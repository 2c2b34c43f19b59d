package dev.millrace.log.segment;

import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Batches as the log writes them, for tests of segments. */
public final class TestBatches {

    private TestBatches() {}

    /** A batch of {@code recordsCount} records of 100 bytes whose timestamps ascend from {@code timestampMs} by 1. */
    public static ByteBuffer batch(long baseOffset, int recordsCount, long timestampMs) {
        RecordBatchBuilder builder =
                new RecordBatchBuilder().baseOffset(baseOffset).leaderEpoch(0);
        for (int i = 0; i < recordsCount; i++) {
            byte[] value = new byte[100];
            ByteBuffer.wrap(value).putLong(baseOffset + i);
            builder.add(timestampMs + i, ByteBuffer.wrap(value));
        }
        return builder.build();
    }

    /** The batches one behind the other. */
    public static ByteBuffer concat(ByteBuffer... batches) {
        int sizeBytes = 0;
        for (ByteBuffer batch : batches) {
            sizeBytes += batch.remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(sizeBytes);
        for (ByteBuffer batch : batches) {
            all.put(batch.duplicate());
        }
        return all.flip();
    }

    /** The bytes of a slice. */
    public static ByteBuffer bytes(Slice slice) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
        slice.copyTo(bytes);
        return bytes.flip();
    }

    /** The base offsets of the whole batches of a slice. */
    public static List<Long> baseOffsets(Slice slice) throws IOException {
        ByteBuffer bytes = bytes(slice);
        List<Long> offsets = new ArrayList<>();
        for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
            offsets.add(BatchHeader.baseOffset(bytes, position));
        }
        return offsets;
    }
}
