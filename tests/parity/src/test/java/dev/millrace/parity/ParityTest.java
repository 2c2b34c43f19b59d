package dev.millrace.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.tests.fixture.MillraceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Millrace against what Apache Kafka answered when {@code tests/parity/record} was last run. Runs in this module's directory. */
final class ParityTest {
    private static Map<String, ObjectNode> answers = Map.of();

    @BeforeAll
    static void play() {
        try (MillraceServer server = MillraceServer.with().start()) {
            answers = Script.play(server.port());
        }
    }

    @Test
    void shouldAnswerAsKafkaDoesOrSayWhyNot() throws IOException {
        List<Difference> differences = new ArrayList<>();
        for (var chapter : answers.entrySet()) {
            JsonNode plain = Script.JSON.readTree(chapter.getValue().toString());
            differences.addAll(Comparison.compare(chapter.getKey(), recorded(chapter.getKey()), plain));
        }
        Explanations explanations = Explanations.read(Path.of("differences.md"));

        assertThat(explanations.unexplained(differences))
                .as("differences that differences.md does not explain")
                .isEmpty();
        assertThat(explanations.unused(differences))
                .as("rows of differences.md that explain nothing any more")
                .isEmpty();
    }

    @Test
    void shouldBeAskedEveryVersionThatItClaims() {
        JsonNode claimed =
                chapter("cluster").path("api versions").path("answer").path("apiKeys");
        List<String> asked = new ArrayList<>();
        chapter("versions").fieldNames().forEachRemaining(asked::add);

        assertThat(claimed).hasSizeGreaterThan(25);
        for (JsonNode api : claimed) {
            ApiKeys key = ApiKeys.forId(api.path("apiKey").asInt());
            // Produce is claimed from version 0 on, for the sake of librdkafka, and served from 3 on.
            int from = Math.max(key.oldestVersion(), api.path("minVersion").asInt());
            for (int version = from; version <= api.path("maxVersion").asInt(); version++) {
                assertThat(asked).contains(key.name + " v" + version);
            }
        }
    }

    private static ObjectNode chapter(String name) {
        return Optional.ofNullable(answers.get(name)).orElseThrow();
    }

    private static JsonNode recorded(String chapter) throws IOException {
        return Script.JSON.readTree(Files.readString(Path.of("recorded", chapter + ".json")));
    }
}
