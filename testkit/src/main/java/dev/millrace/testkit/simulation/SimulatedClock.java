package dev.millrace.testkit.simulation;

import dev.millrace.base.time.Clock;
import java.util.concurrent.TimeUnit;

/** A clock that stands still until it is told to move. Thread-safe. */
public final class SimulatedClock implements Clock {

    /** Where every simulation begins: 2026-01-01 00:00 UTC, ms since the epoch. */
    public static final long START_WALL_MS = 1_767_225_600_000L;

    private long monotonicNs;
    private long wallOffsetMs = START_WALL_MS;

    @Override
    public synchronized long wallMs() {
        return wallOffsetMs + TimeUnit.NANOSECONDS.toMillis(monotonicNs);
    }

    @Override
    public synchronized long monotonicNs() {
        return monotonicNs;
    }

    /** Moves both clocks. Runs no timer: see {@link Simulator#advanceMs}. */
    public synchronized void advanceMs(long durationMs) {
        advanceNs(TimeUnit.MILLISECONDS.toNanos(durationMs));
    }

    /** Moves both clocks. */
    public synchronized void advanceNs(long durationNs) {
        if (durationNs < 0) {
            throw new IllegalArgumentException("monotonic time does not go back: " + durationNs + " ns");
        }
        monotonicNs += durationNs;
    }

    /** Moves the wall clock alone, in either direction, as an operator or NTP does. */
    public synchronized void jumpWallMs(long byMs) {
        wallOffsetMs += byMs;
    }
}
