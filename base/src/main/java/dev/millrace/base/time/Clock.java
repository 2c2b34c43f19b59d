package dev.millrace.base.time;

/**
 * The only source of time. Thread-safe.
 *
 * <p>Injected everywhere, so that a simulation decides what time it is.
 */
public interface Clock {

    /** Wall-clock time in milliseconds since the Unix epoch. May jump in either direction. */
    long wallMs();

    /** Monotonic time in nanoseconds, for durations and deadlines alone. Never goes back; its origin means nothing. */
    long monotonicNs();
}
