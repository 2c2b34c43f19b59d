package dev.millrace.log.records;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Clock;
import dev.millrace.log.AppendOptions.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether what somebody wants to append may enter the log. Everything is hostile until it has passed here.
 *
 * <p>Checked for every batch: framing, format v2, size, CRC, counts that agree with one another, producer fields that agree with one
 * another. Uncompressed records are walked one by one. Of compressed ones only header and CRC are looked at, unless the topic asks for
 * another codec, or wants keys: whoever reads them later treats them as hostile ({@link RecordReader} does).
 *
 * <p>Thread-safe; runs on the caller's thread, before the owner of the partition sees the batches. Allocates nothing per record, and
 * only its small result per append, as long as nothing is re-compressed.
 */
public final class BatchValidator {

    /** The least that tells which format a batch is in. */
    private static final int MAGIC_ENDS_AT = 17;

    /** Of a batch with more bad records than these, the rest are named without a message of their own. */
    static final int MESSAGES_MAX = 100;

    private final Clock clock;

    public BatchValidator(Clock clock) {
        this.clock = clock;
    }

    /**
     * Validates whole batches, one behind the other, between position and limit of {@code batches}. Position and limit are
     * as before when this returns; headers (timestamp, CRC) may have been changed in place.
     *
     * @param origin clients may not append control batches, and only their batches are held against size and time limits
     * @throws MillraceException with a CLIENT code that names what was wrong: INVALID_RECORD, CORRUPT_BATCH, BATCH_TOO_LARGE,
     *     INVALID_TIMESTAMP, UNSUPPORTED_BATCH_FORMAT, UNSUPPORTED_CODEC; the buffer's headers may have been changed then
     */
    public ValidatedBatches validate(ByteBuffer batches, BatchRules rules, Origin origin) {
        long nowMs = clock.wallMs();
        int end = batches.limit();
        int batchesCount = 0;
        int recordsCount = 0;
        long maxTimestampMs = -1;
        boolean recompress = false;
        for (int position = batches.position(); position < end; batchesCount++) {
            int sizeBytes = checkFraming(batches, position, end, rules, origin);
            checkHeader(batches, position, origin);
            checkCrc(batches, position, sizeBytes);
            maxTimestampMs =
                    Math.max(maxTimestampMs, settleTimestamps(batches, position, sizeBytes, rules, origin, nowMs));
            if (rules.keysRequired() && origin == Origin.CLIENT) {
                KeyCheck.requireKeys(batches, position);
            }
            recordsCount = Math.addExact(recordsCount, BatchHeader.recordsCount(batches, position));
            recompress |= wantsOtherCodec(batches, position, rules);
            position += sizeBytes;
        }
        if (batchesCount == 0) {
            throw refused(ErrorCode.INVALID_RECORD, "there is no record batch to append");
        }
        ByteBuffer result = recompress ? Recompressor.recompress(batches, rules) : batches;
        return new ValidatedBatches(
                result, batchesCount, recordsCount, maxTimestampMs, rules.logAppendTime() ? nowMs : -1);
    }

    /** The size of the batch at {@code position}, once it is certain that its header and its bytes are there. */
    private static int checkFraming(ByteBuffer batches, int position, int end, BatchRules rules, Origin origin) {
        int remaining = end - position;
        if (remaining < MAGIC_ENDS_AT) {
            throw refused(
                    ErrorCode.INVALID_RECORD,
                    "the batch at position " + position + " ends after " + remaining + " bytes, before its magic byte");
        }
        byte magic = BatchHeader.magic(batches, position);
        if (magic != BatchHeader.MAGIC) {
            throw refused(
                    magic == 0 || magic == 1 ? ErrorCode.UNSUPPORTED_BATCH_FORMAT : ErrorCode.CORRUPT_BATCH,
                    "the batch at position " + position + " has magic " + magic
                            + "; only format v2 is taken (clients from 0.11 on write it)");
        }
        int sizeBytes = BatchHeader.sizeBytes(batches, position);
        if (sizeBytes < BatchHeader.SIZE_BYTES || sizeBytes > remaining) {
            throw refused(
                    ErrorCode.CORRUPT_BATCH,
                    "the batch at position " + position + " claims " + sizeBytes + " bytes; there are " + remaining
                            + ", and a header alone has " + BatchHeader.SIZE_BYTES);
        }
        if (sizeBytes > rules.maxBatchSizeBytes() && origin == Origin.CLIENT) {
            throw tooLarge(sizeBytes, rules);
        }
        return sizeBytes;
    }

