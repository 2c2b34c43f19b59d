package dev.millrace.base.time;

/**
 * Runs a task once, after a delay. Thread-safe.
 *
 * <p>Tasks run on the scheduler's own thread and must not wait for anything: a task hands its work to the thread that
 * owns the state (a machine's mailbox, a shard's queue, an event loop). A task that throws is logged and forgotten.
 */
public interface Scheduler extends AutoCloseable {

    /**
     * Runs {@code task} once, no earlier than {@code delayMs} milliseconds from now; at once if the delay is not
     * positive, but never inside this call.
     */
    Scheduled schedule(long delayMs, Runnable task);

    /** Drops what has not run yet. */
    @Override
    void close();

    /** A task that waits for its time. */
    interface Scheduled {

        /** Takes the task back if it has not started; otherwise does nothing. Thread-safe, idempotent. */
        void cancel();
    }
}
