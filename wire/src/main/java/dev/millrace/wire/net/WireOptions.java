package dev.millrace.wire.net;

import java.util.List;

/**
 * How the network side is set up. The name of the configuration key, Kafka's where Kafka has one, stands with each.
 *
 * @param listeners {@code listeners} and {@code advertised.listeners}
 * @param eventLoops {@code num.network.threads}: threads for all connections, started when the first connection needs them
 * @param requestMaxBytes {@code socket.request.max.bytes}: a longer frame closes its connection
 * @param queuedRequestsMaxBytes {@code queued.max.request.bytes}: memory for all requests in flight; behind it, reading pauses
 * @param requestsPerConnectionMax {@code max.in.flight.requests.per.connection}: requests of one connection that are handled at a time
 * @param connectionsMaxIdleMs {@code connections.max.idle.ms}: a connection on which nothing happens for so long is closed
 * @param connectionsMax {@code max.connections}: one more is closed at once
 */
public record WireOptions(
        List<Listener> listeners,
        int eventLoops,
        int requestMaxBytes,
        long queuedRequestsMaxBytes,
        int requestsPerConnectionMax,
        long connectionsMaxIdleMs,
        int connectionsMax) {

    public WireOptions {
        listeners = List.copyOf(listeners);
    }

    /** Kafka's defaults, where Kafka has them and bounds memory with them. */
    public static WireOptions defaults(List<Listener> listeners) {
        return new WireOptions(listeners, 2, 104_857_600, 67_108_864, 64, 600_000, Integer.MAX_VALUE);
    }

    /** The same with other bounds for requests. */
    public WireOptions withRequestBounds(
            int requestMaxBytes, long queuedRequestsMaxBytes, int requestsPerConnectionMax) {
        return new WireOptions(
                listeners,
                eventLoops,
                requestMaxBytes,
                queuedRequestsMaxBytes,
                requestsPerConnectionMax,
                connectionsMaxIdleMs,
                connectionsMax);
    }

    /** The same with another limit for idle connections. */
    public WireOptions withConnectionsMaxIdleMs(long connectionsMaxIdleMs) {
        return new WireOptions(
                listeners,
                eventLoops,
                requestMaxBytes,
                queuedRequestsMaxBytes,
                requestsPerConnectionMax,
                connectionsMaxIdleMs,
                connectionsMax);
    }
}
