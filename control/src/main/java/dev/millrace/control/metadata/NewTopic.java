package dev.millrace.control.metadata;

import java.util.List;
import java.util.Map;

/**
 * A topic to create.
 *
 * @param partitionsCount -1: the broker's default, or as many as {@code assignments} has
 * @param replicationFactor -1: the broker's default
 * @param assignments brokers of each partition, if the caller wants to choose them; empty if not
 * @param configs by Kafka's names
 */
public record NewTopic(
        String name,
        int partitionsCount,
        int replicationFactor,
        List<Assignment> assignments,
        Map<String, String> configs) {

    /** With the broker's defaults. */
    public static NewTopic withDefaults(String name) {
        return new NewTopic(name, -1, -1, List.of(), Map.of());
    }

    /** The brokers that are to hold a partition. */
    public record Assignment(int partition, List<Integer> brokers) {}
}
