package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.segment.AbortedSpan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Which transactions were aborted in a segment: an entry for each whose abort marker is in it. In memory, and in a file in Kafka's format,
 * big-endian; without entries there is no file:
 *
 * <pre>
 *   position  bytes  field
 *          0      2  version            0
 *          2      8  producerId
 *         10      8  firstOffset        of the transaction's first record, perhaps in an earlier segment
 *         18      8  lastOffset         of the marker
 *         26      8  lastStableOffset   when the transaction ended
 *         34         the next entry; lastOffset ascends
 * </pre>
 *
 * <p>One writer; lookups from any thread, without locks.
 */
public final class TransactionIndex extends SparseIndex {

    public static final int ENTRY_BYTES = 34;

    private static final short VERSION = 0;
    private static final AbortedSpan[] NOTHING = {};
    private static final int FIRST_CAPACITY = 4;

    /** What a reader goes by: entries below {@code count} do not change, whatever the writer does next. */
    private static final class View {
        final AbortedSpan[] entries;
        final int count;

        View(AbortedSpan[] entries, int count) {
            this.entries = entries;
            this.count = count;
        }
    }

    private volatile View view = new View(NOTHING, 0);

    /** An empty index. */
    public TransactionIndex() {
        super(ENTRY_BYTES);
    }

    /** For the writer. Does nothing unless {@code span} ends behind all others. */
    void append(AbortedSpan span) {
        View seen = view;
        int index = seen.count;
        AbortedSpan[] target = seen.entries;
        if (index > 0 && span.lastOffset() <= target[index - 1].lastOffset()) {
            return;
        }
        if (index == target.length) {
            target = Arrays.copyOf(target, Math.max(FIRST_CAPACITY, 2 * index));
        }
        target[index] = span;
        view = new View(target, index + 1);
    }

    @Override
    public int count() {
        return view.count;
    }

    public AbortedSpan get(int index) {
        return view.entries[index];
    }

    /** As {@link dev.millrace.log.segment.Segment#abortedTransactions}. */
    boolean search(long fromOffset, long endOffset, Consumer<AbortedSpan> sink) {
        View seen = view;
        for (int i = firstEndingAtOrBehind(fromOffset, seen.entries, seen.count); i < seen.count; i++) {
            AbortedSpan span = seen.entries[i];
            if (span.overlaps(fromOffset, endOffset)) {
                sink.accept(span);
            }
            if (span.lastStableOffset() >= endOffset) {
                return true;
            }
        }
        return false;
    }

    private static int firstEndingAtOrBehind(long offset, AbortedSpan[] seen, int seenCount) {
        int low = 0;
        int high = seenCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (seen[middle].lastOffset() >= offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Drops the entries whose markers are at {@code offset} or behind. For the writer; readers may go on with what they saw. */
    void truncateTo(long offset) {
        View seen = view;
        int kept = seen.count;
        while (kept > 0 && seen.entries[kept - 1].lastOffset() >= offset) {
            kept--;
        }
        if (kept < seen.count) {
            view = new View(Arrays.copyOf(seen.entries, kept), kept);
            wasTruncated();
        }
    }

    @Override
    void encode(int fromIndex, int toIndex, ByteBuffer target) {
        AbortedSpan[] seen = view.entries;
        for (int i = fromIndex; i < toIndex; i++) {
            target.putShort(VERSION)
                    .putLong(seen[i].producerId())
                    .putLong(seen[i].firstOffset())
                    .putLong(seen[i].lastOffset())
                    .putLong(seen[i].lastStableOffset());
        }
    }

    /** CRC32C of the first entries, as they stand in the file. */
    int crcOf(int entriesCount) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(entriesCount, ENTRY_BYTES));
        encode(0, entriesCount, bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes.flip());
        return (int) crc.getValue();
    }

    /** Replaces all entries. For the writer. */
    void replace(List<AbortedSpan> spans) {
        truncateTo(0);
        spans.forEach(this::append);
    }

    /** Reads an index file, up to the first entry that cannot be right. */
    public static TransactionIndex read(FileStore files, Path path) throws IOException {
        TransactionIndex index = new TransactionIndex();
        ByteBuffer bytes = ByteBuffer.wrap(files.readAll(path));
        long previousOffset = -1;
        while (bytes.remaining() >= ENTRY_BYTES) {
            short version = bytes.getShort();
            AbortedSpan span = new AbortedSpan(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
            if (version != VERSION
                    || span.firstOffset() < 0
                    || span.firstOffset() >= span.lastOffset()
                    || span.lastOffset() <= previousOffset) {
                break;
            }
            index.append(span);
            previousOffset = span.lastOffset();
        }
        index.wasRead(bytes.limit());
        return index;
    }
}
