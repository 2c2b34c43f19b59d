package dev.millrace.log;

/**
 * What a partition knows of a producer (KIP-664).
 *
 * @param lastSequence of its last batch in this epoch; -1: none
 * @param lastTimestampMs largest of its last batch, or that of the last marker
 * @param coordinatorEpoch of the coordinator that ended its last transaction here; -1: none
 * @param currentTxnStartOffset first offset of the transaction that it has open here; -1: none
 */
public record ActiveProducer(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTxnStartOffset) {}
