package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.ReadResult.AbortedTransaction;
import dev.millrace.log.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads from the chain of a partition, on any thread, without a lock. */
final class ChainReader {

    private ChainReader() {}

    static ReadResult read(PartitionLog log, ReadRequest request) throws IOException {
        log.checkReadable();
        PartitionOffsets offsets = checkedOffsets(log, request.offset());
        long end = switch (request.bound()) {
            case DURABLE -> offsets.highWatermark();
            case COMMITTED -> offsets.lastStable();
            case ACCEPTED -> offsets.logEnd();
        };
        if (request.offset() >= end) {
            return new ReadResult(List.of(), offsets, List.of());
        }
        if (log.isResting()) {
            log.bringBack();
            log.checkReadable();
        }
        // Read behind the marks: the chain holds at least what they cover, unless its head was dropped since.
        return readAgainIfReplaced(log, request, end, offsets);
    }

    /** A segment that was dropped or replaced since its chain was looked at may be gone: then there is another chain. */
    @SuppressWarnings("ReferenceEquality") // The same chain is meant.
    private static ReadResult readAgainIfReplaced(
            PartitionLog log, ReadRequest request, long end, PartitionOffsets offsets) throws IOException {
        while (true) {
            SegmentChain chain = log.chain();
            try {
                return read(chain, request, end, offsets);
            } catch (IOException e) {
                log.checkReadable();
                checkedOffsets(log, request.offset());
                if (log.chain() == chain) {
                    throw e;
                }
            }
        }
    }

    private static ReadResult read(SegmentChain chain, ReadRequest request, long end, PartitionOffsets offsets)
            throws IOException {
        for (int i = chain.indexOf(request.offset()); i < chain.segmentsCount(); i++) {
            Segment segment = chain.get(i);
            if (request.offset() >= segment.offsetNext()) {
                continue;
            }
            Optional<Slice> slice =
                    segment.read(request.offset(), end, request.maxSizeBytes(), request.atLeastOneBatch());
            if (slice.isPresent()) {
                List<AbortedTransaction> aborted = request.bound() == ReadRequest.Bound.COMMITTED
                        ? abortedTransactions(chain, i, request.offset(), end, slice.get())
                        : List.of();
                return new ReadResult(List.of(slice.get()), offsets, aborted);
            }
            if (segment.read(request.offset(), Long.MAX_VALUE, 0, true).isPresent()) {
                break;
            }
            // Compaction has left nothing behind this offset here.
        }
        return new ReadResult(List.of(), offsets, List.of());
    }

    /** The aborted transactions that overlap the slice, which segment {@code index} gave: their markers are in that one or behind. */
    private static List<AbortedTransaction> abortedTransactions(
            SegmentChain chain, int index, long offset, long end, Slice slice) throws IOException {
        List<AbortedTransaction> found = new ArrayList<>();
        long bound = Long.MIN_VALUE;
        boolean complete = false;
        for (int i = index; i < chain.segmentsCount() && !complete; i++) {
            Segment segment = chain.get(i);
            if (!segment.hasAborted()) {
                continue;
            }
            if (bound == Long.MIN_VALUE) {
                bound = Math.min(end, chain.get(index).endBound(slice));
            }
            complete = segment.abortedTransactions(
                    offset, bound, span -> found.add(new AbortedTransaction(span.producerId(), span.firstOffset())));
        }
        return found;
    }

    private static PartitionOffsets checkedOffsets(PartitionLog log, long offset) {
        PartitionOffsets offsets = log.offsets();
        if (offset < offsets.logStart() || offset > offsets.logEnd()) {
            throw new MillraceException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset " + offset + " of " + log.topic() + "-" + log.id().partition()
                            + " is out of range: the log has " + offsets.logStart() + " to " + offsets.logEnd());
        }
        return offsets;
    }
}
