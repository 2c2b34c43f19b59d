package dev.millrace.log.segment;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where the segments of one partition live: in memory, in local files; later in a replicated ledger or in an object store. */
public interface SegmentProvider {

    /**
     * What is there, ascending by base offset, each whole: torn or corrupt tails MUST have been cut away, missing or stale indexes rebuilt.
     *
     * @param trustedOffset everything below is known to be flushed and is not read again; what lies behind is verified batch by batch
     *     (CRC, ascending offsets)
     */
    Recovered recover(long trustedOffset) throws IOException;

    /** A new, empty segment. Nothing at or behind {@code baseOffset} may exist. */
    ActiveSegment create(long baseOffset) throws IOException;

    /** Removes everything that belongs to the partition. */
    void deleteAll() throws IOException;

    /**
     * What was found.
     *
     * @param sealed all but the last
     * @param active the last one, open for appends
     * @param findings in words, what was repaired: one line each, naming file and position; empty if all was well
     */
    record Recovered(List<SealedSegment> sealed, Optional<ActiveSegment> active, List<String> findings) {}
}
