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
 * @param keysRequired whether the topic is compacted, so that a client's record without a key has no place in it
 */
public record BatchRules(
        int maxBatchSizeBytes,
        Optional<Compression> compression,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        boolean keysRequired) {

    /** Records need no keys. */
    public BatchRules(
            int maxBatchSizeBytes,
            Optional<Compression> compression,
            boolean logAppendTime,
            long timestampBeforeMaxMs,
            long timestampAfterMaxMs) {
        this(maxBatchSizeBytes, compression, logAppendTime, timestampBeforeMaxMs, timestampAfterMaxMs, false);
    }

    /** Kafka's defaults for a topic. */
    public static final BatchRules DEFAULT =
            new BatchRules(1_048_588, Optional.empty(), false, Long.MAX_VALUE, 3_600_000);
}
