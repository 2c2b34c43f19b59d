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
 * @param lastStable first offset of the oldest transaction that is open, or whose marker is not durable, but not before
 *     {@code logStart}; {@code highWatermark} if there is none
 * @param highWatermark first offset that is not durable: consumers read below it
 * @param logEnd offset that the next record will get
 */
public record PartitionOffsets(long logStart, long lastStable, long highWatermark, long logEnd) {}
