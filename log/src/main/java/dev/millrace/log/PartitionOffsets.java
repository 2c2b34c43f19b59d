package dev.millrace.log;

/**
 * The marks of a partition, at one moment.
 *
 * <pre>
 *   logStart                lastStable        highWatermark        logEnd
 *      |  readable, committed   |  open transactions  |  not yet durable  |
 * </pre>
 *
 * @param logStart first offset that can be read
 * @param lastStable first offset of the oldest open transaction, or {@code highWatermark} if none is open
 * @param highWatermark first offset that is not durable: consumers read below it
 * @param logEnd offset that the next record will get
 */
public record PartitionOffsets(long logStart, long lastStable, long highWatermark, long logEnd) {}
