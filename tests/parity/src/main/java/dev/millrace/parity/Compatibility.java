package dev.millrace.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Writes {@code docs/reference/kafka-compatibility.md} from the headers of the handlers, each of which must name its key and the versions that the
 * server really tells of, and from {@link NotServed}, which must name each other API of a Kafka broker.
 */
final class Compatibility {
    private static final String INTRODUCTION = """
        # The Kafka protocol: what is served, and what is not

        Generated from the headers of the handlers (`wire/src/main/java/dev/millrace/wire/H*.java`) and from `tests/parity`: do not edit. The build fails
        if this file is not what would be generated; this command writes it:

            mvn -q -Dquick -pl tests/parity -am test -Dtest=CompatibilityTest -Dsurefire.failIfNoSpecifiedTests=false -Dmillrace.rewrite=true

        Every version named here is asked for in `tests/parity`, and answered as Apache Kafka 4.4 does, but for what stands in
        [`tests/parity/differences.md`](../../tests/parity/differences.md).
        """;

    private final SortedMap<Integer, HandlerHeader> served;
    private final SortedMap<Integer, String> kafkas;

    /**
     * Checks what it is given against each other.
     *
     * @param handlers the directory of the handlers' sources
     * @param millrace what Millrace answers to ApiVersions, drawn as JSON
     * @param kafka what Apache Kafka answers
     * @throws IllegalStateException if a header, the server and the reasons contradict each other; the message says what to do
     */
    Compatibility(Path handlers, JsonNode millrace, JsonNode kafka) {
        this.served = headers(handlers);
        this.kafkas = versions(kafka);
        List<String> wrong = new ArrayList<>();
        versions(millrace).forEach((key, versions) -> {
            HandlerHeader header = served.get(key);
            // Produce is claimed from version 0 on, for the sake of librdkafka, and served from 3 on.
            String expected = key == ApiKeys.PRODUCE.id ? versions.replaceFirst("^0", "3") : versions;
            if (header == null || !header.versions().equals(expected)) {
                wrong.add("the server claims versions " + versions + " of " + name(key) + ", its header says "
                        + (header == null ? "nothing" : header.versions()));
            }
        });
        kafkas.keySet().forEach(key -> {
            if (!served.containsKey(key) && !NotServed.REASONS.containsKey(key)) {
                wrong.add(name(key) + " (key " + key + ") is neither served, nor does NotServed say why");
            }
        });
        NotServed.REASONS.keySet().stream()
                .filter(key -> served.containsKey(key))
                .forEach(key -> wrong.add(name(key) + " is served: take it out of NotServed"));
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(String.join("; ", wrong));
        }
    }

    /** The whole file. */
    String text() {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        text.append("\n## At a glance\n\n| Key | API | Millrace | Kafka 4.4 |\n|---:|---|---|---|\n");
        served.forEach((key, header) -> text.append("| %d | %s | %s | %s |\n"
                .formatted(key, header.name(), header.versions(), kafkas.getOrDefault(key, "not advertised"))));
        text.append("\n## What is not served, and why\n\n| Key | API | Kafka 4.4 | Why not |\n|---:|---|---|---|\n");
        NotServed.REASONS.forEach((key, reason) -> text.append("| %d | %s | %s | %s |\n"
                .formatted(key, name(key), kafkas.getOrDefault(key, "not advertised"), reason)));
        text.append("\n## API by API\n");
        served.values().forEach(header -> text.append('\n').append(header.markdown()));
        return text.toString();
    }

    private static SortedMap<Integer, HandlerHeader> headers(Path handlers) {
        SortedMap<Integer, HandlerHeader> headers = new TreeMap<>();
        try (Stream<Path> files = Files.list(handlers)) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().matches("H\\d\\d_\\w+\\.java")) {
                    HandlerHeader header =
                            HandlerHeader.parse(file.getFileName().toString(), Files.readString(file));
                    headers.put(header.key(), header);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the handlers in " + handlers, e);
        }
        return headers;
    }

    private static SortedMap<Integer, String> versions(JsonNode apiVersions) {
        SortedMap<Integer, String> versions = new TreeMap<>();
        for (JsonNode api : apiVersions.path("answer").path("apiKeys")) {
            versions.put(
                    api.path("apiKey").asInt(),
                    HandlerHeader.range(
                            api.path("minVersion").asInt(),
                            api.path("maxVersion").asInt()));
        }
        return versions;
    }

    private static String name(int key) {
        return ApiKeys.forId(key).name;
    }
}
