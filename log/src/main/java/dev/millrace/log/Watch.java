package dev.millrace.log;

/** A one-shot callback that waits. */
public interface Watch {

    /** Takes the callback back if it has not started. Idempotent, thread-safe. */
    void cancel();
}
