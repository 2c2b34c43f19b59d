package dev.millrace.log.segment;

import dev.millrace.log.Slice;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A run of a partition's batches: what {@link ActiveSegment} and {@link SealedSegment} have in common. Offsets ascend; there
 * may be gaps between batches (after compaction), never overlaps.
 *
 * <p>Readable from any thread, also while the one writer appends: a reader sees a prefix of whole batches.
 *
 * <p>The contract of all three interfaces is the suite {@code SegmentProviderContract}.
 */
public interface Segment {

    /** Offset from which this segment is responsible; its name on disk. */
    long baseOffset();

    /** Offset behind its last record; {@link #baseOffset()} if it is empty. */
    long offsetNext();

    long sizeBytes();

    /** The largest timestamp of its records, ms; -1 if it is empty. */
    long largestTimestampMs();

    /**
     * Whole batches, beginning with the one that holds {@code offset} or, if none does, the first behind it.
     *
     * @param endOffset exclusive: no batch that holds this offset or lies behind it is given
     * @param maxSizeBytes bound for the size of the slice
     * @param atLeastOneBatch whether the first batch is given even if it is larger than {@code maxSizeBytes}
     * @return empty if no such batch fits
     */
    Optional<Slice> read(long offset, long endOffset, int maxSizeBytes, boolean atLeastOneBatch) throws IOException;

    /**
     * The first batch, by offset and at or behind {@code fromOffset}, whose largest timestamp is at least {@code timestampMs}: the
     * batch that must be looked into to find the record. Whole, one batch.
     */
    Optional<Slice> firstBatchAtOrAfter(long timestampMs, long fromOffset) throws IOException;

    /**
     * Hands over, in the order of their markers, the aborted transactions that end in this segment and {@link AbortedSpan#overlaps
     * overlap} the offsets from {@code fromOffset} to {@code endOffset}, exclusive.
     *
     * @return whether it is known that no later segment has any more of them
     */
    boolean abortedTransactions(long fromOffset, long endOffset, Consumer<AbortedSpan> sink) throws IOException;

    /** Whether an aborted transaction ends in this segment. Costs nothing if none does, but for the first look. */
    boolean hasAborted() throws IOException;

    /** An offset that is not before the end of {@code slice}, which this segment gave, and as close to it as can be told without reading. */
    long endBound(Slice slice) throws IOException;

    /**
     * Notes an aborted transaction whose marker is in this segment, behind all that were noted before; one that is not behind them is
     * noted already, and nothing happens. For the writer. Durable with the next {@link #flush}, or at once if the segment is sealed and
     * flushed.
     */
    void noteAborted(AbortedSpan span) throws IOException;

    /** Notes these aborted transactions, and no others, as durably as {@link #noteAborted}. For the writer. */
    void replaceAborted(List<AbortedSpan> spans) throws IOException;

    /**
     * Makes everything appended before this call durable, the names of files included. MAY be called from any thread, beside the
     * writer and readers; one such call ({@code flush} or {@link #writeBack}) at a time per segment, whatever its form. Does nothing
     * if all is durable already.
     *
     * @throws IOException when that failed: it MUST NOT be tried again, the bytes since the last flush are in doubt
     */
    void flush() throws IOException;

    /**
     * Hands over to the operating system what is kept in this process's memory (index entries), without making it durable: for callers
     * that flush many segments and then sync the whole file system at once, and say so by {@link #synced}. The same rules as for
     * {@link #flush}.
     */
    void writeBack() throws IOException;

    /** Says that everything that the file system had been given when the last {@link #writeBack} returned is durable by now. */
    void synced();
}
