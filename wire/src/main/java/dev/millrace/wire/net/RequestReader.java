package dev.millrace.wire.net;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's fields out of its frame, as the generated messages ask for them. Whatever is not there, or absurd, is a {@link RuntimeException}.
 *
 * <p>Bytes and records are slices of the frame, not copies. What a small frame may make of the heap is bounded: arrays of a request
 * hold at most {@link #ELEMENTS_MAX} elements in all (a generated reader bounds each array by the bytes that remain, and one byte of frame can
 * become a hundred bytes of objects), and tagged fields that we do not know are skipped, not kept.
 */
final class RequestReader implements Readable {

    static final int ELEMENTS_MAX = 250_000;

    private final ByteBuffer buffer;
    private int lastLength;
    private int elementsLeft = ELEMENTS_MAX;
    private final int arrayLengthMax;

    RequestReader(ByteBuffer buffer) {
        this(buffer, Integer.MAX_VALUE);
    }

    /** A reader that gives up with {@link LongArray} at an array that is longer than {@code arrayLengthMax}. */
    RequestReader(ByteBuffer buffer, int arrayLengthMax) {
        this.buffer = buffer;
        this.arrayLengthMax = arrayLengthMax;
    }

    /** An array is longer than this reader reads without a check. Costs no stack trace. */
    static final class LongArray extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LongArray() {
            super("a long array", null, false, false);
        }
    }

    int position() {
        return buffer.position();
    }

    /** The bytes between two positions; equal if the bytes are. */
    ByteBuffer bytes(int start, int end) {
        return buffer.slice(start, end - start);
    }

    @Override
    public byte readByte() {
        return buffer.get();
    }

    @Override
    public short readShort() {
        return buffer.getShort();
    }

    @Override
    public int readInt() {
        lastLength = buffer.getInt();
        return lastLength;
    }

    @Override
    public long readLong() {
        return buffer.getLong();
    }

    @Override
    public double readDouble() {
        return buffer.getDouble();
    }

    @Override
    public byte[] readArray(int sizeBytes) {
        checkPresent(sizeBytes);
        byte[] bytes = new byte[sizeBytes];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public ByteBuffer readByteBuffer(int sizeBytes) {
        checkPresent(sizeBytes);
        ByteBuffer slice = buffer.slice(buffer.position(), sizeBytes);
        buffer.position(buffer.position() + sizeBytes);
        return slice;
    }

    @Override
    public int readUnsignedVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = buffer.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                lastLength = value;
                return value;
            }
        }
        throw new IllegalArgumentException("a varint is longer than five bytes");
    }

    @Override
    public int readVarint() {
        int raw = readUnsignedVarint();
        return (raw >>> 1) ^ -(raw & 1);
    }

    @Override
    public long readVarlong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = buffer.get();
            raw |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new IllegalArgumentException("a varlong is longer than ten bytes");
    }

    /** Asked by the generated readers for one purpose: to bound the array whose length they have just read. */
    @Override
    public int remaining() {
        if (lastLength > arrayLengthMax) {
            throw new LongArray();
        }
        elementsLeft -= Math.max(0, lastLength);
        lastLength = 0;
        if (elementsLeft < 0) {
            throw new IllegalArgumentException("more than " + ELEMENTS_MAX + " array elements in one request");
        }
        return buffer.remaining();
    }

    @Override
    public Readable slice() {
        return new RequestReader(buffer.slice());
    }

    @Override
    @SuppressWarnings("NullAway") // The generated messages pass null for "none yet" and take it back.
    public List<RawTaggedField> readUnknownTaggedField(@Nullable List<RawTaggedField> known, int tag, int sizeBytes) {
        checkPresent(sizeBytes);
        buffer.position(buffer.position() + sizeBytes);
        return known;
    }

    private void checkPresent(int sizeBytes) {
        if (sizeBytes < 0 || sizeBytes > buffer.remaining()) {
            throw new IllegalArgumentException(
                    "a field of " + sizeBytes + " bytes where " + buffer.remaining() + " remain");
        }
    }
}
