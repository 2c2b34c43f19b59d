package dev.millrace.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.tests.fixture.MillraceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Millrace against what Apache Kafka answered when {@code tests/parity/record} was last run. Runs in this module's directory. */
final class ParityTest {
    @Test
    void shouldAnswerAsKafkaDoesOrSayWhyNot() throws IOException {
        List<Difference> differences = new ArrayList<>();
        try (MillraceServer server = MillraceServer.with().start()) {
            for (var chapter : Script.play(server.port()).entrySet()) {
                JsonNode answers = Script.JSON.readTree(chapter.getValue().toString());
                differences.addAll(Comparison.compare(chapter.getKey(), recorded(chapter.getKey()), answers));
            }
        }
        Explanations explanations = Explanations.read(Path.of("differences.md"));

        assertThat(explanations.unexplained(differences))
                .as("differences that differences.md does not explain")
                .isEmpty();
        assertThat(explanations.unused(differences))
                .as("rows of differences.md that explain nothing any more")
                .isEmpty();
    }

    private static JsonNode recorded(String chapter) throws IOException {
        return Script.JSON.readTree(Files.readString(Path.of("recorded", chapter + ".json")));
    }
}
