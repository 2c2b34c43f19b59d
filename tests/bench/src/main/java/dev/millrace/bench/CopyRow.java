package dev.millrace.bench;

import static dev.millrace.bench.Figures.CPU_PER_MILLION;
import static dev.millrace.bench.Figures.RECORDS_PER_S;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic, writes each record to another, and commits records and positions in one transaction every 100 ms. */
record CopyRow(String name, String title, List<Side> sides, List<Goal> goals) implements Row {
    private static final String INPUT = "bench-copy-input";
    private static final String OUTPUT = "bench-copy-output";
    private static final int PARTITIONS = 12;
    private static final int RECORDS = 1_000_000;
    private static final int VALUE_SIZE_BYTES = 100;
    private static final long COMMIT_INTERVAL_NS = 100_000_000L;
    private static final Duration POLL = Duration.ofMillis(10);

    @Override
    public void prepare(Station station) {
        station.createTopic(INPUT, PARTITIONS);
        Payload payload = Payload.random(VALUE_SIZE_BYTES);
        try (KafkaProducer<byte[], byte[]> producer =
                station.producer(Map.of("batch.size", "65536", "linger.ms", "5"))) {
            for (int i = 0; i < station.scaled(RECORDS); i++) {
                Future<?> _ = producer.send(new ProducerRecord<>(INPUT, payload.value(i)));
            }
        }
    }

    @Override
    public Figures measure(Station station) {
        String output = station.freshTopic(OUTPUT, PARTITIONS);
        Map<String, String> reading = Map.of(
                "group.id", output,
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "isolation.level", "read_committed");
        Map<String, String> writing = Map.of("transactional.id", output, "linger.ms", "5");
        try (KafkaConsumer<byte[], byte[]> consumer = station.consumer(reading);
                KafkaProducer<byte[], byte[]> producer = station.producer(writing)) {
            producer.initTransactions();
            consumer.subscribe(List.of(INPUT));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(1));
            }
            consumer.seekToBeginning(consumer.assignment());
            long count = station.scaled(RECORDS);
            double cpuBefore = station.broker().stats().cpuSeconds();
            long startedNs = System.nanoTime();
            copy(consumer, producer, output, count);
            double seconds = (System.nanoTime() - startedNs) / 1e9;
            double cpuSeconds = station.broker().stats().cpuSeconds() - cpuBefore;
            return Figures.of().with(RECORDS_PER_S, count / seconds).with(CPU_PER_MILLION, cpuSeconds / count * 1e6);
        } finally {
            station.deleteTopic(output);
        }
    }

    private static void copy(
            KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer, String output, long count) {
        for (long copied = 0; copied < count; ) {
            Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
            producer.beginTransaction();
            long commitNs = System.nanoTime() + COMMIT_INTERVAL_NS;
            while (System.nanoTime() < commitNs && copied < count) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    Future<?> _ = producer.send(new ProducerRecord<>(output, record.partition(), null, record.value()));
                    positions.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                    copied++;
                }
            }
            producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
            producer.commitTransaction();
        }
    }

    @Override
    public void tidy(Station station) {
        station.deleteTopic(INPUT);
    }
}
