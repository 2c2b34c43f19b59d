package dev.millrace.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Who takes the metrics that clients push (KIP-714). Where it is {@link #NOBODY}, the two APIs are not advertised, and clients do not even try.
 */
public interface TelemetryReceiver {

    /** Asks for nothing, and drops what comes. Interval and size are Kafka's defaults. */
    TelemetryReceiver NOBODY = new TelemetryReceiver() {
        @Override
        public Subscription subscription() {
            return new Subscription(List.of(), 300_000, 1 << 20);
        }

        @Override
        public void receive(Push push) {}
    };

    /**
     * What clients are asked for.
     *
     * @param metricPrefixes names of metrics, or beginnings of names; the empty string asks for all
     * @param pushIntervalMs how often clients push
     * @param maxSizeBytes the largest push, compressed
     */
    record Subscription(List<String> metricPrefixes, int pushIntervalMs, int maxSizeBytes) {

        public Subscription {
            metricPrefixes = List.copyOf(metricPrefixes);
        }

        /** Changes when what is asked for changes, so that clients ask again. */
        int id() {
            return hashCode();
        }
    }

    /**
     * One push.
     *
     * @param clientInstanceId the client, as it will name itself again
     * @param codecId Kafka's id of the codec by which {@code metrics} is compressed: 0 none to 4 zstd
     * @param metrics OpenTelemetry's MetricsData, hostile until checked; valid during the call alone
     * @param terminating whether the client says that this is its last
     */
    record Push(
            String clientInstanceId,
            Optional<String> clientId,
            byte codecId,
            ByteBuffer metrics,
            boolean terminating) {}

    Subscription subscription();

    /** Takes a push. Called on an event loop: must be short, and must not wait. */
    void receive(Push push);
}
