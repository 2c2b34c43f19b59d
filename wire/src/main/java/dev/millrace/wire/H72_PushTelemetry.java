package dev.millrace.wire;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.PushTelemetryResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * PushTelemetry (key 72), version 0 (KIP-714). Advertised only where a {@link TelemetryReceiver} is configured, as in
 * Kafka; who asks all the same is answered.
 *
 * <p>Behaviour: checks a push against the subscription, and gives it to the receiver.
 *
 * <p>Deliberately missing: throttling of clients that push too often.
 */
public final class H72_PushTelemetry implements Handler<PushTelemetryRequestData> {

    private static final byte NO_CODEC = 0;

    private final TelemetryReceiver receiver;

    public H72_PushTelemetry(TelemetryReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.PUSH_TELEMETRY;
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
    public CompletableFuture<PushTelemetryResponseData> handle(
            PushTelemetryRequestData request, RequestContext context) {
        Errors error = refusal(request);
        if (error == Errors.NONE) {
            receiver.receive(new TelemetryReceiver.Push(
                    request.clientInstanceId().toString(),
                    context.clientId(),
                    request.compressionType(),
                    request.metrics(),
                    request.terminating()));
        }
        return CompletableFuture.completedFuture(new PushTelemetryResponseData().setErrorCode(error.code()));
    }

    private Errors refusal(PushTelemetryRequestData request) {
        TelemetryReceiver.Subscription subscription = receiver.subscription();
        if (request.clientInstanceId().equals(Uuid.ZERO_UUID)) {
            return Errors.INVALID_REQUEST;
        } else if (request.subscriptionId() != subscription.id()) {
            return Errors.UNKNOWN_SUBSCRIPTION_ID;
        } else if (request.compressionType() != NO_CODEC
                && !H71_GetTelemetrySubscriptions.ACCEPTED_CODEC_IDS.contains(request.compressionType())) {
            return Errors.UNSUPPORTED_COMPRESSION_TYPE;
        } else if (request.metrics().remaining() > subscription.maxSizeBytes()) {
            return Errors.TELEMETRY_TOO_LARGE;
        }
        return Errors.NONE;
    }
}
