package dev.millrace.log.files;

import static dev.millrace.log.segment.TestBatches.batch;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.CorruptSegmentException;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentProvider.Recovered;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SegmentRecoveryTest {

    private static final int RECORDS_PER_BATCH = 10;
    private static final int BATCH_BYTES = batch(0, RECORDS_PER_BATCH, 1_000).limit();

    private final SimulatedPartition partition = new SimulatedPartition(1);

    @Test
    void shouldMakeNothingBeforeTheFirstAppend() throws IOException {
        partition.open().create(0);

        assertThat(partition.files.exists(partition.directory)).isFalse();
    }

    @Test
    void shouldSayWhoseDirectoryItIs() throws IOException {
        fill(1);

        assertThat(PartitionMetadataFile.read(partition.files, partition.directory))
                .contains(SimulatedPartition.TOPIC_ID);
        assertThat(partition.files.readAll(partition.directory.resolve("partition.metadata")))
                .asString(UTF_8)
                .isEqualTo("version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg\n");
    }

    @Test
    void shouldCutATornTail() throws IOException {
        fill(20);
        truncate(partition.paths(0).log(), 20L * BATCH_BYTES - 7);

        Recovered recovered = partition.recover(100);

        assertThat(recovered.active().orElseThrow().offsetNext()).isEqualTo(190);
        assertThat(recovered.active().orElseThrow().sizeBytes()).isEqualTo(19L * BATCH_BYTES);
        assertThat(recovered.findings())
                .singleElement()
                .asString()
                .contains("00000000000000000000.log", "position " + 19 * BATCH_BYTES, "ends before offset 190");
        assertThat(sizeBytes(partition.paths(0).log())).isEqualTo(19L * BATCH_BYTES);
    }

    @Test
    void shouldCutFromABrokenBatchOn() throws IOException {
        fill(20);
        partition.files.flipBit(partition.paths(0).log(), 15L * BATCH_BYTES + 200, 3);

        Recovered recovered = partition.recover(100);

        assertThat(recovered.active().orElseThrow().offsetNext()).isEqualTo(150);
        assertThat(recovered.findings()).singleElement().asString().contains("CRC");
    }

    @Test
    void shouldNeitherReadNorCutBelowTheTrustedOffset() throws IOException {
        fill(20);
        partition.files.flipBit(partition.paths(0).log(), 3L * BATCH_BYTES + 200, 3);

        Recovered recovered = partition.recover(200);

        assertThat(recovered.active().orElseThrow().offsetNext()).isEqualTo(200);
        assertThat(recovered.findings()).isEmpty();
    }

    @Test
    void shouldRefuseWhenTrustedBatchesAreMissing() throws IOException {
        fill(20);
        truncate(partition.paths(0).log(), 12L * BATCH_BYTES);

        assertThatThrownBy(() -> partition.recover(150))
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining("00000000000000000000.log")
                .hasMessageContaining("offset 120")
                .hasMessageContaining("Nothing was changed");
        assertThat(sizeBytes(partition.paths(0).log())).isEqualTo(12L * BATCH_BYTES);
    }

    @Test
    void shouldRefuseWhenEverythingIsMissing() {
        assertThatThrownBy(() -> partition.recover(150)).isInstanceOf(CorruptSegmentException.class);
    }

    @Test
    void shouldDropWhatLiesBehindASegmentThatLostItsEnd() throws IOException {
        FilesSegmentProvider provider = partition.open();
        ActiveSegment first = provider.create(0);
        append(first, 0, 10);
        SealedSegment sealed = first.seal();
        ActiveSegment second = provider.create(100);
        append(second, 100, 10);
        sealed.close();
        second.close();
        truncate(partition.paths(0).log(), 9L * BATCH_BYTES);

        Recovered recovered = partition.recover(50);

        assertThat(recovered.sealed()).isEmpty();
        assertThat(recovered.active().orElseThrow().offsetNext()).isEqualTo(90);
        assertThat(recovered.findings()).singleElement().asString().contains("00000000000000000100.log", "removed");
        assertThat(partition.files.exists(partition.paths(100).log())).isFalse();
        append(recovered.active().orElseThrow(), 90, 2);
    }

    @Test
    void shouldMakeMissingIndexesAnew() throws IOException {
        fill(100);
        byte[] offsetIndex = partition.files.readAll(partition.paths(0).offsetIndex());
        byte[] timeIndex = partition.files.readAll(partition.paths(0).timeIndex());
        partition.files.delete(partition.paths(0).offsetIndex());
        partition.files.delete(partition.paths(0).timeIndex());

        partition.recover(1_000).active().orElseThrow().close();

        assertThat(partition.files.readAll(partition.paths(0).offsetIndex())).isEqualTo(offsetIndex);
        assertThat(partition.files.readAll(partition.paths(0).timeIndex())).isEqualTo(timeIndex);
    }

    @Test
    void shouldMakeIndexesAnewThatPointAstray() throws IOException {
        fill(100);
        byte[] offsetIndex = partition.files.readAll(partition.paths(0).offsetIndex());
        partition.files.flipBit(partition.paths(0).offsetIndex(), offsetIndex.length - 1, 2);

        Recovered recovered = partition.recover(1_000);

        assertThat(recovered.findings()).singleElement().asString().contains(".index", "made anew");
        assertThat(recovered.active().orElseThrow().offsetNext()).isEqualTo(1_000);
        recovered.active().orElseThrow().close();
        assertThat(partition.files.readAll(partition.paths(0).offsetIndex())).isEqualTo(offsetIndex);
    }

    @Test
    void shouldDropIndexEntriesOfBatchesThatAreGone() throws IOException {
        fill(100);
        truncate(partition.paths(0).log(), 50L * BATCH_BYTES);

        ActiveSegment active = partition.recover(300).active().orElseThrow();
        active.close();

        OffsetIndex index = OffsetIndex.read(partition.files, partition.paths(0).offsetIndex(), 0, Integer.MAX_VALUE);
        assertThat(index.offset(index.count() - 1)).isLessThan(500);
        assertThat(sizeBytes(partition.paths(0).offsetIndex()))
                .isEqualTo((long) index.count() * OffsetIndex.ENTRY_BYTES);
    }

    @Test
    void shouldMakeTheTimeIndexOfASealedSegmentAnew() throws IOException {
        FilesSegmentProvider provider = partition.open();
        ActiveSegment first = provider.create(0);
        append(first, 0, 100);
        SealedSegment sealed = first.seal();
        provider.create(1_000).close();
        sealed.close();
        byte[] timeIndex = partition.files.readAll(partition.paths(0).timeIndex());
        partition.files.delete(partition.paths(0).timeIndex());

        Recovered recovered = partition.recover(1_000);

        assertThat(recovered.findings()).singleElement().asString().contains(".timeindex");
        assertThat(partition.files.readAll(partition.paths(0).timeIndex())).isEqualTo(timeIndex);
        assertThat(recovered.sealed().getFirst().largestTimestampMs()).isEqualTo(sealed.largestTimestampMs());
    }

    @Test
    void shouldTakeNoMoreBatchesAfterAFailedWrite() throws IOException {
        ActiveSegment segment = fill(2);
        partition.files.failNext(Operation.WRITE, path -> true);

        assertThatThrownBy(() -> segment.append(batch(20, 10, 1_000))).isInstanceOf(IOException.class);

        assertThat(segment.offsetNext()).isEqualTo(20);
        assertThatThrownBy(() -> segment.append(batch(20, 10, 1_000)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("takes no more batches");
        assertThat(segment.read(0, Long.MAX_VALUE, 1 << 20, true).orElseThrow().sizeBytes())
                .isEqualTo(2 * BATCH_BYTES);
    }

    @Test
    void shouldGiveADeletedPartitionsNameToANamesake() throws IOException {
        FilesSegmentProvider doomed = partition.open();
        ActiveSegment segment = doomed.create(0);
        append(segment, 0, 2);
        var slice = segment.read(0, Long.MAX_VALUE, 1 << 20, true).orElseThrow();

        doomed.deleteAll();
        append(partition.open().create(0), 0, 1);

        assertThat(slice.sizeBytes()).isEqualTo(2 * BATCH_BYTES);
        slice.copyTo(ByteBuffer.allocate(2 * BATCH_BYTES));
        assertThat(partition.files.list(Path.of("/data/topics"))).containsExactly(partition.directory);
        partition.scheduler.advanceMs(60_000);
        assertThatThrownBy(() -> slice.copyTo(ByteBuffer.allocate(2 * BATCH_BYTES)))
                .isInstanceOf(IOException.class);
    }

    /** A segment of so many batches, written back but not flushed. */
    private ActiveSegment fill(int batchesCount) throws IOException {
        ActiveSegment segment = partition.open().create(0);
        append(segment, 0, batchesCount);
        segment.writeBack();
        return segment;
    }

    private static void append(ActiveSegment segment, long baseOffset, int batchesCount) throws IOException {
        for (int i = 0; i < batchesCount; i++) {
            long offset = baseOffset + (long) i * RECORDS_PER_BATCH;
            segment.append(batch(offset, RECORDS_PER_BATCH, 1_000 + offset));
        }
    }

    private void truncate(Path path, long sizeBytes) throws IOException {
        try (StoreFile file = partition.files.open(path, Mode.WRITE)) {
            file.truncate(sizeBytes);
        }
    }

    private long sizeBytes(Path path) throws IOException {
        return partition.files.readAll(path).length;
    }
}
