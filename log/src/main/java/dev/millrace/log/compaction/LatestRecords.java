package dev.millrace.log.compaction;

import dev.millrace.base.Check;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.records.RecordReader;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Which records of a stretch of the log are the last ones of their keys: filled by a first pass over the stretch, asked by a second one
 * over the whole log.
 *
 * <pre>
 *   log     0 ················· start ················· end ············
 *           asked by key        one bit per offset      not known: kept
 * </pre>
 *
 * <p>A bit says whether the record is the last of its key, so the second pass does not hash what the first one has. A stretch with more
 * offsets than a bit set may have (most of them gaps then) is asked by key, too.
 *
 * <p>Used by one thread; {@link #close} gives the memory back.
 */
public final class LatestRecords implements AutoCloseable {

    private final long startOffset;
    private final OffsetMap map;
    private final BitSet latest;
    private final boolean hasBits;
    private long endOffset;
    private boolean full;
    private boolean tombstones;

    /**
     * @param startOffset first offset of the stretch
     * @param endOffset where it ends at most, exclusive
     * @param maxSizeBytes bound for the memory
     * @param secret0 with {@code secret1}: what nobody who chooses keys knows
     */
    public LatestRecords(long startOffset, long endOffset, long maxSizeBytes, long secret0, long secret1) {
        this.startOffset = startOffset;
        this.endOffset = startOffset;
        long bitsBytes = (endOffset - startOffset) / Byte.SIZE;
        this.hasBits = bitsBytes <= maxSizeBytes / 4 && endOffset - startOffset < Integer.MAX_VALUE;
        this.latest = hasBits ? new BitSet((int) (endOffset - startOffset)) : new BitSet();
        this.map = new OffsetMap(hasBits ? maxSizeBytes - bitsBytes : maxSizeBytes, new KeyHash(secret0, secret1));
    }

    /**
     * Notes the records of a batch, which lies behind all that was noted. Those before the stretch are passed over, those without a key
     * too.
     *
     * @param batch before its first record
     * @param baseOffset of the batch
     * @param lastOffset of the batch
     * @return false if the map is full: the stretch ends before the first record that did not fit
     * @throws MillraceException INVALID_RECORD if the offsets of the records do not ascend within the batch
     */
    public boolean add(RecordReader batch, long baseOffset, long lastOffset) {
        Check.that(!full, "a full map takes no more records");
        long previous = baseOffset - 1;
        while (batch.next()) {
            long offset = batch.offset();
            if (offset <= previous || offset > lastOffset) {
                throw new MillraceException(
                        ErrorCode.INVALID_RECORD,
                        "a record of offset " + offset + " behind " + previous + " in a batch that ends with offset "
                                + lastOffset);
            }
            previous = offset;
            if (offset < startOffset || batch.keySizeBytes() < 0) {
                continue;
            }
            tombstones |= batch.valueSizeBytes() < 0;
            long before = map.put(batch.buffer(), batch.keyPosition(), batch.keySizeBytes(), offset);
            if (before == OffsetMap.FULL) {
                full = true;
                endOffset = offset;
                return false;
            }
            note(before, offset);
        }
        return true;
    }

    private void note(long before, long offset) {
        if (hasBits) {
            if (before >= startOffset) {
                latest.clear((int) (before - startOffset));
            }
            latest.set((int) (offset - startOffset));
        }
        endOffset = offset + 1;
    }

    /** Says that all batches that lie before {@code offset} were noted, or have no records that count. */
    public void reached(long offset) {
        if (!full) {
            endOffset = Math.max(endOffset, offset);
        }
    }

    /** Where the stretch ends, exclusive. */
    public long endOffset() {
        return endOffset;
    }

    public boolean isFull() {
        return full;
    }

    /** Whether a record without a value was noted. */
    boolean hasTombstones() {
        return tombstones;
    }

    public long keysCount() {
        return map.entriesCount();
    }

    /** Whether no record of the stretch, nor one behind it, has the key of this one and lies behind it. Allocation-free. */
    boolean isLatest(long offset, ByteBuffer buffer, int keyPosition, int keySizeBytes) {
        if (offset >= endOffset) {
            return true;
        }
        if (hasBits && offset >= startOffset) {
            return latest.get((int) (offset - startOffset));
        }
        return map.get(buffer, keyPosition, keySizeBytes) <= offset;
    }

    /** How many of the records from {@code from} to {@code to}, exclusive, are the last of their keys; -1: one has to look. */
    int latestBetween(long from, long to) {
        if (!hasBits || from < startOffset || to > endOffset) {
            return -1;
        }
        int index = latest.nextSetBit((int) (from - startOffset));
        int end = (int) (to - startOffset);
        int count = 0;
        while (index >= 0 && index < end) {
            count++;
            index = latest.nextSetBit(index + 1);
        }
        return count;
    }

    @Override
    public void close() {
        map.close();
    }
}
