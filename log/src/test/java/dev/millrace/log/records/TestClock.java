package dev.millrace.log.records;

import dev.millrace.base.time.Clock;

/** A clock that stands still. */
record TestClock(long wallMs, long monotonicNs) implements Clock {

    static TestClock at(long wallMs) {
        return new TestClock(wallMs, 0);
    }
}
