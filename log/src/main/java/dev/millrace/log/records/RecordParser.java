package dev.millrace.log.records;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.nio.ByteBuffer;

/**
 * Walks over uncompressed records of format v2. Trusts nothing: every length is held against the bytes that are there.
 * Allocation-free per record; not thread-safe.
 *
 * <pre>
 *   length         varint     bytes that follow this field
 *   attributes     int8       unused
 *   timestampDelta varlong    ms, from the batch's base timestamp
 *   offsetDelta    varint     from the batch's base offset
 *   keyLength      varint     -1: null
 *   key            bytes
 *   valueLength    varint     -1: null
 *   value          bytes
 *   headersCount   varint
 *   headers        each: keyLength varint, key (UTF-8), valueLength varint (-1: null), value
 * </pre>
 *
 * Varints are zigzag-encoded, lowest seven bits first.
 */
final class RecordParser {

    private static final int MAX_VARINT_SHIFT = 28;
    private static final int MAX_VARLONG_SHIFT = 63;

    private final ByteBuffer buffer;
    private final int end;
    private int position;

    /** Of the current record's length field. */
    int recordPosition;
    /** Behind the current record. */
    int recordEnd;

    long timestampDeltaMs;
    /** What follows this field is the same wherever the batch begins in time. */
    int offsetDeltaPosition;

    int offsetDelta;
    int keyPosition;
    int keySizeBytes;
    int valuePosition;
    int valueSizeBytes;
    int headersCount;
    /** Of the first header's key length. */
    int headersPosition;

    /** Reads records from {@code position} up to {@code end}; the buffer's own position and limit are not touched. */
    RecordParser(ByteBuffer buffer, int position, int end) {
        this.buffer = buffer;
        this.position = position;
        this.end = end;
    }

    /**
     * Parses the next record.
     *
     * @throws MillraceException INVALID_RECORD if it is malformed or not whole
     */
    void next() {
        recordPosition = position;
        recordEnd = end;
        int sizeBytes = readVarint();
        if (sizeBytes < 0 || sizeBytes > end - position) {
            throw malformed("a record of " + sizeBytes + " bytes where the batch has " + (end - position) + " left");
        }
        recordEnd = position + sizeBytes;
        skip(1);
        timestampDeltaMs = readVarlong();
        offsetDeltaPosition = position;
        offsetDelta = readVarint();
        keySizeBytes = readVarint();
        keyPosition = position;
        skipNullable(keySizeBytes);
        valueSizeBytes = readVarint();
        valuePosition = position;
        skipNullable(valueSizeBytes);
        headersCount = readVarint();
        headersPosition = position;
        if (headersCount != 0) {
            skipHeaders();
        }
        if (position != recordEnd) {
            throw malformed((recordEnd - position) + " bytes behind the last field of a record");
        }
    }

    /** Throws unless everything was read. */
    void checkAtEnd() {
        if (position != end) {
            throw malformed((end - position) + " bytes behind the last record of the batch");
        }
    }

    /** Visits the headers of the record that was parsed last. */
    void forEachHeader(HeaderVisitor visitor) {
        position = headersPosition;
        for (int i = 0; i < headersCount; i++) {
            int headerKeySizeBytes = readVarint();
            int headerKeyPosition = position;
            skip(headerKeySizeBytes);
            int headerValueSizeBytes = readVarint();
            int headerValuePosition = position;
            skipNullable(headerValueSizeBytes);
            visitor.visit(headerKeyPosition, headerKeySizeBytes, headerValuePosition, headerValueSizeBytes);
        }
    }

    private void skipHeaders() {
        // Each header has at least two bytes: a count beyond that is a lie, and the loop below is bounded by the
        // record's size.
        if (headersCount < 0 || headersCount > (recordEnd - position) / 2) {
            throw malformed(headersCount + " headers in a record that has " + (recordEnd - position) + " bytes left");
        }
        for (int i = 0; i < headersCount; i++) {
            int headerKeySizeBytes = readVarint();
            if (headerKeySizeBytes < 0) {
                throw malformed("a header without a key");
            }
            skip(headerKeySizeBytes);
            skipNullable(readVarint());
        }
    }

    private void skipNullable(int sizeBytes) {
        if (sizeBytes >= 0) {
            skip(sizeBytes);
        } else if (sizeBytes != -1) {
            throw malformed("a field of " + sizeBytes + " bytes");
        }
    }

    private void skip(int sizeBytes) {
        if (sizeBytes > recordEnd - position) {
            throw malformed(
                    "a field of " + sizeBytes + " bytes where the record has " + (recordEnd - position) + " left");
        }
        position += sizeBytes;
    }

    private byte readByte() {
        if (position >= recordEnd) {
            throw malformed("a record that ends inside a field");
        }
        return buffer.get(position++);
    }

    private int readVarint() {
        int b = readByte();
        if (b >= 0) {
            return (b >>> 1) ^ -(b & 1);
        }
        int raw = b & 0x7F;
        for (int shift = 7; shift <= MAX_VARINT_SHIFT; shift += 7) {
            b = readByte();
            raw |= (b & 0x7F) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw malformed("a varint of more than five bytes");
    }

    private long readVarlong() {
        long raw = 0;
        for (int shift = 0; shift <= MAX_VARLONG_SHIFT; shift += 7) {
            byte b = readByte();
            raw |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw malformed("a varlong of more than ten bytes");
    }

    private MillraceException malformed(String what) {
        return new MillraceException(
                ErrorCode.INVALID_RECORD, "malformed record before position " + position + ": " + what);
    }

    /** Receives the places of a header; the value's size is -1 if it is null. */
    interface HeaderVisitor {
        void visit(int keyPosition, int keySizeBytes, int valuePosition, int valueSizeBytes);
    }
}
