package dev.millrace.jepsen;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A client that works on a thread of its own until it is told to stop. */
abstract class Worker {
    private static final int PAUSE_AFTER_FAILURE_MS = 50;

    private final String name;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean running = true;
    private volatile Thread thread = Thread.currentThread();

    Worker(String name) {
        this.name = name;
    }

    final String name() {
        return name;
    }

    /** Works, until {@link #isRunning} is false; lets go of everything before it returns. */
    abstract void work() throws InterruptedException;

    final void start() {
        thread = Thread.ofPlatform().name(name).start(() -> {
            try {
                work();
            } catch (InterruptedException | RuntimeException | AssertionError e) {
                failure.set(e);
            }
        });
    }

    final boolean isRunning() {
        return running;
    }

    final void stop() {
        running = false;
    }

    /** Waits until it has ended, and fails when it failed. */
    final void join() throws InterruptedException {
        thread.join();
        expectHealthy();
    }

    /** Fails when it failed: faults of the broker are no reason to. */
    final void expectHealthy() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(name + " failed", failed);
        }
    }

    /** Lets others go first: brokers that are away, and the machine, which has few cores. */
    static void pause(int timeMs) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(timeMs);
    }

    static void pauseAfterFailure() throws InterruptedException {
        pause(PAUSE_AFTER_FAILURE_MS);
    }
}
