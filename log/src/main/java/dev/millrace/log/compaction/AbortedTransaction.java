package dev.millrace.log.compaction;

/**
 * A transaction that was aborted (KIP-98).
 *
 * @param firstOffset of its first record in the partition
 * @param lastOffset of its marker
 */
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset) {}
