package dev.millrace.log.files;

import dev.millrace.base.files.StoreFile;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.ControlRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Looks at the batches of a .log file, one at a time, without trusting them. Reads ahead in chunks. Not thread-safe.
 *
 * <p>{@link #moveTo} says whether a whole batch stands at a position; if so its header can be asked for.
 */
public final class BatchScanner {

    /** For lookups: a few headers. */
    public static final int LOOKUP_CHUNK_BYTES = 4 * 1024;
    /** For walks over whole files. */
    public static final int WALK_CHUNK_BYTES = 256 * 1024;

    private final StoreFile file;
    private final long end;
    private final ByteBuffer chunk;
    private long chunkPosition;
    private long position;
    /** Of the current batch, within the chunk. */
    private int at;

    /** Sees {@code file} up to {@code end}. */
    public BatchScanner(StoreFile file, long end, int chunkSizeBytes) {
        this.file = file;
        this.end = end;
        this.chunk = ByteBuffer.allocate(Math.clamp(end, BatchHeader.SIZE_BYTES, chunkSizeBytes))
                .limit(0);
    }

    /** Moves to the batch at {@code position}; why there is none, in words, or empty if it is there, whole. Its CRC was not checked. */
    public Optional<String> moveTo(long position) throws IOException {
        this.position = position;
        long left = end - position;
        if (left < BatchHeader.SIZE_BYTES || !ensureLoaded(position, BatchHeader.SIZE_BYTES)) {
            return Optional.of("only " + left + " bytes, less than the header of a batch");
        }
        at = (int) (position - chunkPosition);
        long claimed = (long) chunk.getInt(at + 8) + BatchHeader.LENGTH_PREFIX_BYTES;
        if (claimed < BatchHeader.SIZE_BYTES || claimed > left) {
            return Optional.of("a batch that claims " + claimed + " bytes where the file has " + left);
        }
        if (BatchHeader.magic(chunk, at) != BatchHeader.MAGIC) {
            return Optional.of("a batch of magic " + BatchHeader.magic(chunk, at) + ", which is not format v2");
        }
        if (baseOffset() < 0 || BatchHeader.lastOffsetDelta(chunk, at) < 0 || lastOffset() < 0) {
            return Optional.of("a batch with offsets " + baseOffset() + " to " + lastOffset());
        }
        return Optional.empty();
    }

    /** What is wrong with the current batch's CRC, in words; empty if it fits. */
    public Optional<String> checkCrc() throws IOException {
        long expected = BatchHeader.crc(chunk, at);
        long computed;
        if (ensureLoaded(position, sizeBytes())) {
            at = (int) (position - chunkPosition);
            computed = BatchHeader.computeCrc(chunk, at, sizeBytes());
        } else {
            computed = computeCrcInPieces();
        }
        return computed == expected
                ? Optional.empty()
                : Optional.of("a batch that says CRC " + expected + " and whose bytes give " + computed);
    }

    /** How the current batch says that a transaction ended; empty if it says no such thing, or is larger than any that does. */
    public Optional<ControlRecord.End> endOfTransaction() throws IOException {
        if (!BatchHeader.isControl(chunk, at) || !ensureLoaded(position, sizeBytes())) {
            return Optional.empty();
        }
        at = (int) (position - chunkPosition);
        return ControlRecord.end(chunk, at);
    }

    /** For a batch that is larger than the chunk. Its header is in the chunk again afterwards. */
    private long computeCrcInPieces() throws IOException {
        CRC32C crc = new CRC32C();
        long batchEnd = position + sizeBytes();
        for (long from = position + BatchHeader.CRC_COVERS_FROM; from < batchEnd; ) {
            load(from);
            int count = (int) Math.min(chunk.limit(), batchEnd - from);
            if (count == 0) {
                break;
            }
            crc.update(chunk.slice(0, count));
            from += count;
        }
        load(position);
        at = 0;
        return crc.getValue();
    }

    /** Whether the bytes are in the chunk now; false if the file ends before, or the chunk is too small. */
    private boolean ensureLoaded(long from, int sizeBytes) throws IOException {
        if (from >= chunkPosition && from + sizeBytes <= chunkPosition + chunk.limit()) {
            return true;
        }
        if (sizeBytes > chunk.capacity()) {
            return false;
        }
        load(from);
        return sizeBytes <= chunk.limit();
    }

    private void load(long from) throws IOException {
        chunk.clear().limit((int) Math.min(chunk.capacity(), end - from));
        file.read(chunk, from);
        chunk.flip();
        chunkPosition = from;
    }

    /** The current batch's header, for {@link BatchHeader}, at {@link #headerPosition}. Valid until the next move. */
    public ByteBuffer header() {
        return chunk;
    }

    public int headerPosition() {
        return at;
    }

    public long position() {
        return position;
    }

    public long baseOffset() {
        return BatchHeader.baseOffset(chunk, at);
    }

    public long lastOffset() {
        return BatchHeader.lastOffset(chunk, at);
    }

    public int sizeBytes() {
        return BatchHeader.sizeBytes(chunk, at);
    }

    public long maxTimestampMs() {
        return BatchHeader.maxTimestampMs(chunk, at);
    }
}
