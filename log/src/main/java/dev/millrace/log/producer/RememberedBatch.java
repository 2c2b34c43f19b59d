package dev.millrace.log.producer;

/**
 * A batch of an idempotent producer that is in the log.
 *
 * @param maxTimestampMs the largest of its records, ms
 */
public record RememberedBatch(long baseOffset, long maxTimestampMs) {}
