package dev.millrace.base.bytes;

import dev.millrace.base.TopicId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds a small binary value; {@link ByteReader} reads it back. Not thread-safe.
 *
 * <pre>
 * short, int, long   big-endian, 2, 4 and 8 bytes
 * varint, varlong    zigzag, then 7 bits a byte, the low ones first (as in Kafka's records)
 * count              varint without zigzag: 0 .. 2^31-1
 * string             count of UTF-8 bytes, the bytes
 * bytes              count, the bytes
 * topic id           16 bytes
 * </pre>
 *
 * <p>A value begins with the version of its format, so that old records can be read for ever: {@link #version}.
 */
public final class ByteWriter {

    private byte[] bytes;
    private int sizeBytes;

    public ByteWriter() {
        this(64);
    }

    public ByteWriter(int expectedSizeBytes) {
        this.bytes = new byte[Math.max(16, expectedSizeBytes)];
    }

    /** One byte that says how the rest is to be read; 0 to 127. */
    public ByteWriter version(int version) {
        if (version < 0 || version > 127) {
            throw new IllegalArgumentException("a format version is 0 to 127, not " + version);
        }
        return int8(version);
    }

    public ByteWriter bool(boolean value) {
        return int8(value ? 1 : 0);
    }

    public ByteWriter int8(int value) {
        ensure(1);
        bytes[sizeBytes++] = (byte) value;
        return this;
    }

    public ByteWriter int16(int value) {
        ensure(2);
        bytes[sizeBytes++] = (byte) (value >>> 8);
        bytes[sizeBytes++] = (byte) value;
        return this;
    }

    public ByteWriter int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    public ByteWriter int64(long value) {
        return int32((int) (value >>> 32)).int32((int) value);
    }

    public ByteWriter varint(int value) {
        return unsigned(((value << 1) ^ (value >> 31)) & 0xffff_ffffL);
    }

    public ByteWriter varlong(long value) {
        return unsigned((value << 1) ^ (value >> 63));
    }

    /** How many elements follow. */
    public ByteWriter count(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a count is not negative: " + count);
        }
        return unsigned(count);
    }

    public ByteWriter string(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public ByteWriter bytes(byte[] value) {
        count(value.length);
        return raw(value);
    }

    public ByteWriter topicId(TopicId id) {
        return int64(id.mostSignificantBits()).int64(id.leastSignificantBits());
    }

    /** The bytes alone, without their count. */
    public ByteWriter raw(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, sizeBytes, value.length);
        sizeBytes += value.length;
        return this;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, sizeBytes);
    }

    private ByteWriter unsigned(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[sizeBytes++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[sizeBytes++] = (byte) rest;
        return this;
    }

    private void ensure(int moreBytes) {
        int needed = Math.addExact(sizeBytes, moreBytes);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }
}
