package dev.millrace.log.segment;

import static dev.millrace.log.segment.TestBatches.baseOffsets;
import static dev.millrace.log.segment.TestBatches.batch;
import static dev.millrace.log.segment.TestBatches.bytes;
import static dev.millrace.log.segment.TestBatches.concat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.SegmentProvider.Recovered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every {@link SegmentProvider} and its segments do. Each test gets a partition of its own. */
public abstract class SegmentProviderContract {

    private static final int PLENTY = Integer.MAX_VALUE;
    private static final long END = Long.MAX_VALUE;

    /** The provider of an empty partition. Called once per test. */
    protected abstract SegmentProvider create() throws IOException;

    /** The same partition after a restart of the process: everything that was handed out before is closed. */
    protected abstract SegmentProvider reopen() throws IOException;

    @Test
    void shouldFindNothingInANewPartition() throws IOException {
        Recovered recovered = create().recover(0);

        assertThat(recovered.sealed()).isEmpty();
        assertThat(recovered.active()).isEmpty();
        assertThat(recovered.findings()).isEmpty();
    }

    @Test
    void shouldBeEmptyWhenNew() throws IOException {
        ActiveSegment segment = create().create(100);

        assertThat(segment.baseOffset()).isEqualTo(100);
        assertThat(segment.offsetNext()).isEqualTo(100);
        assertThat(segment.sizeBytes()).isZero();
        assertThat(segment.largestTimestampMs()).isEqualTo(-1);
        assertThat(segment.read(100, END, PLENTY, true)).isEmpty();
        assertThat(segment.firstBatchAtOrAfter(0, 100)).isEmpty();
    }

    @Test
    void shouldGiveBackTheBytesThatWereAppended() throws IOException {
        ActiveSegment segment = create().create(0);
        ByteBuffer first = batch(0, 3, 1_000);
        ByteBuffer second = batch(3, 2, 2_000);

        ByteBuffer both = concat(first, second);
        segment.append(both);

        assertThat(both.hasRemaining()).isFalse();
        assertThat(bytes(segment.read(0, END, PLENTY, true).orElseThrow())).isEqualTo(concat(first, second));
        assertThat(segment.offsetNext()).isEqualTo(5);
        assertThat(segment.sizeBytes()).isEqualTo(first.limit() + second.limit());
        assertThat(segment.largestTimestampMs()).isEqualTo(2_001);
    }

    @Test
    void shouldTakeBatchesFromDirectMemory() throws IOException {
        ActiveSegment segment = create().create(0);
        ByteBuffer batch = batch(0, 3, 1_000);

        segment.append(
                ByteBuffer.allocateDirect(batch.limit()).put(batch.duplicate()).flip());

        assertThat(bytes(segment.read(0, END, PLENTY, true).orElseThrow())).isEqualTo(batch);
    }

    @Test
    void shouldKeepNoReferenceToTheCallersBuffer() throws IOException {
        ActiveSegment segment = create().create(0);
        ByteBuffer reused = batch(0, 1, 1_000);
        ByteBuffer copy = concat(reused);

        segment.append(reused);
        reused.clear();
        BatchHeader.putBaseOffset(reused, 0, 77);

        assertThat(bytes(segment.read(0, END, PLENTY, true).orElseThrow())).isEqualTo(copy);
    }

