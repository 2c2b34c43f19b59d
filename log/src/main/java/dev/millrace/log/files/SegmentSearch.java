package dev.millrace.log.files;

import dev.millrace.base.files.StoreFile;
import dev.millrace.log.Slice;
import dev.millrace.log.segment.CorruptSegmentException;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds batches in a .log file of which {@code sizeBytes} were published, up to {@code offsetNext} or further: the index gives a
 * place nearby, headers are walked from there. One object per lookup; not thread-safe.
 */
final class SegmentSearch {

    private final StoreFile file;
    private final long sizeBytes;
    private final long offsetNext;
    private final Indexes indexes;
    private final BatchScanner scanner;

    SegmentSearch(StoreFile file, long sizeBytes, long offsetNext, Indexes indexes) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.offsetNext = offsetNext;
        this.indexes = indexes;
        this.scanner = new BatchScanner(file, sizeBytes, BatchScanner.LOOKUP_CHUNK_BYTES);
    }

    /** As {@link dev.millrace.log.segment.Segment#read}. */
    Optional<Slice> read(long offset, long endOffset, int maxSizeBytes, boolean atLeastOneBatch) throws IOException {
        if (offset >= offsetNext || !moveToBatchOf(offset) || scanner.lastOffset() >= endOffset) {
            return Optional.empty();
        }
        long start = scanner.position();
        long firstEnd = start + scanner.sizeBytes();
        long limit = Math.min(sizeBytes, start + maxSizeBytes);
        if (firstEnd > limit) {
            return atLeastOneBatch ? Optional.of(slice(start, firstEnd)) : Optional.empty();
        }
        boolean toTheEnd = endOffset >= offsetNext && limit == sizeBytes;
        return Optional.of(slice(start, toTheEnd ? sizeBytes : endOfBatches(firstEnd, limit, endOffset)));
    }

    /** As {@link dev.millrace.log.segment.Segment#firstBatchAtOrAfter}. */
    Optional<Slice> firstBatchAtOrAfter(long timestampMs, long fromOffset) throws IOException {
        long position = Math.max(indexes.offsets.positionAtOrBelow(fromOffset), positionBeforeTime(timestampMs));
        for (; position < sizeBytes; position += scanner.sizeBytes()) {
            moveTo(position);
            if (scanner.lastOffset() >= fromOffset && scanner.maxTimestampMs() >= timestampMs) {
                return Optional.of(slice(position, position + scanner.sizeBytes()));
            }
        }
        return Optional.empty();
    }

    /**
     * A position before which no batch reaches {@code timestampMs}. The time index gets an entry together with the offset index, if the
     * largest timestamp has grown since: so up to the offset entry before that one, it had not. Nor had it, if there is none, up to the
     * last offset entry within the published size: the writer may have added more of both since this thread looked at either.
     */
    private long positionBeforeTime(long timestampMs) {
        long offset = indexes.times.firstOffsetAtOrAfter(timestampMs);
        long published = indexes.offsets.boundaryAtOrBelow(sizeBytes - 1);
        return offset < 0 ? published : Math.min(published, indexes.offsets.positionAtOrBelow(offset - 1));
    }

    /** Position of the first batch that holds {@code offset} or lies behind it; {@code sizeBytes} if there is none. */
    long positionOf(long offset) throws IOException {
        return moveToBatchOf(offset) ? scanner.position() : sizeBytes;
    }

    private boolean moveToBatchOf(long offset) throws IOException {
        for (long position = indexes.offsets.positionAtOrBelow(offset);
                position < sizeBytes;
                position += scanner.sizeBytes()) {
            moveTo(position);
            if (scanner.lastOffset() >= offset) {
                return true;
            }
        }
        return false;
    }

    /** The end of the last batch that ends at or before {@code limit} and holds nothing at or behind {@code endOffset}. */
    private long endOfBatches(long from, long limit, long endOffset) throws IOException {
        long end = Math.max(
                from,
                Math.min(indexes.offsets.boundaryAtOrBelow(limit), indexes.offsets.positionAtOrBelow(endOffset - 1)));
        while (end < limit) {
            moveTo(end);
            if (scanner.lastOffset() >= endOffset || end + scanner.sizeBytes() > limit) {
                break;
            }
            end += scanner.sizeBytes();
        }
        return end;
    }

    private void moveTo(long position) throws IOException {
        Optional<String> problem = scanner.moveTo(position);
        if (problem.isPresent()) {
            throw new CorruptSegmentException(file.path() + ": at position " + position + " stands " + problem.get()
                    + "; stop the server and run millrace check on its data directory");
        }
    }

    private Slice slice(long start, long end) {
        return new Slice.InFile(file, start, (int) (end - start));
    }
}
