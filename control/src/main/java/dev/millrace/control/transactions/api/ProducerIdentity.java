package dev.millrace.control.transactions.api;

/**
 * Under which a producer writes.
 *
 * @param epoch a higher one fences all lower ones
 */
public record ProducerIdentity(long producerId, short epoch) {}
