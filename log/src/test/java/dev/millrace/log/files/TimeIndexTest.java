package dev.millrace.log.files;

import static dev.millrace.log.segment.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.LogConfig;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the time index says when a segment ends, and to readers beside the writer. */
final class TimeIndexTest {

    private static final int BATCH_SIZE_BYTES = batch(0, 1, 1_000).limit();

    private final SimulatedPartition partition = new SimulatedPartition(1);
    private final FilesSegmentProvider provider = partition.open();

    @Test
    void shouldHaveTheLastEntryOfASegmentThatWasFlushedBeforeItWasSealed() throws IOException {
        ActiveSegment segment = filled();
        segment.flush();
        SealedSegment sealed = segment.seal();
        assertThat(sealed.isFlushed()).isFalse();
        sealed.flush();
        assertThat(sealed.isFlushed()).isTrue();
        partition.files.kill();
        assertThat(TimeIndex.readLargestTimestampMs(
                        partition.files, partition.paths(0).timeIndex()))
                .isEqualTo(segment.largestTimestampMs());
    }

    @Test
    void shouldBeCompletedWhenTheSegmentWasSealedAfterItsLastFlush() throws IOException {
        ActiveSegment segment = filled();
        segment.flush();
        segment.seal();
        provider.create(segment.offsetNext()).flush();
        partition.files.kill();
        SealedSegment found = partition.recover(segment.offsetNext()).sealed().getFirst();
        assertThat(found.largestTimestampMs()).isEqualTo(segment.largestTimestampMs());
    }

    @Test
    void shouldNotLeadReadersBehindWhatIsPublished() throws IOException {
        partition.files.createDirectories(partition.directory);
        try (StoreFile file = partition.files.open(partition.paths(0).log(), Mode.CREATE)) {
            for (int i = 0; i < 4; i++) {
                file.write(batch(i, 1, 1_000 + i), (long) i * BATCH_SIZE_BYTES);
            }
            // The writer has got as far as the fourth batch, of which the time index does not know yet; two are
            // published.
            Indexes indexes = new Indexes(0);
            indexes.offsets.append(3, 3L * BATCH_SIZE_BYTES);
            SegmentSearch search = new SegmentSearch(file, 2L * BATCH_SIZE_BYTES, 2, indexes);
            assertThat(search.firstBatchAtOrAfter(1_001, 0)).isPresent();
        }
    }

    /** Batches of which the last one has a timestamp that no index entry tells, unless the segment ends there. */
    private ActiveSegment filled() throws IOException {
        ActiveSegment segment = provider.create(0);
        int count = 2 * LogConfig.DEFAULT.indexIntervalBytes() / BATCH_SIZE_BYTES;
        for (int i = 0; i < count; i++) {
            segment.append(batch(i, 1, 1_000 + i));
        }
        return segment;
    }
}
