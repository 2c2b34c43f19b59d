package dev.millrace.server.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a command ends when the process is told to: a signal (Ctrl-C, SIGTERM) runs an action, which asks the command to end and waits a while
 * until it has. Closed when the command is over: to be opened before what the command has to close. Thread-safe.
 */
final class Ending implements AutoCloseable {

    private final CountDownLatch over = new CountDownLatch(1);

    /** Has {@code action} run, on a thread of this name, when the process ends. */
    void onSignal(String thread, Runnable action) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name(thread).unstarted(action));
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Waits until the command is over; tells whether it is. */
    boolean await(int seconds) {
        try {
            return over.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return isOver();
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
