package dev.millrace.log.memory;

import dev.millrace.base.Check;
import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A segment on the heap: its bytes in chunks that are filled one after the other, and one entry per batch.
 *
 * <p>The writer fills bytes and entries first and publishes them with {@link #view} last; a reader looks at one view from
 * beginning to end, so it sees a prefix of whole batches.
 */
final class InMemorySegment implements ActiveSegment, SealedSegment {

    private static final int SMALLEST_CHUNK_BYTES = 4 * 1024;
    private static final int LARGEST_CHUNK_BYTES = 1024 * 1024;

    private final long baseOffset;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private volatile View view;
    /** Ascending; replaced as a whole. */
    private volatile List<AbortedSpan> aborted = List.of();

    private boolean sealed;
    private boolean deleted;

    InMemorySegment(long baseOffset) {
        this.baseOffset = baseOffset;
        this.view = new View(new Entry[4], 0, 0, -1);
    }

    @Override
    public void append(ByteBuffer batches) {
        Check.that(!sealed && !deleted, "a segment that was sealed or deleted takes no batches");
        View old = view;
        long offsetNext = offsetNext();
        long largestTimestampMs = old.largestTimestampMs;
        int start = store(batches);
        Entry[] entries = old.entries;
        int count = old.count;
        for (int position = start; position < chunk.position(); count++) {
            Entry entry = Entry.of(chunk, position);
            Check.ordered(offsetNext, entry.baseOffset, "batches of a segment ascend");
            if (count == entries.length) {
                entries = Arrays.copyOf(entries, 2 * count);
            }
            entries[count] = entry;
            offsetNext = entry.offsetNext;
            largestTimestampMs = Math.max(largestTimestampMs, entry.largestTimestampMs);
            position += entry.sizeBytes;
        }
        view = new View(entries, count, old.sizeBytes + chunk.position() - start, largestTimestampMs);
    }

    /** Copies the batches into a chunk, all into the same; returns where they begin. */
    private int store(ByteBuffer batches) {
        if (chunk.remaining() < batches.remaining()) {
            int nextBytes = Math.clamp(2L * chunk.capacity(), SMALLEST_CHUNK_BYTES, LARGEST_CHUNK_BYTES);
            chunk = ByteBuffer.allocate(Math.max(nextBytes, batches.remaining()));
        }
        int start = chunk.position();
        chunk.put(batches);
        return start;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The same chunk is meant, not equal bytes: a slice cannot span two.
    public Optional<Slice> read(long offset, long endOffset, int maxSizeBytes, boolean atLeastOneBatch) {
        View seen = view;
        int first = seen.indexOf(offset);
        int last = first;
        long sizeBytes = 0;
        while (last < seen.count && seen.entries[last].offsetNext <= endOffset) {
            Entry entry = seen.entries[last];
            boolean fits = sizeBytes + entry.sizeBytes <= maxSizeBytes || (last == first && atLeastOneBatch);
            if (!fits || entry.chunk != seen.entries[first].chunk) {
                break;
            }
            sizeBytes += entry.sizeBytes;
            last++;
        }
        return last == first ? Optional.empty() : Optional.of(seen.entries[first].slice((int) sizeBytes));
    }

    @Override
    public Optional<Slice> firstBatchAtOrAfter(long timestampMs, long fromOffset) {
        View seen = view;
        for (int i = seen.indexOf(fromOffset); i < seen.count; i++) {
            if (seen.entries[i].largestTimestampMs >= timestampMs) {
                return Optional.of(seen.entries[i].slice(seen.entries[i].sizeBytes));
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean abortedTransactions(long fromOffset, long endOffset, Consumer<AbortedSpan> sink) {
        for (AbortedSpan span : aborted) {
            if (span.overlaps(fromOffset, endOffset)) {
                sink.accept(span);
            }
            if (span.lastOffset() >= fromOffset && span.lastStableOffset() >= endOffset) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean hasAborted() {
        return !aborted.isEmpty();
    }

    @Override
    public long endBound(Slice slice) {
        if (!(slice instanceof Slice.InMemory(ByteBuffer bytes))) {
            return offsetNext();
        }
        long end = baseOffset;
        for (int position = bytes.position(); position < bytes.limit(); ) {
            end = BatchHeader.lastOffset(bytes, position) + 1;
            position += BatchHeader.sizeBytes(bytes, position);
        }
        return end;
    }

    @Override
    public void replaceAborted(List<AbortedSpan> spans) {
        aborted = List.copyOf(spans);
    }

    @Override
    public void noteAborted(AbortedSpan span) {
        if (aborted.isEmpty() || span.lastOffset() > aborted.getLast().lastOffset()) {
            List<AbortedSpan> more = new ArrayList<>(aborted);
            more.add(span);
            aborted = List.copyOf(more);
        }
    }

    @Override
    public void truncateTo(long offset) {
        aborted = aborted.stream().filter(span -> span.lastOffset() < offset).toList();
        View old = view;
        int count = old.indexOf(offset);
        // The bytes and entries behind may still be looked at by a reader: they are left alone, not reused.
        Entry[] entries = Arrays.copyOf(old.entries, Math.max(4, count));
        Arrays.fill(entries, count, entries.length, null);
        long sizeBytes = 0;
        long largestTimestampMs = -1;
        for (int i = 0; i < count; i++) {
            sizeBytes += entries[i].sizeBytes;
            largestTimestampMs = Math.max(largestTimestampMs, entries[i].largestTimestampMs);
        }
        view = new View(entries, count, sizeBytes, largestTimestampMs);
    }

    @Override
    public long baseOffset() {
        return baseOffset;
    }

    @Override
    public long offsetNext() {
        View seen = view;
        return seen.count == 0 ? baseOffset : seen.entries[seen.count - 1].offsetNext;
    }

    @Override
    public long sizeBytes() {
        return view.sizeBytes;
    }

    @Override
    public long largestTimestampMs() {
        return view.largestTimestampMs;
    }

    /** Nothing to do: what is here is as durable as it will ever be. */
    @Override
    public void flush() {}

    @Override
    public void writeBack() {}

    @Override
    public void synced() {}

    @Override
    public long indexSizeBytes() {
        return 0;
    }

    @Override
    public boolean isFlushed() {
        return true;
    }

    @Override
    public SealedSegment seal() {
        sealed = true;
        return this;
    }

    /** As after a restart: the last segment of a chain grows again. */
    void unseal() {
        sealed = false;
    }

    @Override
    public void delete() {
        deleted = true;
        aborted = List.of();
        view = new View(new Entry[0], 0, 0, -1);
        chunk = ByteBuffer.allocate(0);
    }

    boolean isDeleted() {
        return deleted;
    }

    @Override
    public void close() {}

    private record Entry(
            ByteBuffer chunk, int position, int sizeBytes, long baseOffset, long offsetNext, long largestTimestampMs) {

        static Entry of(ByteBuffer chunk, int position) {
            return new Entry(
                    chunk,
                    position,
                    BatchHeader.sizeBytes(chunk, position),
                    BatchHeader.baseOffset(chunk, position),
                    BatchHeader.lastOffset(chunk, position) + 1,
                    BatchHeader.maxTimestampMs(chunk, position));
        }

        Slice slice(int sizeBytes) {
            return new Slice.InMemory(chunk.slice(position, sizeBytes).asReadOnlyBuffer());
        }
    }

    /** What readers see. Entries below {@code count} never change. */
    private static final class View {

        final Entry[] entries;
        final int count;
        final long sizeBytes;
        final long largestTimestampMs;

        View(Entry[] entries, int count, long sizeBytes, long largestTimestampMs) {
            this.entries = entries;
            this.count = count;
            this.sizeBytes = sizeBytes;
            this.largestTimestampMs = largestTimestampMs;
        }

        /** Index of the first batch that holds {@code offset} or lies behind it; {@link #count} if none does. */
        int indexOf(long offset) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (entries[middle].offsetNext > offset) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }
    }
}
