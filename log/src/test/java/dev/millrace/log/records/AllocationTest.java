package dev.millrace.log.records;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.log.AppendOptions.Origin;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Holds the claims "allocates nothing per record". */
final class AllocationTest {

    private static final int RECORDS_COUNT = 1_000;
    private static final int ROUNDS = 200;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final ByteBuffer batch = batch();
    private long checksum;

    @Test
    void shouldValidateWithoutAllocatingPerRecord() {
        BatchValidator validator = new BatchValidator(TestClock.at(0));

        // The result, a parser and a CRC: less than one byte per record.
        assertThat(allocatedBytesPerRound(() -> validator.validate(batch, BatchRules.DEFAULT, Origin.CLIENT)))
                .isLessThan(RECORDS_COUNT / 4);
    }

    @Test
    void shouldReadWithoutAllocatingPerRecord() {
        RecordReader reader = new RecordReader();

        assertThat(allocatedBytesPerRound(() -> readAll(reader))).isLessThan(RECORDS_COUNT / 4);
        assertThat(checksum).isPositive();
    }

    private void readAll(RecordReader reader) {
        reader.open(batch, 0);
        while (reader.next()) {
            checksum += reader.offset() + reader.timestampMs() + reader.valuePosition() + reader.valueSizeBytes();
        }
    }

    private static long allocatedBytesPerRound(Runnable work) {
        for (int i = 0; i < ROUNDS; i++) {
            work.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            work.run();
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
    }

    private static ByteBuffer batch() {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < RECORDS_COUNT; i++) {
            builder.add(i, ByteBuffer.allocate(8), ByteBuffer.allocate(100));
        }
        ByteBuffer heap = builder.build();
        return ByteBuffer.allocateDirect(heap.remaining()).put(heap).flip();
    }
}
