package dev.millrace.log.files;

import dev.millrace.base.Check;
import dev.millrace.base.files.FileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where in a segment an offset lies: an entry for a batch every {@code index.interval.bytes} or so. In memory, and in a file in Kafka's
 * format, big-endian:
 *
 * <pre>
 *   position  bytes  field
 *          0      4  last offset of the batch, relative to the segment's base offset
 *          4      4  position of the batch in the .log
 *          8         the next entry; both fields ascend
 * </pre>
 *
 * <p>One writer; lookups from any thread, without locks: an entry is one long, published by the count behind it. Entries are hints: a
 * reader never looks behind the size that the segment published.
 */
public final class OffsetIndex extends SparseIndex {

    public static final int ENTRY_BYTES = 8;

    private static final long[] NOTHING = {};
    private static final int FIRST_CAPACITY = 16;

    private final long baseOffset;
    private volatile long[] entries = NOTHING;
    private volatile int count;

    /** An empty index. */
    public OffsetIndex(long baseOffset) {
        super(ENTRY_BYTES);
        this.baseOffset = baseOffset;
    }

    /** For the writer. */
    void append(long lastOffset, long position) {
        long relativeOffset = lastOffset - baseOffset;
        Check.that(
                relativeOffset >= 0 && relativeOffset <= Integer.MAX_VALUE, "offsets of a segment span less than 2^31");
        Check.that(position >= 0 && position <= Integer.MAX_VALUE, "a segment has less than 2^31 bytes");
        long[] target = entries;
        int index = count;
        if (index == target.length) {
            target = Arrays.copyOf(target, Math.max(FIRST_CAPACITY, 2 * index));
            entries = target;
        }
        target[index] = relativeOffset << 32 | position;
        count = index + 1;
    }

    @Override
    public int count() {
        return count;
    }

    public long offset(int index) {
        return baseOffset + (entries[index] >>> 32);
    }

    public long position(int index) {
        return entries[index] & 0xFFFF_FFFFL;
    }

    /** Position of an indexed batch whose last offset is not above {@code offset}; the last of them, 0 if there is none. */
    long positionAtOrBelow(long offset) {
        int index = indexAtOrBelow(offset);
        return index < 0 ? 0 : entries[index] & 0xFFFF_FFFFL;
    }

    /** Last offset of the first indexed batch that begins at or behind {@code position}; -1 if there is none. */
    long firstOffsetAtOrBehind(long position) {
        int low = 0;
        long[] seen = entries;
        int high = Math.min(count, seen.length);
        int end = high;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if ((seen[middle] & 0xFFFF_FFFFL) >= position) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low == end ? -1 : baseOffset + (seen[low] >>> 32);
    }

    /** Position of the last indexed batch that begins at or before {@code position}; 0 if there is none. */
    long boundaryAtOrBelow(long position) {
        int low = 0;
        long[] seen = entries;
        int high = Math.min(count, seen.length);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if ((seen[middle] & 0xFFFF_FFFFL) <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? 0 : seen[low - 1] & 0xFFFF_FFFFL;
    }

    /** Of the last entry that is not above {@code offset}; -1 if there is none. */
    private int indexAtOrBelow(long offset) {
        int low = 0;
        long[] seen = entries;
        int high = Math.min(count, seen.length);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (baseOffset + (seen[middle] >>> 32) <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Drops the entries of {@code offset} and above. For the writer; readers may go on with what they saw. */
    void truncateTo(long offset) {
        keep(indexAtOrBelow(offset - 1) + 1);
    }

    private void keep(int keptCount) {
        if (keptCount < count) {
            long[] kept = Arrays.copyOf(entries, keptCount);
            count = keptCount;
            entries = kept;
            wasTruncated();
        }
    }

    @Override
    void encode(int fromIndex, int toIndex, ByteBuffer target) {
        long[] seen = entries;
        for (int i = fromIndex; i < toIndex; i++) {
            target.putLong(seen[i]);
        }
    }

    /**
     * Reads an index file, up to the first entry that cannot be right for a log of {@code logSizeBytes}: the rest is stale or broken,
     * and whoever recovers the segment makes it anew.
     */
    public static OffsetIndex read(FileStore files, Path path, long baseOffset, long logSizeBytes) throws IOException {
        OffsetIndex index = new OffsetIndex(baseOffset);
        ByteBuffer bytes = ByteBuffer.wrap(files.readAll(path));
        long previousOffset = -1;
        long previousPosition = -1;
        while (bytes.remaining() >= ENTRY_BYTES) {
            int relativeOffset = bytes.getInt();
            int position = bytes.getInt();
            if (relativeOffset <= previousOffset || position <= previousPosition || position >= logSizeBytes) {
                break;
            }
            index.append(baseOffset + relativeOffset, position);
            previousOffset = relativeOffset;
            previousPosition = position;
        }
        index.wasRead(bytes.limit());
        return index;
    }
}
