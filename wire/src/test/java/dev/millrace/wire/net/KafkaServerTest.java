package dev.millrace.wire.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.wire.Handler;
import dev.millrace.wire.Handlers;
import dev.millrace.wire.WireFixture;
import dev.millrace.wire.fuzz.RefusingHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KafkaServerTest {

    private WireFixture fixture;

    @BeforeEach
    void start() {
        fixture = WireFixture.start(List.of());
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void shouldAnswerApiVersionsInEveryVersion() throws Exception {
        for (short version = 0; version <= ApiKeys.API_VERSIONS.latestVersion(); version++) {
            ApiVersionsRequestData request =
                    new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1");
            ApiVersionsResponseData answer = fixture.client().call(ApiKeys.API_VERSIONS, version, request);
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                    .isEqualTo(ApiKeys.API_VERSIONS.latestVersion());
        }
    }

    @Test
    void shouldAnswerAnUnservedApiVersionsInVersionZero() throws Exception {
        fixture.client().sendRaw(ApiKeys.API_VERSIONS.id, (short) 99, 7, new byte[] {1, 2, 3});
        ApiVersionsResponseData answer = fixture.client().receive(ApiKeys.API_VERSIONS, (short) 0, 7);
        assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(answer.apiKeys()).hasSize(1);
    }

    @Test
    void shouldCloseOnAnUnknownApiKey() throws Exception {
        fixture.client().sendRaw((short) 12_345, (short) 0, 1, new byte[0]);
        assertThat(fixture.client().isClosedByServer()).isTrue();
    }

    @Test
    void shouldRefuseTheSameKeyOverAndOver() throws Exception {
        ByteBuffer same = offsetForLeaderEpoch(50_000, n -> "same");
        assertThatThrownBy(() -> decode(same))
                .isInstanceOf(MalformedRequest.class)
                .hasMessageContaining("with the same key");
        ByteBuffer different = offsetForLeaderEpoch(5_000, n -> "topic-" + n);
        OffsetForLeaderEpochRequestData body =
                (OffsetForLeaderEpochRequestData) decode(different).body();
        assertThat(body.topics()).hasSize(5_000);
    }

    private static RequestDecoder.Decoded decode(ByteBuffer frame) throws MalformedRequest {
        Handler<?> handler = new RefusingHandler(ApiKeys.OFFSET_FOR_LEADER_EPOCH);
        return new RequestDecoder(Handlers.of(List.of(handler))).decode(frame);
    }

    /** Drawn by hand: Kafka's own classes would not come to an end with so many equal keys. */
    private static ByteBuffer offsetForLeaderEpoch(int topics, IntFunction<String> name) {
        ByteBuffer frame = ByteBuffer.allocate(topics * 20 + 100);
        frame.putShort(ApiKeys.OFFSET_FOR_LEADER_EPOCH.id)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) -1);
        frame.putInt(-1).putInt(topics);
        for (int n = 0; n < topics; n++) {
            byte[] bytes = name.apply(n).getBytes(StandardCharsets.UTF_8);
            frame.putShort((short) bytes.length).put(bytes).putInt(0);
        }
        return frame.flip();
    }
}
