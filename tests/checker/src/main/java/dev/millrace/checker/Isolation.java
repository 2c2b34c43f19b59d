package dev.millrace.checker;

/** What a reader asks to be given. */
public enum Isolation {
    /** Everything. */
    UNCOMMITTED,
    /** What belongs to no transaction, or to one that was committed; nothing behind a transaction that is open. */
    COMMITTED
}
