package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What the transaction indexes of a partition held when they were written: their files have no CRC, and one that is missing looks like
 * one that was never needed. Without an entry, readers of committed data would be given what was aborted. A file of its own, which is
 * there once a transaction was aborted; text:
 *
 * <pre>
 *   millrace-transaction-indexes 1
 *   segment BASE ENTRIES CRC                        one line per segment that has entries; CRC32C of the entries' bytes
 *   crc 1f2e3d4c                                    CRC32C of all lines before
 * </pre>
 *
 * <p>Written behind the indexes, and before a checkpoint trusts these: what it says of entries below the trusted offset holds. Of a
 * segment whose entries it knows too well, because the machine died between the two, it only causes a look too many. Thread-safe.
 */
public final class TransactionIndexFacts {

    /** Name of the file, in the partition's directory. */
    public static final String NAME = "transaction-index-checkpoint";

    private static final String HEADER = "millrace-transaction-indexes 1";

    /** What is known of all indexes. */
    public enum Knowledge {
        /** There is no file: no index was ever written, or the file is lost. */
        NONE,
        DAMAGED,
        WHOLE
    }

    /** What is known of one index. */
    record Fact(int count, int crc) {

        static Fact of(TransactionIndex index, int count) {
            return new Fact(count, index.crcOf(count));
        }
    }

    private final FileStore files;
    private final Path path;
    private final Map<Long, Fact> facts = new TreeMap<>();
    private boolean changed;

    public TransactionIndexFacts(FileStore files, Path directory) {
        this.files = files;
        this.path = directory.resolve(NAME);
    }

    /** Reads the file. What it says of segments that are not among {@code baseOffsets} is forgotten: these were deleted. */
    public synchronized Knowledge load(Set<Long> baseOffsets) throws IOException {
        if (!files.exists(path)) {
            return Knowledge.NONE;
        }
        boolean whole = parse(new String(files.readAll(path), StandardCharsets.UTF_8));
        if (!whole) {
            facts.clear();
        }
        facts.keySet().retainAll(baseOffsets);
        changed = !whole;
        return whole ? Knowledge.WHOLE : Knowledge.DAMAGED;
    }

    private boolean parse(String text) {
        int crcAt = text.lastIndexOf("crc ");
        if (crcAt < 0
                || !text.startsWith(HEADER + "\n")
                || !text.substring(crcAt + 4).strip().equals(crcOf(text.substring(0, crcAt)))) {
            return false;
        }
        try {
            List<String> lines = text.substring(0, crcAt).lines().skip(1).toList();
            for (String line : lines) {
                String[] fields = line.split(" ", -1);
                facts.put(
                        Long.parseLong(fields[1]),
                        new Fact(Integer.parseInt(fields[2]), Integer.parseUnsignedInt(fields[3], 16)));
            }
            return true;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /**
     * Whether {@code index}, as it was read, has the entries below {@code trustedOffset} that were written, and no others.
     *
     * @param baseOffset of its segment
     */
    public synchronized boolean agree(long baseOffset, TransactionIndex index, long trustedOffset) {
        Fact fact = facts.get(baseOffset);
        int known = fact == null ? 0 : fact.count;
        if (fact != null && (index.count() < known || index.crcOf(known) != fact.crc)) {
            return false;
        }
        return index.count() == known || index.get(known).lastOffset() >= trustedOffset;
    }

    /** Entries that the index of the segment had when it was written last. */
    synchronized int count(long baseOffset) {
        Fact fact = facts.get(baseOffset);
        return fact == null ? 0 : fact.count;
    }

    /** Says durably what of the index of the segment at {@code baseOffset} is in its file now. */
    synchronized void write(long baseOffset, TransactionIndex index) throws IOException {
        Fact fact = Fact.of(index, index.writtenCount());
        Fact before = fact.count == 0 ? facts.remove(baseOffset) : facts.put(baseOffset, fact);
        changed |= fact.count == 0 ? before != null : !fact.equals(before);
        if (changed) {
            files.replaceAtomically(path, toBytes());
            changed = false;
        }
    }

    /** The segment is deleted. The file says so when it is written next. */
    synchronized void forget(long baseOffset) {
        facts.remove(baseOffset);
    }

    private byte[] toBytes() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        facts.forEach((baseOffset, fact) -> text.append("segment ")
                .append(baseOffset)
                .append(' ')
                .append(fact.count)
                .append(' ')
                .append(String.format("%08x", fact.crc))
                .append('\n'));
        String crc = crcOf(text.toString());
        text.append("crc ").append(crc).append('\n');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String crcOf(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
