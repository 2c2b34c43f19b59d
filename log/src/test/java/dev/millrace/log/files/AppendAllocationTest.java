package dev.millrace.log.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.base.TopicId;
import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.time.Clock;
import dev.millrace.log.AppendOptions.Origin;
import dev.millrace.log.LogConfig;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRules;
import dev.millrace.log.records.BatchValidator;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.testkit.simulation.SimulatedClock;
import dev.millrace.testkit.simulation.SimulatedScheduler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the claim that an append to a file allocates nothing, and prints what validating and appending cost. */
final class AppendAllocationTest {

    private static final int BATCH_BYTES = 64 * 1024;
    private static final int WARMUP_ROUNDS = 3_000;
    private static final int ROUNDS = 3_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Clock clock = new SimulatedClock();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {100, 1024})
    void shouldAppendWithoutAllocating(int recordSizeBytes) throws IOException {
        ActiveSegment segment = new FilesSegmentProvider(
                        new DiskFileStore(),
                        directory.resolve("orders-0"),
                        new TopicId(1, 2),
                        () -> LogConfig.DEFAULT,
                        new SimulatedScheduler(new SimulatedClock()),
                        Runnable::run)
                .create(0);
        ByteBuffer batch = batch(recordSizeBytes);
        BatchValidator validator = new BatchValidator(clock);
        append(segment, batch, validator, WARMUP_ROUNDS);
        long startBytes = THREADS.getCurrentThreadAllocatedBytes();
        long startNs = THREADS.getCurrentThreadCpuTime();

        append(segment, batch, validator, ROUNDS);

        double seconds = (THREADS.getCurrentThreadCpuTime() - startNs) / 1e9;
        long allocatedBytes = (THREADS.getCurrentThreadAllocatedBytes() - startBytes) / ROUNDS;
        System.out.printf(
                "records of %d bytes: %.3f CPU s/GB, %d bytes allocated per batch%n",
                recordSizeBytes, seconds * 1e9 / ((double) batch.limit() * ROUNDS), allocatedBytes);
        segment.close();
        // The result of the validation, and the share of an index that grows by doubling.
        assertThat(allocatedBytes).isLessThan(400);
    }

    private static void append(ActiveSegment segment, ByteBuffer batch, BatchValidator validator, int rounds)
            throws IOException {
        for (int i = 0; i < rounds; i++) {
            BatchHeader.putBaseOffset(batch, 0, 0);
            validator.validate(batch, BatchRules.DEFAULT, Origin.CLIENT);
            BatchHeader.putBaseOffset(batch, 0, segment.offsetNext());
            segment.append(batch);
            batch.rewind();
        }
    }

    private ByteBuffer batch(int recordSizeBytes) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        while (builder.sizeBytes() < BATCH_BYTES - recordSizeBytes) {
            builder.add(clock.wallMs(), ByteBuffer.allocate(recordSizeBytes));
        }
        ByteBuffer heap = builder.build();
        return ByteBuffer.allocateDirect(heap.remaining()).put(heap).flip();
    }
}
