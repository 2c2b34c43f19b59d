package dev.millrace.testkit.simulation;

import dev.millrace.base.time.Scheduler;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Timers of a {@link SimulatedClock}: they run when somebody says so, in order of time, and in the order in which they were
 * scheduled where the time is the same. Thread-safe; tasks run on the caller's thread.
 */
public final class SimulatedScheduler implements Scheduler {

    private final SimulatedClock clock;
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNs).thenComparingLong(Timer::sequence));
    private long timersCount;

    public SimulatedScheduler(SimulatedClock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Scheduled schedule(long delayMs, Runnable task) {
        long delayNs = TimeUnit.MILLISECONDS.toNanos(Math.max(0, delayMs));
        long dueNs = clock.monotonicNs() + Math.min(delayNs, TimeUnit.DAYS.toNanos(36_500));
        Timer timer = new Timer(dueNs, timersCount++, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    /** Runs the first task that is due; {@code false} if none is. */
    public boolean runNext() {
        Timer timer = pollDue();
        if (timer == null) {
            return false;
        }
        timer.task.run();
        return true;
    }

    /** When the next task is due, on the monotonic clock; empty if there is none. */
    public synchronized OptionalLong nextDueNs() {
        Timer first = timers.peek();
        return first == null ? OptionalLong.empty() : OptionalLong.of(first.dueNs);
    }

    public boolean hasDue() {
        OptionalLong next = nextDueNs();
        return next.isPresent() && next.getAsLong() <= clock.monotonicNs();
    }

    /** Moves the clock by {@code durationMs}, stopping at each timer on the way to run it. */
    public void advanceMs(long durationMs) {
        long endNs = clock.monotonicNs() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        while (true) {
            while (runNext()) {}
            OptionalLong next = nextDueNs();
            if (next.isEmpty() || next.getAsLong() > endNs) {
                break;
            }
            clock.advanceNs(next.getAsLong() - clock.monotonicNs());
        }
        clock.advanceNs(Math.max(0, endNs - clock.monotonicNs()));
    }

    @Override
    public synchronized void close() {
        timers.clear();
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    private synchronized @Nullable Timer pollDue() {
        Timer first = timers.peek();
        return first != null && first.dueNs <= clock.monotonicNs() ? timers.poll() : null;
    }

    private record Timer(long dueNs, long sequence, Runnable task) {}
}
