package dev.millrace.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the fields in which two recordings differ. Entries of an array are matched by the field that names them, where there is one. */
final class Comparison {
    /** Fields that name an entry among its neighbours, the first that fits wins. */
    private static final List<String> NAMES = List.of(
            "name",
            "topic",
            "topicName",
            "transactionalId",
            "resourceName",
            "groupId",
            "apiKey",
            "partitionIndex",
            "partition",
            "index",
            "memberId",
            "topicId");

    private final List<Difference> found = new ArrayList<>();
    private String step = "";

    private Comparison() {}

    /** Compares what both brokers answered to the steps of a chapter. */
    static List<Difference> compare(String chapter, JsonNode kafka, JsonNode millrace) {
        Comparison comparison = new Comparison();
        for (String step : fields(kafka, millrace)) {
            comparison.step = chapter + "/" + step;
            comparison.compareFields("", kafka.get(step), millrace.get(step));
        }
        return comparison.found;
    }

    private void compareFields(String path, @Nullable JsonNode kafka, @Nullable JsonNode millrace) {
        if (kafka == null || millrace == null || kafka.getNodeType() != millrace.getNodeType()) {
            found.add(new Difference(step, path, text(kafka), text(millrace)));
        } else if (kafka.isObject()) {
            for (String name : fields(kafka, millrace)) {
                String field = path.isEmpty() && name.equals("answer") ? "" : path.isEmpty() ? name : path + "." + name;
                compareFields(field, kafka.get(name), millrace.get(name));
            }
        } else if (kafka.isArray()) {
            compareArrays(path, (ArrayNode) kafka, (ArrayNode) millrace);
        } else if (!text(kafka).equals(text(millrace))) {
            found.add(new Difference(step, path, text(kafka), text(millrace)));
        }
    }

    private void compareArrays(String path, ArrayNode kafka, ArrayNode millrace) {
        Map<String, JsonNode> left = named(kafka).orElseGet(() -> numbered(kafka));
        Map<String, JsonNode> right = named(millrace).orElseGet(() -> numbered(millrace));
        TreeSet<String> names = new TreeSet<>(left.keySet());
        names.addAll(right.keySet());
        for (String name : names) {
            compareFields(path + "[" + name + "]", left.get(name), right.get(name));
        }
    }

    private static Optional<Map<String, JsonNode>> named(ArrayNode entries) {
        for (String name : NAMES) {
            Map<String, JsonNode> byName = new LinkedHashMap<>();
            entries.forEach(entry -> {
                if (entry.has(name)) {
                    byName.put(entry.get(name).asText(), entry);
                }
            });
            if (byName.size() == entries.size()) {
                return Optional.of(byName);
            }
        }
        return Optional.empty();
    }

    private static Map<String, JsonNode> numbered(ArrayNode entries) {
        Map<String, JsonNode> byNumber = new LinkedHashMap<>();
        entries.forEach(entry -> byNumber.put("#" + byNumber.size(), entry));
        return byNumber;
    }

    private static List<String> fields(JsonNode kafka, JsonNode millrace) {
        List<String> names = new ArrayList<>();
        kafka.fieldNames().forEachRemaining(names::add);
        millrace.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                names.add(name);
            }
        });
        return names;
    }

    private static String text(@Nullable JsonNode value) {
        return value == null ? Difference.NONE : value.isTextual() ? value.asText() : value.toString();
    }
}
