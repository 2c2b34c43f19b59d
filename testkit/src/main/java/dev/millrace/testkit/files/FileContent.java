package dev.millrace.testkit.files;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file: as programs see them, and as they would be found after a power cut.
 *
 * <p>Both are arrays of pages; a page that is the same in both is shared until it is written to, so a sync copies nothing. A missing
 * page is all zeros. A page is <em>dirty</em> when the next sync would write it; after a failed sync pages may be clean though the
 * disk never got them, as on Linux. Not thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // Whether two pages are the same array is the whole idea.
final class FileContent implements Node {

    static final int PAGE_SIZE_BYTES = 4096;
    private static final int SECTOR_SIZE_BYTES = 512;
    private static final byte[] ZEROS = new byte[PAGE_SIZE_BYTES];

    private byte[][] seen = new byte[4][];
    private byte[][] durable = new byte[4][];
    private final BitSet dirtyPages = new BitSet();
    private long sizeBytes;
    private long durableSizeBytes;

    long sizeBytes() {
        return sizeBytes;
    }

    static long pagesCount(long sizeBytes) {
        return (sizeBytes + PAGE_SIZE_BYTES - 1) / PAGE_SIZE_BYTES;
    }

    int read(ByteBuffer target, long position) {
        int count = Math.clamp(sizeBytes - position, 0, target.remaining());
        for (int done = 0; done < count; ) {
            int inPage = (int) ((position + done) % PAGE_SIZE_BYTES);
            int part = Math.min(PAGE_SIZE_BYTES - inPage, count - done);
            target.put(orZeros(seen[pageIndex(position + done)]), inPage, part);
            done += part;
        }
        return count;
    }

    /** Writes all that {@code source} holds. */
    void write(ByteBuffer source, long position) {
        if (!source.hasRemaining()) {
            return;
        }
        long end = position + source.remaining();
        grow(end);
        for (long at = position; at < end; ) {
            int inPage = (int) (at % PAGE_SIZE_BYTES);
            int part = (int) Math.min(PAGE_SIZE_BYTES - inPage, end - at);
            source.get(writablePage(pageIndex(at)), inPage, part);
            at += part;
        }
        sizeBytes = Math.max(sizeBytes, end);
    }

    /** Extends with zeros that are written, and so dirty. */
    void extend(long newSizeBytes) {
        grow(newSizeBytes);
        dirtyPages.set(pageIndex(sizeBytes), (int) pagesCount(newSizeBytes));
        sizeBytes = newSizeBytes;
    }

    void truncate(long newSizeBytes) {
        if (newSizeBytes >= sizeBytes) {
            return;
        }
        int inPage = (int) (newSizeBytes % PAGE_SIZE_BYTES);
        if (inPage != 0) {
            Arrays.fill(writablePage(pageIndex(newSizeBytes)), inPage, PAGE_SIZE_BYTES, (byte) 0);
        }
        int keptPages = (int) pagesCount(newSizeBytes);
        for (int page = keptPages; page < seen.length; page++) {
            if (seen[page] != null || durable[page] != null) {
                seen[page] = null;
                dirtyPages.set(page);
            }
        }
        sizeBytes = newSizeBytes;
    }

    void sync() {
        for (int page = dirtyPages.nextSetBit(0); page >= 0; page = dirtyPages.nextSetBit(page + 1)) {
            durable[page] = seen[page];
        }
        dirtyPages.clear();
        durableSizeBytes = sizeBytes;
    }

    /** Of each dirty page: written after all, or clean in the cache without ever being written, or gone from the cache too. */
    void failSync(Random random) {
        for (int page = dirtyPages.nextSetBit(0); page >= 0; page = dirtyPages.nextSetBit(page + 1)) {
            switch (random.nextInt(3)) {
                case 0 -> durable[page] = seen[page];
                case 1 -> seen[page] = durable[page];
                default -> {}
            }
        }
        dirtyPages.clear();
        if (random.nextBoolean()) {
            durableSizeBytes = sizeBytes;
        }
    }

    /**
     * What is left after a power cut: every page as it was synced, but of the dirty ones the disk may have got any sectors, and the
     * size may be any that the file had since.
     *
     * @param keptShare 0 to 1: how likely a dirty page is to have been written
     */
    void crash(Random random, double keptShare) {
        for (int page = dirtyPages.nextSetBit(0); page >= 0; page = dirtyPages.nextSetBit(page + 1)) {
            if (random.nextInt(4) == 0 && keptShare > 0 && keptShare < 1) {
                durable[page] = torn(orZeros(durable[page]), orZeros(seen[page]), random);
            } else if (random.nextDouble() < keptShare) {
                durable[page] = seen[page];
            }
        }
        long leftSizeBytes = sizeAfterCrash(random, keptShare);
        durableSizeBytes = leftSizeBytes;
        sizeBytes = leftSizeBytes;
        dirtyPages.clear();
        int keptPages = (int) pagesCount(leftSizeBytes);
        Arrays.fill(durable, keptPages, durable.length, null);
        int inPage = (int) (leftSizeBytes % PAGE_SIZE_BYTES);
        if (inPage != 0 && durable[keptPages - 1] != null) {
            byte[] last = durable[keptPages - 1].clone();
            Arrays.fill(last, inPage, PAGE_SIZE_BYTES, (byte) 0);
            durable[keptPages - 1] = last;
        }
        seen = durable.clone();
    }

    /** The medium rots: what is on the disk and what programs see change alike. */
    void flipBit(long position, int bit) {
        int page = pageIndex(position);
        boolean shared = seen[page] == durable[page];
        byte[] changed = orZeros(seen[page]).clone();
        changed[(int) (position % PAGE_SIZE_BYTES)] ^= (byte) (1 << bit);
        seen[page] = changed;
        if (shared) {
            durable[page] = changed;
        }
    }

    private long sizeAfterCrash(Random random, double keptShare) {
        if (sizeBytes == durableSizeBytes || keptShare == 0) {
            return durableSizeBytes;
        }
        if (keptShare == 1) {
            return sizeBytes;
        }
        return switch (random.nextInt(3)) {
            case 0 -> durableSizeBytes;
            case 1 -> sizeBytes;
            default -> sizeBytes < durableSizeBytes ? sizeBytes : random.nextLong(durableSizeBytes, sizeBytes + 1);
        };
    }

    private static byte[] torn(byte[] before, byte[] after, Random random) {
        byte[] page = before.clone();
        for (int at = 0; at < PAGE_SIZE_BYTES; at += SECTOR_SIZE_BYTES) {
            if (random.nextBoolean()) {
                System.arraycopy(after, at, page, at, SECTOR_SIZE_BYTES);
            }
        }
        return page;
    }

    private byte[] writablePage(int page) {
        dirtyPages.set(page);
        byte[] bytes = seen[page];
        if (bytes == null) {
            bytes = new byte[PAGE_SIZE_BYTES];
        } else if (bytes == durable[page]) {
            bytes = bytes.clone();
        }
        seen[page] = bytes;
        return bytes;
    }

    private void grow(long newSizeBytes) {
        int pages = Math.toIntExact(pagesCount(newSizeBytes));
        if (pages > seen.length) {
            int capacity = Math.max(pages, seen.length * 2);
            seen = Arrays.copyOf(seen, capacity);
            durable = Arrays.copyOf(durable, capacity);
        }
    }

    private static int pageIndex(long position) {
        return Math.toIntExact(position / PAGE_SIZE_BYTES);
    }

    private static byte[] orZeros(byte @Nullable [] page) {
        return page == null ? ZEROS : page;
    }
}
