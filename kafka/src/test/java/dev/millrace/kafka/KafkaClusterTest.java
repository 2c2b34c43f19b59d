package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KafkaClusterTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        127.0.0.1:19092          | 127.0.0.1:19092
        kafka.example.com        | kafka.example.com:9092
        [::1]:9093               | [::1]:9093
        [::1]                    | [::1]:9092
        a:1, b:2                 | a:1,b:2
        """)
    void shouldReadAddresses(String text, String read) {
        assertThat(String.join(
                        ",",
                        BootstrapAddress.parse(text).stream()
                                .map(BootstrapAddress::toString)
                                .toList()))
                .isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":9092", "host:", "host:http", "host:0", "host:65536", "a:1,,b:2"})
    void shouldRefuseWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> BootstrapAddress.parse(text))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("expected HOST:PORT");
    }

    @Test
    void shouldSayWhereNobodyAnswers() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThatThrownBy(() -> KafkaCluster.connect("127.0.0.1:" + port, "test"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("127.0.0.1:" + port + " (connection refused)")
                .hasMessageContaining("millrace start");
    }
}
