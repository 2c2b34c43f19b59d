package dev.millrace.log.records;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cursor over the records of one batch after another, compressed or not. What is inside a batch is taken as hostile, although its
 * CRC fits: a client may have written it so, and compressed records are not looked at when they are appended.
 *
 * <pre>{@code
 * reader.open(buffer, position);
 * while (reader.next()) {
 *     use(reader.offset(), reader.buffer(), reader.valuePosition(), reader.valueSizeBytes());
 * }
 * }</pre>
 *
 * <p>Reusable; not thread-safe. Allocates nothing per record unless one of the methods that give objects is asked; a compressed batch
 * is decompressed whole, into memory that is reused and never larger than the bound.
 */
public final class RecordReader {

    /** Enough for any batch that a client makes within Kafka's default sizes, whatever its codec. */
    public static final int DEFAULT_MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Decompressor decompressor;
    private RecordParser parser = new RecordParser(NOTHING, 0, 0);
    private ByteBuffer buffer = NOTHING;
    private int remainingCount;
    private long baseOffset;
    private long baseTimestampMs;
    private long logAppendTimeMs;
    private boolean logAppendTime;

    public RecordReader() {
        this(DEFAULT_MAX_DECOMPRESSED_BYTES);
    }

    /** A reader that refuses batches that decompress to more than {@code maxDecompressedBytes}. */
    public RecordReader(int maxDecompressedBytes) {
        this.decompressor = new Decompressor(maxDecompressedBytes);
    }

    /**
     * Moves before the first record of the batch at {@code position}, all of which lies below the limit of {@code batches}. Does not
     * check the CRC.
     *
     * @throws MillraceException CORRUPT_BATCH if no batch stands there; INVALID_RECORD or BATCH_TOO_LARGE if its records cannot
     *     be decompressed
     */
    public void open(ByteBuffer batches, int position) {
        int remaining = batches.limit() - position;
        int sizeBytes = remaining < BatchHeader.SIZE_BYTES ? 0 : BatchHeader.sizeBytes(batches, position);
        if (sizeBytes < BatchHeader.SIZE_BYTES
                || sizeBytes > remaining
                || BatchHeader.magic(batches, position) != BatchHeader.MAGIC) {
            throw new MillraceException(ErrorCode.CORRUPT_BATCH, "no whole batch of format v2 at position " + position);
        }
        int codecId = BatchHeader.codecId(batches, position);
        Codec codec = Codec.forId(codecId)
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.UNSUPPORTED_CODEC, "codec " + codecId + " does not exist; 0 to 4 do"));
        int recordsPosition = position + BatchHeader.SIZE_BYTES;
        if (codec == Codec.NONE) {
            openRecords(batches, recordsPosition, position + sizeBytes);
        } else {
            ByteBuffer records =
                    decompressor.decompress(codec, batches.slice(recordsPosition, sizeBytes - BatchHeader.SIZE_BYTES));
            openRecords(records, records.position(), records.limit());
        }
        remainingCount = BatchHeader.recordsCount(batches, position);
        baseOffset = BatchHeader.baseOffset(batches, position);
        baseTimestampMs = BatchHeader.baseTimestampMs(batches, position);
        logAppendTimeMs = BatchHeader.maxTimestampMs(batches, position);
        logAppendTime = BatchHeader.isLogAppendTime(batches, position);
    }

    private void openRecords(ByteBuffer records, int from, int to) {
        buffer = records;
        parser = new RecordParser(records, from, to);
    }

    /**
     * Moves to the next record.
     *
     * @return false behind the last one
     * @throws MillraceException INVALID_RECORD if the record is malformed, or bytes follow the last one
     */
    public boolean next() {
        if (remainingCount <= 0) {
            parser.checkAtEnd();
            return false;
        }
        remainingCount--;
        parser.next();
        return true;
    }

    public long offset() {
        return baseOffset + parser.offsetDelta;
    }

    /** The record's time, ms; the batch's if the log gave it. */
    public long timestampMs() {
        return logAppendTime ? logAppendTimeMs : baseTimestampMs + parser.timestampDeltaMs;
    }

    /** Where the bytes of key and value lie; valid until the next {@link #open}. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where the record begins in {@link #buffer()}, its length field included. */
    int recordPosition() {
        return parser.recordPosition;
    }

    /** Where the record ends in {@link #buffer()}. */
    int recordEnd() {
        return parser.recordEnd;
    }

    public int keyPosition() {
        return parser.keyPosition;
    }

    /** -1: the key is null. */
    public int keySizeBytes() {
        return parser.keySizeBytes;
    }

    public int valuePosition() {
        return parser.valuePosition;
    }

    /** -1: the value is null, a tombstone. */
    public int valueSizeBytes() {
        return parser.valueSizeBytes;
    }

    public int headersCount() {
        return parser.headersCount;
    }

    /** The key as a slice of {@link #buffer()}; empty if it is null. Allocates. */
    public Optional<ByteBuffer> key() {
        return slice(parser.keyPosition, parser.keySizeBytes);
    }

    /** The value as a slice of {@link #buffer()}; empty if it is null. Allocates. */
    public Optional<ByteBuffer> value() {
        return slice(parser.valuePosition, parser.valueSizeBytes);
    }

    /** The headers, in order. Allocates. */
    public List<RecordHeader> headers() {
        List<RecordHeader> headers = new ArrayList<>(parser.headersCount);
        parser.forEachHeader((keyPosition, keySizeBytes, valuePosition, valueSizeBytes) -> {
            byte[] key = new byte[keySizeBytes];
            buffer.get(keyPosition, key);
            headers.add(
                    new RecordHeader(new String(key, StandardCharsets.UTF_8), slice(valuePosition, valueSizeBytes)));
        });
        return headers;
    }

    private Optional<ByteBuffer> slice(int position, int sizeBytes) {
        return sizeBytes < 0 ? Optional.empty() : Optional.of(buffer.slice(position, sizeBytes));
    }
}