    private static void checkCrc(ByteBuffer batches, int position, int sizeBytes) {
        long computed = BatchHeader.computeCrc(batches, position, sizeBytes);
        if (computed != BatchHeader.crc(batches, position)) {
            throw refused(
                    ErrorCode.CORRUPT_BATCH,
                    "the batch at position " + position + " says CRC " + BatchHeader.crc(batches, position)
                            + ", its bytes give " + computed);
        }
    }

    private static void checkHeader(ByteBuffer batches, int position, Origin origin) {
        if (!Codec.isKnown(BatchHeader.codecId(batches, position))) {
            throw refused(
                    ErrorCode.UNSUPPORTED_CODEC,
                    "codec " + BatchHeader.codecId(batches, position) + " does not exist; 0 to 4 do");
        }
        int recordsCount = BatchHeader.recordsCount(batches, position);
        int lastOffsetDelta = BatchHeader.lastOffsetDelta(batches, position);
        if (recordsCount <= 0 || lastOffsetDelta != recordsCount - 1) {
            throw refused(
                    ErrorCode.INVALID_RECORD,
                    "the batch claims " + recordsCount + " records and the last offset delta " + lastOffsetDelta
                            + "; a batch has at least one record, and the delta is one less than their count");
        }
        if (BatchHeader.hasDeleteHorizon(batches, position)) {
            throw refused(ErrorCode.INVALID_RECORD, "only compaction may set a delete horizon");
        }
        if (origin == Origin.CLIENT) {
            checkClientHeader(batches, position);
        }
    }

    private static void checkClientHeader(ByteBuffer batches, int position) {
        if (BatchHeader.baseOffset(batches, position) != 0) {
            throw refused(
                    ErrorCode.INVALID_RECORD,
                    "the base offset of a batch to append is 0, not " + BatchHeader.baseOffset(batches, position));
        }
        if (BatchHeader.isControl(batches, position)) {
            throw refused(ErrorCode.INVALID_RECORD, "clients are not allowed to write control records");
        }
        long producerId = BatchHeader.producerId(batches, position);
        int baseSequence = BatchHeader.baseSequence(batches, position);
        short producerEpoch = BatchHeader.producerEpoch(batches, position);
        if (producerId >= 0 && baseSequence < 0) {
            throw refused(
                    ErrorCode.INVALID_RECORD,
                    "the batch of producer " + producerId + " has base sequence " + baseSequence
                            + "; it may not be negative");
        }
        if (producerId >= 0 && producerEpoch < 0) {
            throw refused(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "the batch of producer " + producerId + " has epoch " + producerEpoch + "; it may not be negative");
        }
        if (producerId < 0 && BatchHeader.isTransactional(batches, position)) {
            throw refused(ErrorCode.INVALID_RECORD, "a transactional batch needs a producer id");
        }
    }

    /** Checks the batch's timestamps and, if uncompressed, its records; makes the header's fields final. Returns the largest timestamp. */
    private static long settleTimestamps(
            ByteBuffer batches, int position, int sizeBytes, BatchRules rules, Origin origin, long nowMs) {
        // Only the log gives times: a client that says that it did is taken at its records' word.
        boolean claimsLogAppendTime = BatchHeader.isLogAppendTime(batches, position) && origin == Origin.CLIENT;
        if (claimsLogAppendTime) {
            BatchHeader.clearLogAppendTime(batches, position);
        }
        boolean ownTimestamps = !rules.logAppendTime() && origin == Origin.CLIENT;
        long earliestMs = ownTimestamps ? earliestAllowedMs(nowMs, rules) : Long.MIN_VALUE;
        long latestMs = ownTimestamps ? latestAllowedMs(nowMs, rules) : Long.MAX_VALUE;
        long maxTimestampMs;
        if (BatchHeader.codecId(batches, position) == Codec.NONE.id()) {
            maxTimestampMs = walkRecords(
                    batches,
                    position + BatchHeader.SIZE_BYTES,
                    position + sizeBytes,
                    BatchHeader.recordsCount(batches, position),
                    BatchHeader.baseTimestampMs(batches, position),
                    earliestMs,
                    latestMs);
        } else {
            maxTimestampMs = BatchHeader.maxTimestampMs(batches, position);
            checkTimestamp(BatchHeader.baseTimestampMs(batches, position), earliestMs, latestMs);
            checkTimestamp(maxTimestampMs, earliestMs, latestMs);
        }
        if (rules.logAppendTime()) {
            BatchHeader.putLogAppendTime(batches, position, nowMs);
            BatchHeader.putCrc(batches, position, BatchHeader.computeCrc(batches, position, sizeBytes));
            return nowMs;
        }
        if (claimsLogAppendTime || maxTimestampMs != BatchHeader.maxTimestampMs(batches, position)) {
            BatchHeader.putMaxTimestamp(batches, position, maxTimestampMs);
            BatchHeader.putCrc(batches, position, BatchHeader.computeCrc(batches, position, sizeBytes));
        }
        return maxTimestampMs;
    }

