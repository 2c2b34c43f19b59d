package dev.millrace.checker;

/**
 * A record as a reader was given it.
 *
 * @param offset in its partition
 * @param value unique in its partition: by it a record is known
 */
public record Seen(long offset, String value) {
    private static final int SHOWN_LENGTH = 60;

    @Override
    public String toString() {
        return offset + "=" + brief(value);
    }

    /** As much of a value as a reader of reports wants to see. */
    static String brief(String value) {
        return value.length() <= SHOWN_LENGTH ? value : value.substring(0, SHOWN_LENGTH) + "…";
    }
}
