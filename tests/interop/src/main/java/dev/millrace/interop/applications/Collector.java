package dev.millrace.interop.applications;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads topics from their beginnings, committed records alone, and keeps everything. Not thread-safe. */
final class Collector implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, String> consumer;
    private final Map<String, List<ConsumerRecord<String, String>>> byTopic = new TreeMap<>();
    private long recordsCount;

    Collector(Stage stage, String... topics) {
        consumer = stage.consumer(Map.of("isolation.level", "read_committed", "auto.offset.reset", "earliest"));
        List<TopicPartition> partitions = Stream.of(topics)
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(Collector::partition)
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    private static TopicPartition partition(PartitionInfo info) {
        return new TopicPartition(info.topic(), info.partition());
    }

    /** Reads once, and tells how many records it has by now. */
    long poll() {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
            byTopic.computeIfAbsent(record.topic(), _ -> new ArrayList<>()).add(record);
            recordsCount++;
        }
        return recordsCount;
    }

    /** Everything of this topic so far; in order within each partition. */
    List<ConsumerRecord<String, String>> records(String topic) {
        return byTopic.getOrDefault(topic, List.of());
    }

    /** The values of a partition, in order. */
    List<String> values(String topic, int partition) {
        return records(topic).stream()
                .filter(record -> record.partition() == partition)
                .map(ConsumerRecord::value)
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
