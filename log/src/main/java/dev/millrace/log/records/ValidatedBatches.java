package dev.millrace.log.records;

import java.nio.ByteBuffer;

/**
 * Batches that passed {@link BatchValidator}: the log may assign offsets and write them.
 *
 * @param buffer the batches between position and limit: the caller's own buffer, or another one if the topic's codec asked for
 *     re-compression
 * @param batchesCount at least 1
 * @param recordsCount of all batches together; also the number of offsets that they take
 * @param maxTimestampMs the largest of all records, ms; -1 if none has a timestamp
 * @param logAppendTimeMs the time that the records were given, ms; -1 if they keep their own
 */
public record ValidatedBatches(
        ByteBuffer buffer, int batchesCount, int recordsCount, long maxTimestampMs, long logAppendTimeMs) {}
