package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.segment.Segment;
import java.io.IOException;
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
        SegmentChain chain = log.chain();
        try {
            Optional<Slice> slice = read(chain, request, end);
            return new ReadResult(slice.map(List::of).orElse(List.of()), offsets, List.of());
        } catch (IOException e) {
            log.checkReadable();
            checkedOffsets(log, request.offset());
            throw e;
        }
    }

    private static Optional<Slice> read(SegmentChain chain, ReadRequest request, long end) throws IOException {
        for (int i = chain.indexOf(request.offset()); i < chain.segmentsCount(); i++) {
            Segment segment = chain.get(i);
            if (request.offset() < segment.offsetNext()) {
                return segment.read(request.offset(), end, request.maxSizeBytes(), request.atLeastOneBatch());
            }
        }
        return Optional.empty();
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
