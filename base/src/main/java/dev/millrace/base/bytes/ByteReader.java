package dev.millrace.base.bytes;

import dev.millrace.base.TopicId;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote. Not thread-safe.
 *
 * <p>Whatever the bytes say, no more is allocated than they are long, and what they get wrong is a {@link CorruptBytesException}
 * that names the value and the position.
 */
public final class ByteReader {

    private final byte[] bytes;
    private final String what;
    private int position;

    /**
     * @param what names the value in error messages, e.g. {@code "offset commit value"}
     */
    public ByteReader(byte[] bytes, String what) {
        this.bytes = bytes;
        this.what = what;
    }

    /**
     * The version of the format that follows.
     *
     * @throws CorruptBytesException if it is newer than {@code newestKnown}: then a newer Millrace wrote it
     */
    public int version(int newestKnown) {
        int version = int8();
        if (version < 0 || version > newestKnown) {
            throw corrupt(
                    position - 1,
                    "format version " + version + " is not one of 0 to " + newestKnown
                            + "; a newer version of Millrace may have written it");
        }
        return version;
    }

    public boolean bool() {
        int value = int8();
        if (value != 0 && value != 1) {
            throw corrupt(position - 1, "a boolean is 0 or 1, not " + value);
        }
        return value == 1;
    }

    public byte int8() {
        need(1);
        return bytes[position++];
    }

    public short int16() {
        need(2);
        int high = bytes[position++];
        return (short) ((high << 8) | (bytes[position++] & 0xff));
    }

    public int int32() {
        need(4);
        int high = int16();
        return (high << 16) | (int16() & 0xffff);
    }

    public long int64() {
        need(8);
        long high = int32();
        return (high << 32) | (int32() & 0xffff_ffffL);
    }

    public int varint() {
        int start = position;
        long raw = unsigned(5);
        if (raw > 0xffff_ffffL) {
            throw corrupt(start, "a varint has at most 32 bits");
        }
        return (int) (raw >>> 1) ^ -(int) (raw & 1);
    }

    public long varlong() {
        long raw = unsigned(10);
        return (raw >>> 1) ^ -(raw & 1);
    }

    /**
     * How many elements follow. A count that cannot be true is refused before anything is allocated for it.
     *
     * @param smallestElementSizeBytes what the smallest element takes, at least 1
     */
    public int count(int smallestElementSizeBytes) {
        int start = position;
        long count = unsigned(5);
        if (count > remaining() / smallestElementSizeBytes) {
            throw corrupt(
                    start,
                    "a count of " + count + " elements of at least " + smallestElementSizeBytes
                            + " bytes does not fit into the " + remaining() + " bytes left");
        }
        return (int) count;
    }

    public String string() {
        int start = position;
        int lengthBytes = count(1);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, position, lengthBytes));
            position += lengthBytes;
            return text.toString();
        } catch (CharacterCodingException e) {
            throw corrupt(start, "a string of " + lengthBytes + " bytes is not UTF-8");
        }
    }

    public byte[] bytes() {
        int lengthBytes = count(1);
        position += lengthBytes;
        return Arrays.copyOfRange(bytes, position - lengthBytes, position);
    }

    public TopicId topicId() {
        return new TopicId(int64(), int64());
    }

    /** Bytes that were not read yet. */
    public int remaining() {
        return bytes.length - position;
    }

    /** Makes sure that nothing is left over. */
    public void end() {
        if (remaining() > 0) {
            throw corrupt(position, remaining() + " bytes are left over");
        }
    }

    /** For what only the reader's user can tell: an unknown enum value, an offset out of order. */
    public CorruptBytesException corrupt(String wrong) {
        return corrupt(position, wrong);
    }

    private CorruptBytesException corrupt(int wrongPosition, String wrong) {
        return new CorruptBytesException(
                what + " is corrupt at byte " + wrongPosition + " of " + bytes.length + ": " + wrong);
    }

    private long unsigned(int maxBytes) {
        int start = position;
        long value = 0;
        for (int i = 0; i < maxBytes; i++) {
            int next = int8();
            value |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw corrupt(start, "a variable-length number is longer than " + maxBytes + " bytes");
    }

    private void need(int sizeBytes) {
        if (remaining() < sizeBytes) {
            throw corrupt(position, sizeBytes + " bytes are needed and " + remaining() + " are left");
        }
    }
}
