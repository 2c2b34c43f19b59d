package dev.millrace.log.records;

import java.nio.ByteBuffer;

/** Zigzag-encoded integers of variable length, lowest seven bits first, as the fields of a record are written. */
final class Varints {

    private Varints() {}

    static void putInt(ByteBuffer target, int value) {
        putLong(target, value);
    }

    static void putLong(ByteBuffer target, long value) {
        long raw = zigzag(value);
        while ((raw & ~0x7FL) != 0) {
            target.put((byte) (raw | 0x80));
            raw >>>= 7;
        }
        target.put((byte) raw);
    }

    /** Bytes that {@code value} takes: 1 to 10. */
    static int sizeBytes(long value) {
        int significantBits = Long.SIZE - Long.numberOfLeadingZeros(zigzag(value) | 1);
        return (significantBits + 6) / 7;
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }
}
