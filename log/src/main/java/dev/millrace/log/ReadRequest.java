package dev.millrace.log;

/**
 * What to read.
 *
 * @param offset first offset wanted; the answer begins with the batch that contains it, so its first records may lie before
 * @param maxSizeBytes upper bound for the bytes of the answer
 * @param atLeastOneBatch whether the first batch is given whole even if it alone is larger than {@code maxSizeBytes}
 *     (KIP-74), so that a reader always makes progress
 * @param bound how far the reader may see
 */
public record ReadRequest(long offset, int maxSizeBytes, boolean atLeastOneBatch, Bound bound) {

    /** How far a reader may see. */
    public enum Bound {
        /** Everything durable: up to the high watermark. Consumers with {@code read_uncommitted}. */
        DURABLE,
        /** Up to the last stable offset: nothing of an open transaction. Consumers with {@code read_committed}. */
        COMMITTED,
        /** Everything accepted. For the owner of the partition alone (a machine that replays itself); a crash may take it back. */
        ACCEPTED
    }
}