    /**
     * Walks over uncompressed records between {@code from} and {@code to}: whole, as many as the header says, offsets without gaps,
     * timestamps within the bounds. Returns the largest timestamp.
     */
    static long walkRecords(
            ByteBuffer records,
            int from,
            int to,
            int recordsCount,
            long baseTimestampMs,
            long earliestMs,
            long latestMs) {
        long maxTimestampMs = -1;
        RecordParser parser = new RecordParser(records, from, to);
        for (int i = 0; i < recordsCount; i++) {
            parser.next();
            if (parser.offsetDelta != i) {
                throw refused(
                        ErrorCode.INVALID_RECORD,
                        "record " + i + " of the batch has offset delta " + parser.offsetDelta);
            }
            long timestampMs = baseTimestampMs + parser.timestampDeltaMs;
            if (!isAllowed(timestampMs, earliestMs, latestMs)) {
                throw outOfRange(records, from, to, recordsCount, baseTimestampMs, earliestMs, latestMs);
            }
            maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
        }
        parser.checkAtEnd();
        return maxTimestampMs;
    }

    /** Walks again, to name every record whose timestamp is out of range. */
    private static MillraceException outOfRange(
            ByteBuffer records,
            int from,
            int to,
            int recordsCount,
            long baseTimestampMs,
            long earliestMs,
            long latestMs) {
        List<MillraceException.Part> parts = new ArrayList<>();
        RecordParser parser = new RecordParser(records, from, to);
        for (int i = 0; i < recordsCount; i++) {
            parser.next();
            long timestampMs = baseTimestampMs + parser.timestampDeltaMs;
            if (!isAllowed(timestampMs, earliestMs, latestMs)) {
                // A message for each of a hundred thousand records would make the answer larger than the request.
                parts.add(new MillraceException.Part(
                        i, parts.size() < MESSAGES_MAX ? outOfRange(timestampMs, earliestMs, latestMs) : ""));
            }
        }
        return new MillraceException(
                ErrorCode.INVALID_TIMESTAMP,
                parts.size() + " of " + recordsCount + " records: "
                        + parts.getFirst().message(),
                parts);
    }

    private static void checkTimestamp(long timestampMs, long earliestMs, long latestMs) {
        if (!isAllowed(timestampMs, earliestMs, latestMs)) {
            throw refused(ErrorCode.INVALID_TIMESTAMP, outOfRange(timestampMs, earliestMs, latestMs));
        }
    }

    private static boolean isAllowed(long timestampMs, long earliestMs, long latestMs) {
        return (timestampMs >= earliestMs && timestampMs <= latestMs) || timestampMs == BatchHeader.NO_TIMESTAMP;
    }

    private static String outOfRange(long timestampMs, long earliestMs, long latestMs) {
        return "timestamp " + timestampMs + " is out of range: the topic takes " + earliestMs + " to " + latestMs;
    }

    private static long earliestAllowedMs(long nowMs, BatchRules rules) {
        long beforeMaxMs = rules.timestampBeforeMaxMs();
        return beforeMaxMs > nowMs ? Long.MIN_VALUE : nowMs - beforeMaxMs;
    }

    private static long latestAllowedMs(long nowMs, BatchRules rules) {
        long afterMaxMs = rules.timestampAfterMaxMs();
        return afterMaxMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + afterMaxMs;
    }

    private static boolean wantsOtherCodec(ByteBuffer batches, int position, BatchRules rules) {
        return rules.compression().isPresent()
                && rules.compression().get().codec().id() != BatchHeader.codecId(batches, position);
    }

    static MillraceException tooLarge(int sizeBytes, BatchRules rules) {
        return refused(
                ErrorCode.BATCH_TOO_LARGE,
                "a batch of " + sizeBytes + " bytes is larger than the topic's max.message.bytes, "
                        + rules.maxBatchSizeBytes());
    }

    private static MillraceException refused(ErrorCode code, String message) {
        return new MillraceException(code, message);
    }
}
