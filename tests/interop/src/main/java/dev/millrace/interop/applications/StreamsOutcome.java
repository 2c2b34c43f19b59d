package dev.millrace.interop.applications;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the Streams application wrote, held against what was due. Counts are records {@code key = 1, 2, 3, …}; joins are records that each come
 * once.
 */
final class StreamsOutcome {
    private final StreamsTopics topics;
    private final Map<String, Map<String, Integer>> due;

    StreamsOutcome(StreamsTopics topics, Map<String, Map<String, Integer>> due) {
        this.topics = topics;
        this.due = due;
    }

    /** The first things that are missing: a count that is not reached, a join without its record. */
    List<String> missing(Collector found) {
        List<String> missing = new ArrayList<>();
        due.forEach((topic, keys) -> {
            Map<String, List<Integer>> byKey = byKey(found, topic);
            keys.forEach((key, count) -> {
                boolean reached = byKey.getOrDefault(key, List.of()).stream().anyMatch(value -> value >= count);
                if (!reached) {
                    missing.add(topic + " lacks " + key + " = " + count);
                }
            });
        });
        return missing;
    }

    /** Everything that is not exactly as it should be. */
    List<String> wrong(Collector found) {
        List<String> wrong = new ArrayList<>();
        for (String topic : topics.outputs()) {
            Map<String, Integer> keys = due.getOrDefault(topic, Map.of());
            byKey(found, topic).forEach((key, values) -> {
                int count = keys.getOrDefault(key, 0);
                for (int i = 0; i < Math.max(count, values.size()); i++) {
                    if (i >= count || i >= values.size() || values.get(i) != i + 1) {
                        wrong.add(topic + ": " + key + " went " + values + ", and should end at " + count);
                        break;
                    }
                }
            });
        }
        return wrong;
    }

    /** Counts as they came. A join's record counts up how often it came. */
    private Map<String, List<Integer>> byKey(Collector found, String topic) {
        boolean counts = topic.equals(topics.counts()) || topic.equals(topics.windows());
        Map<String, List<Integer>> byKey = new TreeMap<>();
        for (ConsumerRecord<String, String> record : found.records(topic)) {
            List<Integer> values =
                    byKey.computeIfAbsent(counts ? record.key() : record.value(), _ -> new ArrayList<>());
            values.add(counts ? Integer.parseInt(record.value()) : values.size() + 1);
        }
        return byKey;
    }
}
