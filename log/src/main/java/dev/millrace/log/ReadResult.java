package dev.millrace.log;

import java.util.List;

/**
 * What was read: whole batches, ascending, without gaps.
 *
 * @param slices the bytes, in order; empty if nothing is readable at the offset yet
 * @param offsets the partition's marks when it was read
 * @param abortedTransactions for {@link ReadRequest.Bound#COMMITTED}: the aborted transactions that overlap the slices
 */
public record ReadResult(List<Slice> slices, PartitionOffsets offsets, List<AbortedTransaction> abortedTransactions) {

    public int sizeBytes() {
        int sum = 0;
        for (Slice slice : slices) {
            sum += slice.sizeBytes();
        }
        return sum;
    }

    /** A transaction whose records a {@code read_committed} reader skips, from {@code firstOffset} to its abort marker. */
    public record AbortedTransaction(long producerId, long firstOffset) {}
}
