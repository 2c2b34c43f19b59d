package dev.millrace.log.files;

import static dev.millrace.log.segment.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentProvider.Recovered;
import dev.millrace.log.segment.TestBatches;
import dev.millrace.testkit.files.SimulatedCrash;
import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Whatever a power cut takes: what was flushed is there, whole and in order, and what is there beyond it is what was appended. */
final class SegmentCrashTest {

    private static final Path TOPICS = Path.of("/data/topics");

    private final List<SealedSegment> sealed = new ArrayList<>();
    private long flushedOffset;

    @SeededTest
    void shouldKeepWhatWasFlushed(long seed) throws IOException {
        Random random = new Random(seed);
        SimulatedPartition partition = new SimulatedPartition(seed);
        // Where partitions go is made durable before the first of them, by the store.
        partition.files.createDirectories(TOPICS);
        partition.files.syncDirectory(Path.of("/data"));
        partition.files.syncDirectory(Path.of("/"));
        FilesSegmentProvider provider = partition.open();
        ActiveSegment active = provider.create(0);
        for (int life = 0; life < 4; life++) {
            partition.files.crashAtOperation(1 + random.nextInt(150));
            try {
                live(provider, active, random);
            } catch (SimulatedCrash expected) {
                // The power is gone.
            }
            partition.files.crash();
            provider = partition.open();
            active = check(provider, provider.recover(flushedOffset));
        }
    }

    /** Appends, rolls and flushes until the power fails. */
    private void live(FilesSegmentProvider provider, ActiveSegment first, Random random) throws IOException {
        ActiveSegment active = first;
        while (true) {
            long offset = active.offsetNext();
            active.append(batch(offset, 1 + random.nextInt(20), 1_000 + offset));
            if (random.nextInt(8) == 0) {
                flush(active);
            }
            if (random.nextInt(20) == 0 && active.offsetNext() > 0) {
                sealed.add(active.seal());
                active = provider.create(active.offsetNext());
            }
        }
    }

    private void flush(ActiveSegment active) throws IOException {
        for (SealedSegment segment : sealed) {
            segment.flush();
        }
        long offset = active.offsetNext();
        active.flush();
        flushedOffset = offset;
    }

    /** Every batch that is there is the one that was appended there, and none is missing up to the flushed offset. */
    private ActiveSegment check(FilesSegmentProvider provider, Recovered recovered) throws IOException {
        sealed.clear();
        sealed.addAll(recovered.sealed());
        List<Segment> all = new ArrayList<>(recovered.sealed());
        recovered.active().ifPresent(all::add);
        long next = 0;
        for (Segment segment : all) {
            assertThat(segment.baseOffset()).isEqualTo(next);
            next = readTo(segment, next);
            assertThat(segment.offsetNext()).isEqualTo(next);
        }
        assertThat(next).as("recovered, findings %s", recovered.findings()).isGreaterThanOrEqualTo(flushedOffset);
        return recovered.active().isPresent() ? recovered.active().get() : provider.create(0);
    }

    private static long readTo(Segment segment, long from) throws IOException {
        long next = from;
        while (true) {
            Optional<Slice> slice = segment.read(next, Long.MAX_VALUE, 20_000, true);
            if (slice.isEmpty()) {
                return next;
            }
            ByteBuffer bytes = TestBatches.bytes(slice.get());
            for (int position = 0; position < bytes.limit(); ) {
                int sizeBytes = BatchHeader.sizeBytes(bytes, position);
                long baseOffset = BatchHeader.baseOffset(bytes, position);
                assertThat(baseOffset).isEqualTo(next);
                assertThat(bytes.slice(position, sizeBytes))
                        .isEqualTo(batch(baseOffset, BatchHeader.recordsCount(bytes, position), 1_000 + baseOffset));
                next = BatchHeader.lastOffset(bytes, position) + 1;
                position += sizeBytes;
            }
        }
    }
}
