package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.PushTelemetryResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

final class TelemetryTest {

    private static final int MAX_SIZE_BYTES = 100;

    private final List<String> pushed = new CopyOnWriteArrayList<>();

    private final TelemetryReceiver receiver = new TelemetryReceiver() {
        @Override
        public Subscription subscription() {
            return new Subscription(List.of(""), 1000, MAX_SIZE_BYTES);
        }

        @Override
        public void receive(Push push) {
            pushed.add(push.clientInstanceId() + ":" + push.metrics().remaining());
        }
    };

    @Test
    void shouldGivePushesToTheReceiver() throws Exception {
        List<Handler<?>> handlers =
                List.of(new H71_GetTelemetrySubscriptions(receiver, UUID::randomUUID), new H72_PushTelemetry(receiver));
        try (WireFixture fixture = WireFixture.start(handlers)) {
            GetTelemetrySubscriptionsResponseData told = fixture.client()
                    .call(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, new GetTelemetrySubscriptionsRequestData());
            assertThat(told.requestedMetrics()).containsExactly("");
            PushTelemetryRequestData push = new PushTelemetryRequestData()
                    .setClientInstanceId(told.clientInstanceId())
                    .setSubscriptionId(told.subscriptionId())
                    .setMetrics(ByteBuffer.allocate(50));
            assertThat(push(fixture, push)).isEqualTo(Errors.NONE);
            assertThat(pushed).containsExactly(told.clientInstanceId() + ":50");
            assertThat(push(fixture, push.duplicate().setMetrics(ByteBuffer.allocate(101))))
                    .isEqualTo(Errors.TELEMETRY_TOO_LARGE);
            assertThat(push(fixture, push.duplicate().setSubscriptionId(told.subscriptionId() + 1)))
                    .isEqualTo(Errors.UNKNOWN_SUBSCRIPTION_ID);
            assertThat(push(fixture, push.duplicate().setCompressionType((byte) 9)))
                    .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
            assertThat(push(fixture, push.duplicate().setClientInstanceId(Uuid.ZERO_UUID)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(pushed).hasSize(1);
        }
    }

    @Test
    void shouldNotBeAdvertisedWithoutAReceiver() throws Exception {
        try (WireFixture fixture = WireFixture.start(new ArrayList<>())) {
            ApiVersionsResponseData answer =
                    fixture.client().call(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData());
            assertThat(answer.apiKeys().find(ApiKeys.PUSH_TELEMETRY.id)).isNull();
        }
    }

    private static Errors push(WireFixture fixture, PushTelemetryRequestData push) throws Exception {
        PushTelemetryResponseData answer = fixture.client().call(ApiKeys.PUSH_TELEMETRY, push);
        return Errors.forCode(answer.errorCode());
    }
}
