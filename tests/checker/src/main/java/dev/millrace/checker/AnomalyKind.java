package dev.millrace.checker;

/** What is looked for, by the names that Jepsen's test of Kafka uses where it has one. */
public enum AnomalyKind {
    /** A record that was acknowledged or read, and not aborted, is not in the log. */
    LOST_WRITE("lost-write"),
    /** A record that was sent once is in the log twice. */
    DUPLICATE("duplicate"),
    /** A reader of committed data was given a record whose transaction was aborted, or never asked to commit. */
    ABORTED_READ("aborted-read"),
    /** One offset had different records. */
    INCONSISTENT_OFFSETS("inconsistent-offsets"),
    /** A consumer was given something that lies before what it had, or something that was deleted before. */
    NONMONOTONIC_POLL("nonmonotonic-poll"),
    /** A consumer was not given something that lies between two records that it got. */
    POLL_SKIP("poll-skip"),
    /** A consumer group read to the end and was never given a record that is there for it. */
    UNSEEN("unseen"),
    /** Of one transaction some records are committed and others are not. */
    TORN_TRANSACTION("torn-transaction"),
    /** A record is in the log that nobody sent. Jepsen has no name for it. */
    UNSENT("unsent");

    private final String title;

    AnomalyKind(String title) {
        this.title = title;
    }

    /** The name that reports use. */
    public String title() {
        return title;
    }
}
