package dev.millrace.log.retention;

import static dev.millrace.log.segment.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.memory.MemorySegmentProvider;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private static final long FOREVER = -1;
    private static final long UNBOUNDED = -1;
    private static final long NOW_MS = 10_000;
    private static final long SEGMENT_SIZE_BYTES = batch(0, 1, 1_000).limit();

    @Test
    void shouldDropNothingWithoutABound() throws IOException {
        assertThat(Retention.droppableCount(segments(1, 2, 3), 0, 3, NOW_MS, FOREVER, UNBOUNDED))
                .isZero();
    }

    @Test
    void shouldDropWhatIsOlderThanTheBound() throws IOException {
        List<SealedSegment> segments = segments(1_000, 2_000, 9_000);
        assertThat(byTime(segments, 8_999)).isEqualTo(1);
        assertThat(byTime(segments, 9_000)).isZero();
        assertThat(byTime(segments, 7_999)).isEqualTo(2);
        assertThat(byTime(segments, 0)).isEqualTo(3);
    }

    @Test
    void shouldDropFromTheOldEndOnly() throws IOException {
        assertThat(byTime(segments(9_000, 1_000), 5_000)).isZero();
    }

    @Test
    void shouldNotCallASegmentOldOfWhichNobodyKnowsTheTime() throws IOException {
        assertThat(byTime(segments(-1, 1_000), 5_000)).isZero();
        assertThat(Retention.isExpired(segments(-1).getFirst(), NOW_MS, 0)).isFalse();
    }

    @Test
    void shouldLeaveAtLeastTheBoundInBytes() throws IOException {
        List<SealedSegment> segments = segments(1, 2, 3);
        assertThat(bySize(segments, 2 * SEGMENT_SIZE_BYTES)).isEqualTo(2);
        assertThat(bySize(segments, 2 * SEGMENT_SIZE_BYTES + 1)).isEqualTo(1);
        assertThat(bySize(segments, 4 * SEGMENT_SIZE_BYTES)).isZero();
        assertThat(bySize(segments, 0)).isEqualTo(3);
    }

    @Test
    void shouldKeepWhatIsNotDurable() throws IOException {
        assertThat(Retention.droppableCount(segments(1, 2, 3), 0, 2, NOW_MS, 0, UNBOUNDED))
                .isEqualTo(2);
    }

    private static int byTime(List<SealedSegment> segments, long retentionMs) {
        return Retention.droppableCount(segments, 0, Long.MAX_VALUE, NOW_MS, retentionMs, UNBOUNDED);
    }

    /** Beside an active segment as large as each of the others. */
    private static int bySize(List<SealedSegment> segments, long retentionSizeBytes) {
        return Retention.droppableCount(
                segments, SEGMENT_SIZE_BYTES, Long.MAX_VALUE, NOW_MS, FOREVER, retentionSizeBytes);
    }

    /** Segments of one record each, with these timestamps. */
    private static List<SealedSegment> segments(long... timestampsMs) throws IOException {
        MemorySegmentProvider provider = new MemorySegmentProvider();
        List<SealedSegment> segments = new ArrayList<>();
        for (long timestampMs : timestampsMs) {
            long offset = segments.isEmpty() ? 0 : segments.getLast().offsetNext();
            ActiveSegment segment = provider.create(offset);
            segment.append(batch(offset, 1, timestampMs));
            segments.add(segment.seal());
        }
        return segments;
    }
}
