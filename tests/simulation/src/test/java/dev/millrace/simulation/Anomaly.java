package dev.millrace.simulation;

/** What Jepsen's test of Kafka looks for, by the same names. */
enum Anomaly {
    /** A record that was acknowledged is not in the log. */
    LOST_WRITE("lost-write"),
    /** A record that was appended once is in the log twice. */
    DUPLICATE("duplicate"),
    /** One offset had different records, or one record different offsets. */
    INCONSISTENT_OFFSETS("inconsistent-offsets"),
    /** A consumer was given something that lies before what it had. */
    NONMONOTONIC_POLL("nonmonotonic-poll"),
    /** A consumer was not given something that lies between two records that it got. */
    POLL_SKIP("poll-skip"),
    /** A record is in the log that nobody appended. */
    UNSEEN("unseen");

    private final String jepsenName;

    Anomaly(String jepsenName) {
        this.jepsenName = jepsenName;
    }

    AssertionError found(String what) {
        return new AssertionError(jepsenName + ": " + what);
    }
}
