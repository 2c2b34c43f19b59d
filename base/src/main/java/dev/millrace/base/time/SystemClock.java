package dev.millrace.base.time;

/** The machine's own clocks: the one home of {@link System#currentTimeMillis()} and {@link System#nanoTime()}. */
public final class SystemClock implements Clock {

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }
}
