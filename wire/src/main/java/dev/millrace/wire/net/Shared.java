package dev.millrace.wire.net;

import dev.millrace.base.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;

/** What all connections of a server have in common. Thread-safe. */
record Shared(
        WireOptions options,
        RequestDecoder decoder,
        RequestMemory memory,
        RequestEvents events,
        ClosingLog closingLog,
        Clock clock,
        AtomicInteger connections) {

    void connectionClosed() {
        connections.decrementAndGet();
    }
}
