package dev.millrace.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.tests.fixture.MillraceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.junit.jupiter.api.Test;

/** The committed table of what is served is the one that the handlers give. Runs in this module's directory. */
final class CompatibilityTest {
    private static final Path FILE = Path.of("../../docs/reference/kafka-compatibility.md");
    private static final Path HANDLERS = Path.of("../../wire/src/main/java/dev/millrace/wire");

    @Test
    void shouldHaveBeenGenerated() throws IOException {
        String generated = new Compatibility(HANDLERS, millrace(), kafka()).text();
        if (Boolean.getBoolean("millrace.rewrite")) {
            Files.writeString(FILE, generated);
        }
        assertThat(Files.readString(FILE))
                .as("docs/reference/kafka-compatibility.md, which the command in it writes anew")
                .isEqualTo(generated);
    }

    @Test
    void shouldReadAHeader() {
        HandlerHeader header = HandlerHeader.parse("H99_Odd.java", """
            /**
             * Odd (key 99), versions 1 and 2.
             *
             * <p>Behaviour: as {@link Other} does,
             * in {@code two} lines.
             *
             * <ul>
             *   <li>v2: more
             *       of it.
             * </ul>
             *
             * <p>Deliberately missing: the rest.
             */
            public final class H99_Odd implements Handler<OddRequestData> {
            """);
        assertThat(header.markdown()).isEqualTo("""
            ### 99: Odd, 1–2

            Behaviour: as `Other` does, in `two` lines.

            - v2: more of it.

            Deliberately missing: the rest.
            """);
    }

    @Test
    void shouldRefuseAHeaderThatDoesNotSayWhatItServes() {
        assertThatThrownBy(() -> HandlerHeader.parse("H99_Odd.java", "/** Odd. */\nfinal class H99_Odd {"))
                .hasMessageContaining("versions A to B");
        assertThatThrownBy(() -> HandlerHeader.parse("H99_Odd.java", "final class H99_Odd {"))
                .hasMessageContaining("no header");
    }

    private static JsonNode millrace() {
        ObjectNode recording = Script.JSON.createObjectNode();
        try (MillraceServer server = MillraceServer.with().start();
                Stage stage = new Stage(server.port(), recording)) {
            stage.ask(
                    "api versions",
                    new ApiVersionsRequestData().setClientSoftwareName("parity").setClientSoftwareVersion("1"),
                    4);
        }
        return recording.path("api versions");
    }

    private static JsonNode kafka() throws IOException {
        return Script.JSON
                .readTree(Files.readString(Path.of("recorded/cluster.json")))
                .path("api versions");
    }
}
