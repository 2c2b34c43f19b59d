package dev.millrace.bench;

import static dev.millrace.bench.Figures.CPU_PER_GB;
import static dev.millrace.bench.Figures.RECORDS_PER_S;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One producer, as fast as it goes: batches of 64 KiB, acks=all, idempotent as the client's defaults are.
 *
 * @param records how many a round writes
 * @param partitions of the topic; records go to them in turn where there are many, else where the client sees fit
 */
record ProduceRow(
        String name,
        String title,
        List<Side> sides,
        List<Goal> goals,
        int records,
        int partitions,
        Payload payload,
        String codec)
        implements Row {
    private static final double BYTES_PER_GB = 1e9;
    private static final int PARTITIONS_IN_TURN_FROM = 100;

    private static final String TOPIC = "bench-produce";

    @Override
    public int warmRounds() {
        return 2;
    }

    @Override
    public Figures measure(Station station) {
        String topic = station.freshTopic(TOPIC, partitions);
        int count = station.scaled(records);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = station.producer(settings())) {
            producer.partitionsFor(topic);
            double cpuBefore = station.broker().stats().cpuSeconds();
            long startedNs = System.nanoTime();
            for (int i = 0; i < count; i++) {
                Integer partition = partitions >= PARTITIONS_IN_TURN_FROM ? i % partitions : null;
                Future<?> _ = producer.send(new ProducerRecord<>(topic, partition, null, payload.value(i)), (_, e) -> {
                    if (e != null) {
                        failure.set(e);
                    }
                });
            }
            producer.flush();
            double seconds = (System.nanoTime() - startedNs) / 1e9;
            double cpuSeconds = station.broker().stats().cpuSeconds() - cpuBefore;
            if (failure.get() != null) {
                throw new IllegalStateException("a record was not acknowledged", failure.get());
            }
            return Figures.of()
                    .with(RECORDS_PER_S, count / seconds)
                    .with(CPU_PER_GB, cpuSeconds / (count * (double) payload.sizeBytes() / BYTES_PER_GB))
                    .with(Figures.CPU_PER_MILLION, cpuSeconds / count * 1e6);
        } finally {
            station.deleteTopic(topic);
        }
    }

    private Map<String, String> settings() {
        return Map.of(
                "acks", "all",
                "batch.size", "65536",
                "linger.ms", partitions >= PARTITIONS_IN_TURN_FROM ? "100" : "5",
                "buffer.memory", "134217728",
                "compression.type", codec);
    }
}
