package dev.millrace.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
    private static final String KAFKA = """
        {"step": {"answer": {"errorCode": 3, "topics": [{"name": "a", "size": 1}, {"name": "b", "size": 2}]}}}\
        """;
    private static final String MILLRACE = """
        {"step": {"answer": {"errorCode": 3, "topics": [{"name": "b", "size": 5}, {"name": "a", "size": 1}]}}}\
        """;

    @Test
    void shouldMatchEntriesByTheirNames() throws Exception {
        assertThat(compare(KAFKA, MILLRACE))
                .containsExactly(new Difference("chapter/step", "topics[b].size", "2", "5"));
    }

    @Test
    void shouldSeeWhatOnlyOneSideHas() throws Exception {
        assertThat(compare("{\"step\": {\"answer\": {\"a\": 1}}}", "{\"step\": {\"answer\": {\"b\": null}}}"))
                .containsExactly(
                        new Difference("chapter/step", "a", "1", "(none)"),
                        new Difference("chapter/step", "b", "(none)", "null"));
    }

    @Test
    void shouldAcceptOnlyWhatARowExplains() throws Exception {
        List<Difference> differences = compare(KAFKA, MILLRACE);
        Explanations fitting = Explanations.parse(List.of(
                "| Step | Field | Apache Kafka | Millrace | Why |",
                "|---|---|---|---|---|",
                "| `chapter/*` | `topics[*].size` | 2 | * | it counts otherwise |"));
        Explanations any =
                Explanations.parse(List.of("| `chapter/*` | `none` `topics[b].size` | `2` | `4` `5` | either |"));
        Explanations other = Explanations.parse(List.of("| `chapter/*` | `topics[b].size` | 3 | 5 | no longer |"));

        assertThat(fitting.unexplained(differences)).isEmpty();
        assertThat(fitting.unused(differences)).isEmpty();
        assertThat(any.unexplained(differences)).isEmpty();
        assertThat(other.unexplained(differences)).isEqualTo(differences);
        assertThat(other.unused(differences)).hasSize(1);
    }

    @Test
    void shouldRefuseARowWithoutAReason() {
        assertThatThrownBy(() -> Explanations.parse(List.of("| a | b | c | d | |")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a reason");
    }

    private static List<Difference> compare(String kafka, String millrace) throws JsonProcessingException {
        JsonNode left = Script.JSON.readTree(kafka);
        return Comparison.compare("chapter", left, Script.JSON.readTree(millrace));
    }
}
