package dev.millrace.log.compaction;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-1-3 with 128 bits of output, of bytes in a buffer. Keyed, so that nobody who chooses record keys can make them meet: that two
 * of a billion keys have the same hash happens with a probability of 10^-21.
 *
 * <p>Reusable, not thread-safe. Allocation-free: the result stays in {@link #high} and {@link #low}.
 */
final class KeyHash {

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long INITIAL_0 = 0x736F_6D65_7073_6575L;
    private static final long INITIAL_1 = 0x646F_7261_6E64_6F6DL;
    private static final long INITIAL_2 = 0x6C79_6765_6E65_7261L;
    private static final long INITIAL_3 = 0x7465_6462_7974_6573L;
    private static final int FINAL_ROUNDS = 3;

    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    long high;
    long low;

    KeyHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Hashes {@code sizeBytes} bytes at {@code position}. */
    void hash(ByteBuffer buffer, int position, int sizeBytes) {
        v0 = INITIAL_0 ^ key0;
        v1 = INITIAL_1 ^ key1 ^ 0xEE;
        v2 = INITIAL_2 ^ key0;
        v3 = INITIAL_3 ^ key1;
        int end = position + (sizeBytes & ~7);
        for (int at = position; at < end; at += Long.BYTES) {
            mix((long) LONG.get(buffer, at));
        }
        long tail = (long) sizeBytes << 56;
        for (int i = sizeBytes & 7; i > 0; i--) {
            tail |= (buffer.get(end + i - 1) & 0xFFL) << (8 * (i - 1));
        }
        mix(tail);
        v2 ^= 0xEE;
        finish();
        high = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xDD;
        finish();
        low = v0 ^ v1 ^ v2 ^ v3;
    }

    private void mix(long word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }

    private void finish() {
        for (int i = 0; i < FINAL_ROUNDS; i++) {
            round();
        }
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
