package dev.millrace.log.records;

import dev.millrace.base.error.MillraceException;
import java.nio.ByteBuffer;

/** Gives batches the codec that their topic asks for. Rare: producers and topics mostly agree, or the topic does not mind. */
final class Recompressor {

    private Recompressor() {}

    /**
     * The same batches in a buffer of their own, each in the codec of the rules. The headers have passed {@link BatchValidator}; what
     * was compressed has not, and is checked here record by record.
     *
     * @throws MillraceException INVALID_RECORD for records that do not hold what the header promises, BATCH_TOO_LARGE if a
     *     batch grows beyond {@code max.message.bytes}
     */
    static ByteBuffer recompress(ByteBuffer batches, BatchRules rules) {
        Compression compression = rules.compression().orElseThrow();
        Decompressor decompressor = new Decompressor(RecordReader.DEFAULT_MAX_DECOMPRESSED_BYTES);
        ByteBuffer target = ByteBuffer.allocate(batches.remaining());
        for (int position = batches.position(); position < batches.limit(); ) {
            int sizeBytes = BatchHeader.sizeBytes(batches, position);
            ByteBuffer records = batches.slice(position + BatchHeader.SIZE_BYTES, sizeBytes - BatchHeader.SIZE_BYTES);
            int codecId = BatchHeader.codecId(batches, position);
            if (codecId != compression.codec().id()) {
                if (codecId != Codec.NONE.id()) {
                    records = decompressor.decompress(Codec.forId(codecId).orElseThrow(), records);
                    checkRecords(batches, position, records);
                }
                records = Compressor.compress(compression, records);
            }
            target = ensureRoom(target, BatchHeader.SIZE_BYTES + records.remaining());
            putBatch(target, batches, position, compression.codec(), records, rules);
            position += sizeBytes;
        }
        return target.flip();
    }

    private static void checkRecords(ByteBuffer batches, int position, ByteBuffer records) {
        BatchValidator.walkRecords(
                records,
                records.position(),
                records.limit(),
                BatchHeader.recordsCount(batches, position),
                BatchHeader.baseTimestampMs(batches, position),
                Long.MIN_VALUE,
                Long.MAX_VALUE);
    }

    private static void putBatch(
            ByteBuffer target, ByteBuffer batches, int position, Codec codec, ByteBuffer records, BatchRules rules) {
        int sizeBytes = BatchHeader.SIZE_BYTES + records.remaining();
        if (sizeBytes > rules.maxBatchSizeBytes()) {
            throw BatchValidator.tooLarge(sizeBytes, rules);
        }
        int start = target.position();
        target.put(batches.slice(position, BatchHeader.SIZE_BYTES)).put(records);
        BatchHeader.putSizeBytes(target, start, sizeBytes);
        BatchHeader.putCodec(target, start, codec);
        BatchHeader.putCrc(target, start, BatchHeader.computeCrc(target, start, sizeBytes));
    }

    private static ByteBuffer ensureRoom(ByteBuffer target, int sizeBytes) {
        if (target.remaining() >= sizeBytes) {
            return target;
        }
        int capacityBytes = Math.addExact(target.position(), Math.max(sizeBytes, target.position()));
        return ByteBuffer.allocate(capacityBytes).put(target.flip());
    }
}
