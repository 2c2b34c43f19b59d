package dev.millrace.log.compaction;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * The last offset of each key, by the key's 128-bit hash. Open addressing, outside the heap, bounded; grows by doubling and is given back
 * by {@link #close}.
 *
 * <pre>
 *   slot   bytes  field
 *             8   hash, high half: it chooses the slot
 *             8   hash, low half
 *             8   offset + 1; 0: the slot is free
 * </pre>
 *
 * <p>Used by one thread. Allocation-free but for its growth.
 */
final class OffsetMap implements AutoCloseable {

    /** No offset: the key is not in the map. */
    static final long NONE = -1;
    /** The key is new and there is no room for it. */
    static final long FULL = -2;

    static final int SLOT_BYTES = 24;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final long FIRST_SLOTS = 128;

    private final long slotsMax;
    private final KeyHash hash;
    private Arena arena = Arena.ofConfined();
    private MemorySegment slots;
    private long slotsCount;
    private long entriesCount;

    /** @param maxSizeBytes bound for the memory, also while it grows */
    OffsetMap(long maxSizeBytes, KeyHash hash) {
        // While the last growth lasts the old slots, half as many, are there too.
        this.slotsMax = Math.max(2, maxSizeBytes / SLOT_BYTES * 2 / 3);
        this.hash = hash;
        this.slotsCount = Math.min(FIRST_SLOTS, slotsMax);
        this.slots = arena.allocate(slotsCount * SLOT_BYTES, Long.BYTES);
    }

    /**
     * Notes that the key was met at {@code offset}, which is larger than all before.
     *
     * @return the offset at which it was met before, {@link #NONE}, or {@link #FULL} if nothing was noted
     */
    long put(ByteBuffer buffer, int keyPosition, int keySizeBytes, long offset) {
        hash.hash(buffer, keyPosition, keySizeBytes);
        long at = find(slots, slotsCount, hash.high, hash.low);
        long before = slots.get(LONG, at + 16) - 1;
        if (before == NONE) {
            if (entriesCount >= slotsCount - slotsCount / 4) {
                if (slotsCount == slotsMax) {
                    return FULL;
                }
                grow();
                at = find(slots, slotsCount, hash.high, hash.low);
            }
            slots.set(LONG, at, hash.high);
            slots.set(LONG, at + 8, hash.low);
            entriesCount++;
        }
        slots.set(LONG, at + 16, offset + 1);
        return before;
    }

    /** The last offset of the key; {@link #NONE}. */
    long get(ByteBuffer buffer, int keyPosition, int keySizeBytes) {
        hash.hash(buffer, keyPosition, keySizeBytes);
        return slots.get(LONG, find(slots, slotsCount, hash.high, hash.low) + 16) - 1;
    }

    long entriesCount() {
        return entriesCount;
    }

    /** Position of the slot of this hash, or of the free one where it belongs. */
    private static long find(MemorySegment slots, long slotsCount, long high, long low) {
        long slot = Math.unsignedMultiplyHigh(high, slotsCount);
        while (true) {
            long at = slot * SLOT_BYTES;
            if (slots.get(LONG, at + 16) == 0 || (slots.get(LONG, at) == high && slots.get(LONG, at + 8) == low)) {
                return at;
            }
            slot = slot + 1 == slotsCount ? 0 : slot + 1;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // It outlives this method; close, or the next growth, closes it.
    private void grow() {
        long grownCount = Math.min(slotsMax, 2 * slotsCount);
        Arena grownArena = Arena.ofConfined();
        MemorySegment grown = grownArena.allocate(grownCount * SLOT_BYTES, Long.BYTES);
        for (long from = 0; from < slotsCount * SLOT_BYTES; from += SLOT_BYTES) {
            if (slots.get(LONG, from + 16) != 0) {
                long to = find(grown, grownCount, slots.get(LONG, from), slots.get(LONG, from + 8));
                MemorySegment.copy(slots, from, grown, to, SLOT_BYTES);
            }
        }
        arena.close();
        arena = grownArena;
        slots = grown;
        slotsCount = grownCount;
    }

    @Override
    public void close() {
        arena.close();
    }
}
