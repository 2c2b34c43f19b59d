package dev.millrace.log.records;

import java.util.Optional;

/**
 * What a topic asks of the batches that are appended to it. Immutable; made when the topic's configuration changes, not per append.
 *
 * @param maxBatchSizeBytes {@code max.message.bytes}: the largest batch that a client may append
 * @param compression the codec that the topic wants ({@code compression.type}); empty for {@code producer}: batches stay as they come
 * @param logAppendTime {@code message.timestamp.type=LogAppendTime}: the log gives the records their timestamp
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}: how far behind the clock a record may be
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}: how far ahead of the clock a record may be
 */
public record BatchRules(
        int maxBatchSizeBytes,
        Optional<Compression> compression,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs) {

    /** Kafka's defaults for a topic. */
    public static final BatchRules DEFAULT =
            new BatchRules(1_048_588, Optional.empty(), false, Long.MAX_VALUE, 3_600_000);
}
