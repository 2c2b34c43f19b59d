package dev.millrace.wire;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * GetTelemetrySubscriptions (key 71), version 0 (KIP-714). Advertised only where a {@link TelemetryReceiver} is configured, as in
 * Kafka; who asks all the same is answered.
 *
 * <p>Behaviour: names a client that has no name yet, and tells every client the same subscription.
 *
 * <p>Deliberately missing: subscriptions by client (Kafka's {@code client-metrics} configuration).
 */
public final class H71_GetTelemetrySubscriptions implements Handler<GetTelemetrySubscriptionsRequestData> {

    /** zstd, lz4, gzip, snappy: the order in which clients should choose. */
    static final List<Byte> ACCEPTED_CODEC_IDS = List.of((byte) 4, (byte) 3, (byte) 1, (byte) 2);

    private final TelemetryReceiver receiver;
    private final Supplier<UUID> clientInstanceIds;

    /** Takes a source of random ids. */
    public H71_GetTelemetrySubscriptions(TelemetryReceiver receiver, Supplier<UUID> clientInstanceIds) {
        this.receiver = receiver;
        this.clientInstanceIds = clientInstanceIds;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS;
    }

    @Override
    public boolean isAdvertised() {
        return !receiver.equals(TelemetryReceiver.NOBODY);
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 0;
    }

    @Override
    public CompletableFuture<GetTelemetrySubscriptionsResponseData> handle(
            GetTelemetrySubscriptionsRequestData request, RequestContext context) {
        TelemetryReceiver.Subscription subscription = receiver.subscription();
        boolean named = !request.clientInstanceId().equals(Uuid.ZERO_UUID);
        return CompletableFuture.completedFuture(new GetTelemetrySubscriptionsResponseData()
                .setClientInstanceId(named ? request.clientInstanceId() : random(clientInstanceIds.get()))
                .setSubscriptionId(subscription.id())
                .setAcceptedCompressionTypes(ACCEPTED_CODEC_IDS)
                .setPushIntervalMs(subscription.pushIntervalMs())
                .setTelemetryMaxBytes(subscription.maxSizeBytes())
                .setDeltaTemporality(true)
                .setRequestedMetrics(subscription.metricPrefixes()));
    }

    private static Uuid random(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
