package dev.millrace.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces what differs from run to run: identifiers by numbers in the order of their first appearance, so that two answers that mean the same
 * thing still do; times of the broker's clock; addresses; and the wording of error messages, of which only the presence is compared.
 */
final class Normaliser {
    private static final Set<String> NODES = Set.of("nodeId", "leaderId", "brokerId", "controllerId", "replicaId");
    private static final Set<String> NODE_LISTS = Set.of("replicaNodes", "isrNodes", "offlineReplicas");
    private static final Map<String, String> IDENTIFIERS = Map.of(
            "topicId", "topic id",
            "memberId", "member",
            "leader", "member",
            "producerId", "producer",
            "sessionId", "session",
            "clientInstanceId", "client instance");
    private static final Set<String> NOTHING = Set.of("", "0", "-1", "AAAAAAAAAAAAAAAAAAAAAA");

    /** What the script itself writes is older than this: 2025-01-01. */
    private static final long NOW_FROM_MS = 1_735_689_600_000L;

    private final Stage.BrokerFacts broker;
    private final Map<String, String> identifiers = new HashMap<>();
    private final Map<String, Integer> identifiersCount = new HashMap<>();

    Normaliser(Stage.BrokerFacts broker) {
        this.broker = broker;
    }

    void normalise(JsonNode json) {
        if (json instanceof ObjectNode object) {
            object.remove("throttleTimeMs");
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                JsonNode value = object.get(name);
                if (value.isValueNode()) {
                    object.set(name, value(name, value));
                } else if (NODE_LISTS.contains(name)) {
                    object.set(name, nodes((ArrayNode) value));
                } else if (name.equals("members")) {
                    normalise(knownFirst(object, (ArrayNode) value));
                } else {
                    normalise(value);
                }
            }
        } else {
            json.forEach(this::normalise);
        }
    }

    /** Brokers list members in any order: those that were seen before go first, by their numbers. */
    private ArrayNode knownFirst(ObjectNode parent, ArrayNode members) {
        List<JsonNode> sorted = new ArrayList<>();
        members.forEach(sorted::add);
        sorted.sort(Comparator.comparing(member ->
                identifiers.getOrDefault("member" + member.path("memberId").asText(), "unknown")));
        return parent.putArray("members").addAll(sorted);
    }

    private JsonNode nodes(ArrayNode nodes) {
        ArrayNode normal = nodes.arrayNode();
        nodes.forEach(node -> normal.add(node(node)));
        return normal;
    }

    private JsonNode node(JsonNode value) {
        return value.asInt() == broker.nodeId() ? TextNode.valueOf("<node>") : value;
    }

    private JsonNode value(String name, JsonNode value) {
        if (value.isNull()) {
            return value;
        }
        if (NODES.contains(name)) {
            return node(value);
        }
        if (IDENTIFIERS.containsKey(name)) {
            return identifier(IDENTIFIERS.get(name), value);
        }
        return switch (name) {
            case "errorMessage", "batchIndexErrorMessage" ->
                value.asText().isEmpty() ? value : TextNode.valueOf("<message>");
            case "clusterId" -> TextNode.valueOf("<cluster>");
            case "host" -> value.asText().isEmpty() ? value : TextNode.valueOf("<host>");
            case "port" -> value.asInt() == broker.port() ? TextNode.valueOf("<port>") : value;
            case "finalizedFeaturesEpoch" -> value.asLong() > 0 ? TextNode.valueOf("<epoch>") : value;
            case "subscriptionId" -> TextNode.valueOf("<subscription>");
            case "logDir" -> TextNode.valueOf("<directory>");
            case "totalBytes", "usableBytes" -> TextNode.valueOf(value.asLong() > 0 ? "<bytes>" : value.asText());
            default ->
                value.isIntegralNumber() && value.asLong() > NOW_FROM_MS && value.asLong() < Long.MAX_VALUE
                        ? TextNode.valueOf("<now>")
                        : value;
        };
    }

    private JsonNode identifier(String kind, JsonNode value) {
        String text = value.asText();
        if (NOTHING.contains(text)) {
            return value;
        }
        return TextNode.valueOf(identifiers.computeIfAbsent(
                kind + text, _ -> "<" + kind + " " + identifiersCount.merge(kind, 1, Integer::sum) + ">"));
    }
}
