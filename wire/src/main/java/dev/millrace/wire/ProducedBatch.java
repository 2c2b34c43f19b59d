package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.records.BatchHeader;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** What a Produce request may carry for one partition: exactly one batch, of format v2. The log checks what is in it. */
final class ProducedBatch {

    private static final int ZSTD_CODEC_ID = 4;
    private static final short ZSTD_MIN_VERSION = 7;
    /** Enough to read length and magic. */
    private static final int MAGIC_END = 17;
    /** What an empty message of the oldest format had: a shorter length is no length. */
    private static final int LENGTH_MIN_BYTES = 14;

    private ProducedBatch() {}

    /**
     * The batch's bytes, a slice of the frame.
     *
     * @throws MillraceException INVALID_RECORD, CORRUPT_BATCH or UNSUPPORTED_CODEC
     */
    static ByteBuffer of(@Nullable BaseRecords records, short apiVersion) {
        ByteBuffer bytes = records instanceof MemoryRecords memory ? memory.buffer() : ByteBuffer.allocate(0);
        int start = bytes.position();
        int presentBytes = bytes.remaining();
        if (presentBytes < BatchHeader.LENGTH_PREFIX_BYTES) {
            throw invalid("no record batch");
        }
        int lengthBytes = bytes.getInt(start + 8);
        if (lengthBytes < LENGTH_MIN_BYTES) {
            throw new MillraceException(
                    ErrorCode.CORRUPT_BATCH,
                    "the batch claims a length of " + lengthBytes + " bytes, too short for any");
        }
        long sizeBytes = (long) lengthBytes + BatchHeader.LENGTH_PREFIX_BYTES;
        if (presentBytes < MAGIC_END || presentBytes < sizeBytes) {
            throw invalid("a batch that claims " + sizeBytes + " bytes, of which " + presentBytes + " were sent");
        }
        checkMagic(BatchHeader.magic(bytes, start));
        if (presentBytes > sizeBytes) {
            throw invalid("more than one record batch");
        }
        if (apiVersion < ZSTD_MIN_VERSION && BatchHeader.codecId(bytes, start) == ZSTD_CODEC_ID) {
            throw new MillraceException(
                    ErrorCode.UNSUPPORTED_CODEC,
                    "zstd needs Produce version " + ZSTD_MIN_VERSION + ", not " + apiVersion);
        }
        return bytes;
    }

    private static void checkMagic(byte magic) {
        if (magic < 0 || magic > BatchHeader.MAGIC) {
            throw new MillraceException(
                    ErrorCode.CORRUPT_BATCH, "there is no batch format v" + magic + "; v2 is the newest");
        }
        if (magic != BatchHeader.MAGIC) {
            throw invalid("a batch of format v" + magic + ": only v2 is accepted; use a client from Kafka 0.11 on");
        }
    }

    /** Whether the bytes, as far as they can be trusted, are a batch of a transaction. */
    static boolean isTransactional(@Nullable BaseRecords records) {
        if (!(records instanceof MemoryRecords memory)) {
            return false;
        }
        ByteBuffer bytes = memory.buffer();
        int start = bytes.position();
        return bytes.remaining() >= BatchHeader.SIZE_BYTES
                && BatchHeader.magic(bytes, start) == BatchHeader.MAGIC
                && BatchHeader.isTransactional(bytes, start);
    }

    private static MillraceException invalid(String what) {
        return new MillraceException(
                ErrorCode.INVALID_RECORD,
                "a Produce request carries exactly one record batch for each partition; here is " + what);
    }
}
