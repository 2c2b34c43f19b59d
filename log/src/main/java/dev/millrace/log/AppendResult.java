package dev.millrace.log;

/**
 * Where an append landed.
 *
 * @param baseOffset offset of its first record
 * @param offsetNext offset behind its last record
 * @param logAppendTimeMs the time that the log gave the records (wall clock, ms), or -1 if they keep their own
 *     ({@code message.timestamp.type=CreateTime}); for a repetition the largest timestamp of its original, which is what a
 *     producer's snapshot remembers, and what Kafka answers
 * @param logStartOffset first offset of the partition at that moment
 */
public record AppendResult(long baseOffset, long offsetNext, long logAppendTimeMs, long logStartOffset) {}
