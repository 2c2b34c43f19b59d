package dev.millrace.kafka;

/** Where to begin in a partition. */
public sealed interface StartPosition {

    /** The first record that is still there. */
    record Beginning() implements StartPosition {}

    /** Behind the last record that is readable now. */
    record End() implements StartPosition {}

    /** This offset, in every partition. */
    record AtOffset(long offset) implements StartPosition {}

    /** The first record whose timestamp is not earlier, in ms since the epoch; the end where there is none. */
    record AtTime(long timestampMs) implements StartPosition {}
}
