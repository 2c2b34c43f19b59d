package dev.millrace.wire.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.WireFixture;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
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
}
