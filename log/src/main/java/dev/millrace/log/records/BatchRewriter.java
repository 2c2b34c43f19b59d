package dev.millrace.log.records;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.nio.ByteBuffer;

/**
 * Writes what compaction leaves of batches, one behind the other. A batch that loses records keeps everything else: base and last offset,
 * producer, epoch, sequences, codec; so offsets never change, and a producer goes on where it was.
 *
 * <p>Records that stay are copied as they are, in runs; only a new delete horizon (KIP-534), which takes the place of the base
 * timestamp, has the times of a batch's records written anew. Reusable; not thread-safe. Allocates nothing per record.
 */
public final class BatchRewriter {

    /** Judges the record at which the reader stands. */
    public interface Judge {
        boolean keeps(RecordReader record);
    }

    private static final int FIRST_SIZE_BYTES = 64 << 10;
    private static final int MAX_LENGTH_BYTES = 5;

    private final RecordReader reader = new RecordReader();
    private ByteBuffer target = ByteBuffer.allocateDirect(FIRST_SIZE_BYTES);
    private ByteBuffer plain = ByteBuffer.allocate(0);

    // Of the batch that is being written.
    private int keptCount;
    private boolean tombstones;
    private long maxTimestampMs;

    /** What was written since the last {@link #clear}: between 0 and the position. */
    public int sizeBytes() {
        return target.position();
    }

    /** What was written, to be read; {@link #clear} follows. */
    public ByteBuffer written() {
        return target.duplicate().flip();
    }

    public void clear() {
        target.clear();
    }

    /** Writes the batch as it is. */
    public void copy(ByteBuffer batches, int position) {
        int sizeBytes = BatchHeader.sizeBytes(batches, position);
        target = withRoom(target, sizeBytes);
        put(target, batches, position, sizeBytes);
    }

    /** Writes the batch without its records: what remains tells where its producer and its log were. */
    public void copyEmpty(ByteBuffer batches, int position) {
        target = withRoom(target, BatchHeader.SIZE_BYTES);
        int start = target.position();
        put(target, batches, position, BatchHeader.SIZE_BYTES);
        BatchHeader.putRecordsCount(target, start, 0);
        BatchHeader.putCodec(target, start, Codec.NONE);
        finish(start);
    }

    /**
     * Writes the batch with the records that {@code judge} keeps, or nothing if it keeps none.
     *
     * @param deleteHorizonMs what a batch gets that keeps a tombstone and has no horizon; negative: none gets one
     * @param always whether the batch gets the horizon also if it keeps no tombstone
     * @return how many were kept
     * @throws MillraceException INVALID_RECORD or BATCH_TOO_LARGE if the records are not what the header promises
     */
    public int filter(ByteBuffer batches, int position, Judge judge, long deleteHorizonMs, boolean always) {
        reader.open(batches, position);
        int start = target.position();
        target = withRoom(target, BatchHeader.sizeBytes(batches, position));
        boolean compressed = BatchHeader.codecId(batches, position) != Codec.NONE.id();
        if (compressed) {
            plain = withRoom(plain.clear(), reader.buffer().limit());
        } else {
            put(target, batches, position, BatchHeader.SIZE_BYTES);
        }
        ByteBuffer kept = compressed ? plain : target;
        selectRuns(judge, kept);
        if (keptCount == 0) {
            target.position(start);
            return 0;
        }
        boolean newHorizon =
                deleteHorizonMs >= 0 && (tombstones || always) && !BatchHeader.hasDeleteHorizon(batches, position);
        if (keptCount == BatchHeader.recordsCount(batches, position) && !newHorizon) {
            target.position(start);
            copy(batches, position);
        } else if (compressed || newHorizon) {
            rebuild(batches, position, start, newHorizon ? deleteHorizonMs : -1);
        } else {
            putHeaderFields(batches, position, start);
            finish(start);
        }
        return keptCount;
    }

