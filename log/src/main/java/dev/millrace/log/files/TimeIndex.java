package dev.millrace.log.files;

import dev.millrace.base.Check;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * When in a segment a time was reached: whenever the {@link OffsetIndex} gets an entry and the largest timestamp has grown since the
 * last one, an entry says how large it is now, and in which batch it was met first. In memory, and in a file in Kafka's format,
 * big-endian:
 *
 * <pre>
 *   position  bytes  field
 *          0      8  largest timestamp so far, ms
 *          8      4  last offset of the batch that has it, relative to the segment's base offset
 *         12         the next entry; both fields ascend
 * </pre>
 *
 * <p>One writer; lookups from any thread, without locks.
 */
public final class TimeIndex extends SparseIndex {

    public static final int ENTRY_BYTES = 12;

    private static final long[] NOTHING = {};
    private static final int FIRST_CAPACITY = 16;

    private final long baseOffset;
    /** Timestamp and offset of each entry, in turn. */
    private volatile long[] entries = NOTHING;

    private volatile int count;

    /** An empty index. */
    public TimeIndex(long baseOffset) {
        super(ENTRY_BYTES);
        this.baseOffset = baseOffset;
    }

    /** For the writer. Does nothing unless {@code timestampMs} is larger than that of the last entry. */
    void append(long timestampMs, long offset) {
        int index = count;
        long[] target = entries;
        if (index > 0 && timestampMs <= target[2 * index - 2]) {
            return;
        }
        Check.that(
                offset >= baseOffset && offset - baseOffset <= Integer.MAX_VALUE,
                "offsets of a segment span less than 2^31");
        if (2 * index == target.length) {
            target = Arrays.copyOf(target, Math.max(FIRST_CAPACITY, 4 * index));
            entries = target;
        }
        target[2 * index] = timestampMs;
        target[2 * index + 1] = offset;
        count = index + 1;
    }

    @Override
    public int count() {
        return count;
    }

    public long timestampMs(int index) {
        return entries[2 * index];
    }

    public long offset(int index) {
        return entries[2 * index + 1];
    }

    /** Timestamp of the last entry; -1 if there is none. */
    long largestTimestampMs() {
        long[] seen = entries;
        int seenCount = Math.min(count, seen.length / 2);
        return seenCount == 0 ? -1 : seen[2 * seenCount - 2];
    }

    /** Offset of the first entry whose timestamp is at least {@code timestampMs}; -1 if there is none. */
    long firstOffsetAtOrAfter(long timestampMs) {
        int low = 0;
        long[] seen = entries;
        int seenCount = Math.min(count, seen.length / 2);
        int high = seenCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (seen[2 * middle] >= timestampMs) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low == seenCount ? -1 : seen[2 * low + 1];
    }

    /** Drops the entries of {@code offset} and above. For the writer; readers may go on with what they saw. */
    void truncateTo(long offset) {
        int kept = count;
        while (kept > 0 && entries[2 * kept - 1] >= offset) {
            kept--;
        }
        if (kept < count) {
            long[] keptEntries = Arrays.copyOf(entries, 2 * kept);
            count = kept;
            entries = keptEntries;
            wasTruncated();
        }
    }

    @Override
    void encode(int fromIndex, int toIndex, ByteBuffer target) {
        long[] seen = entries;
        for (int i = fromIndex; i < toIndex; i++) {
            target.putLong(seen[2 * i]);
            target.putInt((int) (seen[2 * i + 1] - baseOffset));
        }
    }

    /** Reads an index file, up to the first entry that cannot be right. */
    public static TimeIndex read(FileStore files, Path path, long baseOffset) throws IOException {
        TimeIndex index = new TimeIndex(baseOffset);
        ByteBuffer bytes = ByteBuffer.wrap(files.readAll(path));
        long previousTimestampMs = -1;
        long previousOffset = -1;
        while (bytes.remaining() >= ENTRY_BYTES) {
            long timestampMs = bytes.getLong();
            int relativeOffset = bytes.getInt();
            if (relativeOffset <= previousOffset || timestampMs <= previousTimestampMs) {
                break;
            }
            index.append(timestampMs, baseOffset + relativeOffset);
            previousTimestampMs = timestampMs;
            previousOffset = relativeOffset;
        }
        index.wasRead(bytes.limit());
        return index;
    }

    /** The last entry's timestamp, by reading that alone; -1 if the file is not there, or is not whole. */
    static long readLargestTimestampMs(FileStore files, Path path) throws IOException {
        if (!files.exists(path)) {
            return -1;
        }
        try (StoreFile file = files.open(path, FileStore.Mode.READ)) {
            long sizeBytes = file.sizeBytes();
            ByteBuffer last = ByteBuffer.allocate(Long.BYTES);
            if (sizeBytes % ENTRY_BYTES != 0 || sizeBytes == 0) {
                return -1;
            }
            file.read(last, sizeBytes - ENTRY_BYTES);
            return last.getLong(0);
        }
    }
}