    @Test
    void shouldBeginWithTheBatchThatHoldsTheOffset() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));

        assertThat(baseOffsets(segment.read(0, END, PLENTY, true).orElseThrow()))
                .startsWith(0L);
        assertThat(baseOffsets(segment.read(9, END, PLENTY, true).orElseThrow()))
                .startsWith(0L);
        assertThat(baseOffsets(segment.read(10, END, PLENTY, true).orElseThrow()))
                .startsWith(10L);
        assertThat(baseOffsets(segment.read(29, END, PLENTY, true).orElseThrow()))
                .containsExactly(20L);
        assertThat(segment.read(30, END, PLENTY, true)).isEmpty();
    }

    @Test
    void shouldSkipGapsBetweenBatches() throws IOException {
        ActiveSegment segment = create().create(0);
        segment.append(batch(5, 5, 1_000));
        segment.append(batch(50, 5, 2_000));

        assertThat(baseOffsets(segment.read(0, END, PLENTY, true).orElseThrow()))
                .startsWith(5L);
        assertThat(baseOffsets(segment.read(10, END, PLENTY, true).orElseThrow()))
                .containsExactly(50L);
        assertThat(segment.read(10, 40, PLENTY, true)).isEmpty();
    }

    @Test
    void shouldEndBeforeTheEndOffset() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));

        assertThat(segment.read(0, 9, PLENTY, true)).isEmpty();
        assertThat(readAll(segment, 0, 10)).containsExactly(0L);
        assertThat(readAll(segment, 0, 19)).containsExactly(0L);
        assertThat(readAll(segment, 0, 20)).containsExactly(0L, 10L);
        assertThat(readAll(segment, 0, END)).containsExactly(0L, 10L, 20L);
    }

    @Test
    void shouldKeepToTheSizeButForTheFirstBatch() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        int batchSizeBytes = batch(0, 10, 1_000).limit();

        assertThat(segment.read(0, END, batchSizeBytes - 1, false)).isEmpty();
        assertThat(baseOffsets(segment.read(0, END, 1, true).orElseThrow())).containsExactly(0L);
        assertThat(baseOffsets(segment.read(0, END, batchSizeBytes, false).orElseThrow()))
                .containsExactly(0L);
        assertThat(segment.read(0, END, 2 * batchSizeBytes + 1, false)
                        .orElseThrow()
                        .sizeBytes())
                .isLessThanOrEqualTo(2 * batchSizeBytes);
    }

    @Test
    void shouldFindTheFirstBatchOfATime() throws IOException {
        ActiveSegment segment = create().create(0);
        segment.append(batch(0, 10, 1_000));
        segment.append(batch(10, 10, 5_000));
        segment.append(batch(20, 10, 3_000));
        segment.append(batch(30, 10, 7_000));

        assertThat(firstAt(segment, 0, 0)).containsExactly(0L);
        assertThat(firstAt(segment, 1_009, 0)).containsExactly(0L);
        assertThat(firstAt(segment, 1_010, 0)).containsExactly(10L);
        assertThat(firstAt(segment, 3_000, 20)).containsExactly(20L);
        assertThat(firstAt(segment, 3_000, 25)).containsExactly(20L);
        assertThat(firstAt(segment, 5_010, 0)).containsExactly(30L);
        assertThat(segment.firstBatchAtOrAfter(7_010, 0)).isEmpty();
    }

    @Test
    void shouldCutWholeBatches() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        int batchSizeBytes = batch(0, 10, 1_000).limit();

        segment.truncateTo(15);

        assertThat(segment.offsetNext()).isEqualTo(10);
        assertThat(segment.sizeBytes()).isEqualTo(batchSizeBytes);
        assertThat(segment.largestTimestampMs()).isEqualTo(1_009);
        segment.append(batch(10, 1, 9_000));
        assertThat(readAll(segment, 0, END)).containsExactly(0L, 10L);
        assertThat(segment.offsetNext()).isEqualTo(11);
        assertThat(firstAt(segment, 2_000, 0)).containsExactly(10L);
    }

    @Test
    void shouldCutEverything() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));

        segment.truncateTo(0);

        assertThat(segment.offsetNext()).isZero();
        assertThat(segment.sizeBytes()).isZero();
        assertThat(segment.largestTimestampMs()).isEqualTo(-1);
        assertThat(segment.read(0, END, PLENTY, true)).isEmpty();
    }

    @Test
    void shouldReadTheSameOnceSealed() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        ByteBuffer before = bytes(segment.read(0, END, PLENTY, true).orElseThrow());

        SealedSegment sealed = segment.seal();

        assertThat(bytes(sealed.read(0, END, PLENTY, true).orElseThrow())).isEqualTo(before);
        assertThat(sealed.baseOffset()).isZero();
        assertThat(sealed.offsetNext()).isEqualTo(30);
        assertThat(sealed.largestTimestampMs()).isEqualTo(3_009);
        assertThat(firstAt(sealed, 2_000, 0)).containsExactly(10L);
    }

    @Test
    void shouldFindTheChainAgain() throws IOException {
        SegmentProvider provider = create();
        ActiveSegment first = threeBatches(provider.create(0));
        SealedSegment sealed = first.seal();
        sealed.flush();
        ActiveSegment second = provider.create(30);
        second.append(batch(30, 10, 4_000));
        second.flush();
        sealed.close();
        second.close();

        Recovered recovered = reopen().recover(0);

        assertThat(recovered.findings()).isEmpty();
        assertThat(recovered.sealed()).singleElement().satisfies(segment -> {
            assertThat(segment.baseOffset()).isZero();
            assertThat(segment.offsetNext()).isEqualTo(30);
            assertThat(segment.largestTimestampMs()).isEqualTo(3_009);
            assertThat(readAll(segment, 0, END)).containsExactly(0L, 10L, 20L);
        });
        ActiveSegment active = recovered.active().orElseThrow();
        assertThat(active.baseOffset()).isEqualTo(30);
        assertThat(active.offsetNext()).isEqualTo(40);
        assertThat(active.largestTimestampMs()).isEqualTo(4_009);
        active.append(batch(40, 10, 5_000));
        assertThat(readAll(active, 30, END)).containsExactly(30L, 40L);
        assertThat(firstAt(active, 4_500, 0)).containsExactly(40L);
    }

    @Test
    void shouldFindTheChainAgainWithoutReadingWhatIsTrusted() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        segment.flush();
        segment.close();

        ActiveSegment active = reopen().recover(30).active().orElseThrow();

        assertThat(active.offsetNext()).isEqualTo(30);
        assertThat(active.largestTimestampMs()).isEqualTo(3_009);
        assertThat(readAll(active, 0, END)).containsExactly(0L, 10L, 20L);
    }

    @Test
    void shouldFindAnEmptySegmentBehindOthers() throws IOException {
        SegmentProvider provider = create();
        SealedSegment sealed = threeBatches(provider.create(0)).seal();
        ActiveSegment empty = provider.create(30);
        sealed.flush();
        empty.flush();
        sealed.close();
        empty.close();

        Recovered recovered = reopen().recover(30);

        assertThat(recovered.findings()).isEmpty();
        assertThat(recovered.sealed()).hasSize(1);
        assertThat(recovered.active().orElseThrow().baseOffset()).isEqualTo(30);
        assertThat(recovered.active().orElseThrow().offsetNext()).isEqualTo(30);
    }

    @Test
    void shouldKnowWhichAbortedTransactionsOverlap() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        assertThat(segment.hasAborted()).isFalse();
        assertThat(aborted(segment, 0, END)).isEmpty();
        AbortedSpan first = new AbortedSpan(7, 0, 5, 6);
        AbortedSpan second = new AbortedSpan(8, 3, 25, 26);

        segment.noteAborted(first);
        segment.noteAborted(second);
        segment.noteAborted(first);

        assertThat(segment.hasAborted()).isTrue();
        for (Segment form : List.of(segment, segment.seal())) {
            assertThat(aborted(form, 0, END)).containsExactly(first, second);
            assertThat(aborted(form, 6, END)).containsExactly(second);
            assertThat(aborted(form, 0, 3)).containsExactly(first);
            assertThat(aborted(form, 26, END)).isEmpty();
        }
    }

    @Test
    void shouldSayWhenNoLaterSegmentHasMore() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        segment.noteAborted(new AbortedSpan(7, 0, 5, 2));

        assertThat(segment.abortedTransactions(0, 2, span -> {})).isTrue();
        assertThat(segment.abortedTransactions(0, 3, span -> {})).isFalse();
    }

    @Test
    void shouldBoundTheEndOfASlice() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        int batchSizeBytes = batch(0, 10, 1_000).limit();
        Slice slice = segment.read(0, END, batchSizeBytes, true).orElseThrow();

        assertThat(segment.endBound(slice)).isBetween(10L, 30L);
        assertThat(segment.seal().endBound(slice)).isBetween(10L, 30L);
    }

    @Test
    void shouldFindAbortedTransactionsAgain() throws IOException {
        SegmentProvider provider = create();
        ActiveSegment first = threeBatches(provider.create(0));
        AbortedSpan inFirst = new AbortedSpan(7, 0, 5, 6);
        first.noteAborted(inFirst);
        SealedSegment sealed = first.seal();
        sealed.flush();
        ActiveSegment second = provider.create(30);
        second.append(batch(30, 10, 4_000));
        AbortedSpan inSecond = new AbortedSpan(8, 3, 35, 36);
        second.noteAborted(inSecond);
        second.flush();
        sealed.close();
        second.close();

        Recovered recovered = reopen().recover(40);

        assertThat(aborted(recovered.sealed().getFirst(), 0, END)).containsExactly(inFirst);
        ActiveSegment active = recovered.active().orElseThrow();
        assertThat(aborted(active, 0, END)).containsExactly(inSecond);
        AbortedSpan later = new AbortedSpan(7, 38, 39, 40);
        active.noteAborted(later);
        active.noteAborted(inSecond);
        assertThat(aborted(active, 0, END)).containsExactly(inSecond, later);
    }

    @Test
    void shouldCutAbortedTransactionsToo() throws IOException {
        ActiveSegment segment = threeBatches(create().create(0));
        AbortedSpan kept = new AbortedSpan(7, 0, 5, 6);
        segment.noteAborted(kept);
        segment.noteAborted(new AbortedSpan(8, 0, 15, 16));

        segment.truncateTo(10);

        assertThat(aborted(segment, 0, END)).containsExactly(kept);
    }

    @Test
    void shouldKeepSlicesOfADeletedSegmentReadable() throws IOException {
        SealedSegment sealed = threeBatches(create().create(0)).seal();
        Slice slice = sealed.read(0, END, PLENTY, true).orElseThrow();
        ByteBuffer before = bytes(slice);

        sealed.delete();

        assertThat(bytes(slice)).isEqualTo(before);
    }

    @Test
    void shouldReplaceNeighboursByOneSegment() throws IOException {
        SegmentProvider provider = create();
        SealedSegment first = threeBatches(provider.create(0)).seal();
        ActiveSegment growing = provider.create(30);
        growing.append(batch(30, 10, 4_000));
        growing.append(batch(40, 10, 5_000));
        SealedSegment second = growing.seal();
        ActiveSegment active = provider.create(50);
        active.append(batch(50, 10, 6_000));
        for (Segment segment : List.of(first, second, active)) {
            segment.flush();
        }
        Slice slice = second.read(30, END, PLENTY, true).orElseThrow();
        ByteBuffer before = bytes(slice);

        SegmentReplacement replacement = provider.replace(first);
        replacement.append(concat(batch(10, 10, 2_000), batch(40, 10, 5_000)));
        SealedSegment result = replacement.prepare(List.of(first, second));
        assertThat(readAll(first, 0, END)).containsExactly(0L, 10L, 20L);
        assertThat(readAll(result, 0, END)).containsExactly(10L, 40L);
        replacement.complete();

        assertThat(result.isFlushed()).isTrue();
        assertThat(result.baseOffset()).isZero();
        assertThat(result.offsetNext()).isEqualTo(50);
        assertThat(readAll(result, 20, END)).containsExactly(40L);
        assertThat(firstAt(result, 3_000, 0)).containsExactly(40L);
        assertThat(bytes(slice)).isEqualTo(before);
        assertThat(readAll(first, 0, END)).containsExactly(0L, 10L, 20L);
        assertThat(readAll(second, 30, END)).containsExactly(30L, 40L);
        result.close();
        active.close();
        Recovered recovered = reopen().recover(0);
        assertThat(recovered.findings()).isEmpty();
        assertThat(recovered.sealed()).singleElement().satisfies(found -> {
            assertThat(found.offsetNext()).isEqualTo(50);
            assertThat(readAll(found, 0, END)).containsExactly(10L, 40L);
            assertThat(firstAt(found, 3_000, 0)).containsExactly(40L);
        });
        assertThat(recovered.active().orElseThrow().offsetNext()).isEqualTo(60);
    }

    @Test
    void shouldBeAsBeforeWhenAReplacementIsAbandoned() throws IOException {
        SegmentProvider provider = create();
        SealedSegment first = threeBatches(provider.create(0)).seal();
        ActiveSegment active = provider.create(30);
        active.append(batch(30, 10, 4_000));
        first.flush();
        active.flush();

        SegmentReplacement early = provider.replace(first);
        early.append(batch(20, 10, 3_000));
        early.abandon();
        SegmentReplacement late = provider.replace(first);
        late.append(batch(20, 10, 3_000));
        late.prepare(List.of(first));
        late.abandon();

        assertThat(readAll(first, 0, END)).containsExactly(0L, 10L, 20L);
        first.close();
        active.close();
        Recovered recovered = reopen().recover(0);
        assertThat(recovered.findings()).isEmpty();
        assertThat(readAll(recovered.sealed().getFirst(), 0, END)).containsExactly(0L, 10L, 20L);
    }

    @Test
    void shouldForgetADeletedSegment() throws IOException {
        SegmentProvider provider = create();
        SealedSegment sealed = threeBatches(provider.create(0)).seal();
        ActiveSegment active = provider.create(30);
        active.append(batch(30, 1, 4_000));
        active.flush();
        sealed.delete();
        active.close();

        Recovered recovered = reopen().recover(0);

        assertThat(recovered.sealed()).isEmpty();
        assertThat(recovered.active().orElseThrow().baseOffset()).isEqualTo(30);
        assertThat(recovered.findings()).isEmpty();
    }

    @Test
    void shouldForgetEverythingWhenAllIsDeleted() throws IOException {
        SegmentProvider provider = create();
        threeBatches(provider.create(0)).seal();
        provider.create(30).append(batch(30, 1, 4_000));

        provider.deleteAll();

        Recovered recovered = reopen().recover(0);
        assertThat(recovered.sealed()).isEmpty();
        assertThat(recovered.active()).isEmpty();
    }

    @Test
    void shouldShowAPrefixOfWholeBatchesToReadersBesideTheWriter() throws Exception {
        ActiveSegment segment = create().create(0);
        int batchesCount = 2_000;

        CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> readUntil(segment, batchesCount * 2L));
        for (int i = 0; i < batchesCount; i++) {
            segment.append(batch(i * 2L, 2, i));
        }

        assertThat(reader.get()).isEqualTo(batchesCount * 2L);
    }

    /** Reads on and on, checking that offsets follow one another, until {@code endOffset}. */
    private static long readUntil(Segment segment, long endOffset) {
        long offset = 0;
        try {
            while (offset < endOffset) {
                var slice = segment.read(offset, END, 10_000, true);
                if (slice.isPresent()) {
                    for (long baseOffset : baseOffsets(slice.get())) {
                        assertThat(baseOffset).isEqualTo(offset);
                        offset += 2;
                    }
                    assertThat(segment.offsetNext()).isGreaterThanOrEqualTo(offset);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return offset;
    }

    private static List<AbortedSpan> aborted(Segment segment, long fromOffset, long endOffset) throws IOException {
        List<AbortedSpan> spans = new ArrayList<>();
        segment.abortedTransactions(fromOffset, endOffset, spans::add);
        return spans;
    }

    private static ActiveSegment threeBatches(ActiveSegment segment) throws IOException {
        segment.append(batch(0, 10, 1_000));
        segment.append(batch(10, 10, 2_000));
        segment.append(batch(20, 10, 3_000));
        return segment;
    }

    private static List<Long> firstAt(Segment segment, long timestampMs, long fromOffset) throws IOException {
        return baseOffsets(segment.firstBatchAtOrAfter(timestampMs, fromOffset).orElseThrow());
    }

    /** The base offsets of all batches from {@code offset} up to {@code endOffset}, slice by slice. */
    private static List<Long> readAll(Segment segment, long offset, long endOffset) throws IOException {
        List<Long> all = new ArrayList<>();
        long next = offset;
        while (true) {
            var slice = segment.read(next, endOffset, PLENTY, true);
            if (slice.isEmpty()) {
                return all;
            }
            ByteBuffer bytes = bytes(slice.get());
            for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
                all.add(BatchHeader.baseOffset(bytes, position));
                next = BatchHeader.lastOffset(bytes, position) + 1;
            }
        }
    }
}
