package dev.millrace.jepsen;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** How far each group has come. Thread-safe. */
final class Progress {
    private record Share(String group, TopicPartition partition) {}

    private final Map<Share, Long> positions = new ConcurrentHashMap<>();

    void reached(String group, TopicPartition partition, long position) {
        positions.merge(new Share(group, partition), position, Math::max);
    }

    boolean isAt(String group, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end -> positions.getOrDefault(new Share(group, end.getKey()), 0L) >= end.getValue());
    }

    @Override
    public String toString() {
        return positions.toString();
    }
}