    /** Copies the records that are kept, neighbours together. */
    private void selectRuns(Judge judge, ByteBuffer kept) {
        keptCount = 0;
        tombstones = false;
        maxTimestampMs = -1;
        int from = -1;
        int to = -1;
        while (reader.next()) {
            if (!judge.keeps(reader)) {
                continue;
            }
            keptCount++;
            tombstones |= reader.valueSizeBytes() < 0;
            maxTimestampMs = Math.max(maxTimestampMs, reader.timestampMs());
            if (reader.recordPosition() != to) {
                if (from >= 0) {
                    put(kept, reader.buffer(), from, to - from);
                }
                from = reader.recordPosition();
            }
            to = reader.recordEnd();
        }
        if (from >= 0) {
            put(kept, reader.buffer(), from, to - from);
        }
    }

    /** Writes the batch anew from the records that were kept: compressed, or with other times. */
    private void rebuild(ByteBuffer batches, int position, int start, long newHorizonMs) {
        Codec codec = Codec.forId(BatchHeader.codecId(batches, position)).orElseThrow();
        ByteBuffer records;
        if (codec == Codec.NONE) {
            int from = start + BatchHeader.SIZE_BYTES;
            records = target.slice(from, target.position() - from);
        } else {
            records = plain.duplicate().flip();
        }
        if (newHorizonMs >= 0) {
            records = retimed(records, BatchHeader.baseTimestampMs(batches, position) - newHorizonMs);
        }
        ByteBuffer compressed = Compressor.compress(Compression.of(codec), records);
        target.position(start);
        target = withRoom(target, BatchHeader.SIZE_BYTES + compressed.remaining());
        put(target, batches, position, BatchHeader.SIZE_BYTES);
        target.put(compressed);
        putHeaderFields(batches, position, start);
        if (newHorizonMs >= 0) {
            BatchHeader.putDeleteHorizon(target, start, newHorizonMs);
        }
        finish(start);
    }

    /** The records with {@code shiftMs} added to each time delta. */
    private ByteBuffer retimed(ByteBuffer records, long shiftMs) {
        ByteBuffer result = ByteBuffer.allocate(records.remaining() + keptCount * (Long.BYTES + MAX_LENGTH_BYTES));
        RecordParser parser = new RecordParser(records, records.position(), records.limit());
        for (int i = 0; i < keptCount; i++) {
            parser.next();
            long deltaMs = parser.timestampDeltaMs + shiftMs;
            int restBytes = parser.recordEnd - parser.offsetDeltaPosition;
            Varints.putInt(result, 1 + Varints.sizeBytes(deltaMs) + restBytes);
            result.put((byte) 0);
            Varints.putLong(result, deltaMs);
            put(result, records, parser.offsetDeltaPosition, restBytes);
        }
        return result.flip();
    }

    private void putHeaderFields(ByteBuffer batches, int position, int start) {
        BatchHeader.putRecordsCount(target, start, keptCount);
        if (!BatchHeader.isLogAppendTime(batches, position)) {
            BatchHeader.putMaxTimestamp(target, start, maxTimestampMs);
        }
    }

    private void finish(int start) {
        int sizeBytes = target.position() - start;
        BatchHeader.putSizeBytes(target, start, sizeBytes);
        target.limit(target.capacity());
        BatchHeader.putCrc(target, start, BatchHeader.computeCrc(target, start, sizeBytes));
    }

    private static void put(ByteBuffer target, ByteBuffer source, int position, int sizeBytes) {
        target.put(target.position(), source, position, sizeBytes);
        target.position(target.position() + sizeBytes);
    }

    private static ByteBuffer withRoom(ByteBuffer buffer, int sizeBytes) {
        if (buffer.remaining() >= sizeBytes) {
            return buffer;
        }
        long neededBytes = (long) buffer.position() + sizeBytes;
        int capacityBytes = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(neededBytes, 2L * buffer.capacity()));
        if (neededBytes > capacityBytes) {
            throw new MillraceException(ErrorCode.BATCH_TOO_LARGE, "batches of " + neededBytes + " bytes");
        }
        ByteBuffer grown =
                buffer.isDirect() ? ByteBuffer.allocateDirect(capacityBytes) : ByteBuffer.allocate(capacityBytes);
        return grown.put(buffer.flip());
    }
}
