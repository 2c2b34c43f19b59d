package dev.millrace.log.records;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Refuses records without a key where compaction would have no idea what to do with them. */
final class KeyCheck {

    private KeyCheck() {}

    /**
     * Looks at every record of the batch at {@code position}, whose header has passed; decompresses it if need be.
     *
     * @throws MillraceException INVALID_RECORD that names each record without a key; also for records that are not what the header
     *     promises, BATCH_TOO_LARGE if they decompress to more than the bound
     */
    static void requireKeys(ByteBuffer batches, int position) {
        RecordReader reader = new RecordReader();
        reader.open(batches, position);
        int recordsCount = BatchHeader.recordsCount(batches, position);
        long baseOffset = BatchHeader.baseOffset(batches, position);
        List<MillraceException.Part> parts = new ArrayList<>();
        for (int i = 0; i < recordsCount; i++) {
            reader.next();
            if (reader.offset() - baseOffset != i) {
                throw new MillraceException(
                        ErrorCode.INVALID_RECORD,
                        "record " + i + " of the batch has offset delta " + (reader.offset() - baseOffset));
            }
            if (reader.keySizeBytes() < 0) {
                parts.add(new MillraceException.Part(
                        i,
                        parts.size() < BatchValidator.MESSAGES_MAX
                                ? "a compacted topic takes no record without a key"
                                : ""));
            }
        }
        reader.next();
        if (!parts.isEmpty()) {
            throw new MillraceException(
                    ErrorCode.INVALID_RECORD,
                    parts.size() + " of " + recordsCount + " records: "
                            + parts.getFirst().message(),
                    parts);
        }
    }
}
