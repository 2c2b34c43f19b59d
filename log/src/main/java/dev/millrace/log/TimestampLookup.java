package dev.millrace.log;

import dev.millrace.base.error.MillraceException;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.RecordReader;
import dev.millrace.log.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds records by time. Looks at indexes, and into few batches. */
final class TimestampLookup {

    private TimestampLookup() {}

    static Optional<TimestampedOffset> firstAtOrAfter(PartitionLog log, long timestampMs) throws IOException {
        log.bringBack();
        log.checkReadable();
        long from = log.logStart();
        long end = log.highWatermark();
        SegmentChain chain = log.chain();
        for (int i = 0; i < chain.segmentsCount(); i++) {
            Segment segment = chain.get(i);
            if (segment.largestTimestampMs() >= timestampMs && segment.offsetNext() > from) {
                Optional<TimestampedOffset> found = firstIn(segment, timestampMs, from);
                if (found.isPresent()) {
                    return found.filter(record -> record.offset() < end);
                }
            }
        }
        return Optional.empty();
    }

    static Optional<TimestampedOffset> largest(PartitionLog log) throws IOException {
        log.bringBack();
        log.checkReadable();
        long from = log.logStart();
        SegmentChain chain = log.chain();
        long largestMs = -1;
        Optional<Segment> holder = Optional.empty();
        for (int i = 0; i < chain.segmentsCount(); i++) {
            Segment segment = chain.get(i);
            if (segment.largestTimestampMs() > largestMs && segment.offsetNext() > from) {
                largestMs = segment.largestTimestampMs();
                holder = Optional.of(segment);
            }
        }
        if (holder.isEmpty()) {
            return Optional.empty();
        }
        Optional<TimestampedOffset> found = firstIn(holder.get(), largestMs, from);
        return found.isPresent() ? found : largestByRecords(chain, from);
    }

    /** Compaction keeps some batches without their records, but with their times: then one has to look at what is left. */
    private static Optional<TimestampedOffset> largestByRecords(SegmentChain chain, long from) throws IOException {
        Optional<TimestampedOffset> largest = Optional.empty();
        for (int i = 0; i < chain.segmentsCount(); i++) {
            long timestampMs = largest.map(record -> record.timestampMs() + 1).orElse(Long.MIN_VALUE);
            Optional<TimestampedOffset> next = firstIn(chain.get(i), timestampMs, from);
            while (next.isPresent()) {
                largest = next;
                next = firstIn(chain.get(i), next.get().timestampMs() + 1, from);
            }
        }
        return largest;
    }

    /** The first record of the segment, at or behind {@code from}, with at least this timestamp. */
    private static Optional<TimestampedOffset> firstIn(Segment segment, long timestampMs, long from)
            throws IOException {
        long next = from;
        while (true) {
            Optional<Slice> slice = segment.firstBatchAtOrAfter(timestampMs, next);
            if (slice.isEmpty()) {
                return Optional.empty();
            }
            ByteBuffer batch = ByteBuffer.allocate(slice.get().sizeBytes());
            slice.get().copyTo(batch);
            batch.flip();
            Optional<TimestampedOffset> found = firstIn(batch, timestampMs, from);
            if (found.isPresent()) {
                return found;
            }
            next = BatchHeader.lastOffset(batch, 0) + 1;
        }
    }

    private static Optional<TimestampedOffset> firstIn(ByteBuffer batch, long timestampMs, long from) {
        OptionalInt epoch = OptionalInt.of(BatchHeader.leaderEpoch(batch, 0));
        RecordReader reader = new RecordReader();
        try {
            reader.open(batch, 0);
            while (reader.next()) {
                if (reader.timestampMs() >= timestampMs && reader.offset() >= from) {
                    return Optional.of(new TimestampedOffset(reader.offset(), reader.timestampMs(), epoch));
                }
            }
            return Optional.empty();
        } catch (MillraceException e) {
            // Somebody wrote a valid header over broken compressed records: the header's word is all there is.
            long offset = Math.max(from, BatchHeader.baseOffset(batch, 0));
            return Optional.of(new TimestampedOffset(offset, BatchHeader.maxTimestampMs(batch, 0), epoch));
        }
    }
}
