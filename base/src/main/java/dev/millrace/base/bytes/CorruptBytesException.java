package dev.millrace.base.bytes;

/**
 * Bytes that do not say what they should. The message names what was read, the position in it, and what is wrong there; who
 * catches it adds the file or the partition and offset.
 */
public final class CorruptBytesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CorruptBytesException(String message) {
        super(message);
    }
}
