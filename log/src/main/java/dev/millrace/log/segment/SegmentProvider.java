package dev.millrace.log.segment;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where the segments of one partition live: in memory, in local files; later in a replicated ledger or in an object store. */
public interface SegmentProvider {

    /**
     * What is there, ascending by base offset, each whole: torn or corrupt tails MUST have been cut away, missing or stale indexes rebuilt.
     * When a batch of a segment that is not the last must be cut, everything behind it goes too: the journal gives it again.
     *
     * @param trustedOffset everything below is known to be flushed and is not read again; what lies behind is verified batch by batch
     *     (CRC, ascending offsets)
     * @throws CorruptSegmentException when something below {@code trustedOffset} is missing or broken: nothing was changed then, because
     *     cutting would lose records that were acknowledged; the partition stays offline until somebody decides
     */
    Recovered recover(long trustedOffset) throws IOException;

    /**
     * As {@link #recover}, where nothing at or behind {@code endOffset} counts: whatever lies there MUST have been cut away, durably.
     * Everything below is trusted.
     */
    Recovered recoverTo(long endOffset) throws IOException;

    /**
     * A new, empty segment. Nothing at or behind {@code baseOffset} may exist. Where other segments exist, it is found again after
     * a restart even if nothing was appended to it.
     */
    ActiveSegment create(long baseOffset) throws IOException;

    /**
     * Begins to replace neighbours of the chain, all sealed and flushed, by one segment with the base offset of {@code first}, the first
     * of them. MAY be called from any thread; at most one replacement is under way. None of the old segments MAY be deleted before it
     * ends.
     */
    SegmentReplacement replace(SealedSegment first) throws IOException;

    /** Removes everything that belongs to the partition. No replacement MAY be under way. */
    void deleteAll() throws IOException;

    /**
     * What was found.
     *
     * @param sealed all but the last
     * @param active the last one, open for appends
     * @param findings in words, what was repaired: one line each, naming file and position; empty if all was well
     * @param abortedInDoubt base offsets of the segments that may not know all aborted transactions which ended in them below the trusted
     *     offset: the caller tells them with {@link Segment#replaceAborted}
     */
    record Recovered(
            List<SealedSegment> sealed,
            Optional<ActiveSegment> active,
            List<String> findings,
            List<Long> abortedInDoubt) {

        /** Without any doubt. */
        public Recovered(List<SealedSegment> sealed, Optional<ActiveSegment> active, List<String> findings) {
            this(sealed, active, findings, List.of());
        }
    }
}
