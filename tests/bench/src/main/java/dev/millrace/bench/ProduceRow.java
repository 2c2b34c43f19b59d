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
    private static final int MANY_PARTITIONS_FROM = 100;

    private static final String TOPIC = "bench-produce";
    private static final String TOPIC_FOR_ALL = "bench-produce-many";

    @Override
    public int warmRounds() {
        return 2;
    }

    private boolean hasManyPartitions() {
        return partitions >= MANY_PARTITIONS_FROM;
    }

    /** Thousands of files that are made, or removed from the round before, are not what is measured here: there is one topic for all rounds. */
    @Override
    public void prepare(Station station) {
        if (hasManyPartitions()) {
            station.createTopic(TOPIC_FOR_ALL, partitions);
        }
    }

    @Override
    public void tidy(Station station) {
        if (hasManyPartitions()) {
            station.deleteTopic(TOPIC_FOR_ALL);
        }
    }

    @Override
    public Figures measure(Station station) {
        if (hasManyPartitions()) {
            return measure(station, TOPIC_FOR_ALL);
        }
        String topic = station.freshTopic(TOPIC, partitions);
        try {
            return measure(station, topic);
        } finally {
            station.deleteTopic(topic);
        }
    }

    private Figures measure(Station station, String topic) {
        int count = station.scaled(records);
        boolean inTurn = hasManyPartitions();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = station.producer(settings())) {
            producer.partitionsFor(topic);
            double cpuBefore = station.broker().stats().cpuSeconds();
            long startedNs = System.nanoTime();
            for (int i = 0; i < count; i++) {
                Integer partition = inTurn ? i % partitions : null;
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
        }
    }

    /** With many partitions smaller batches, which linger longer: so that they fill, and the client's memory holds several for each partition. */
    private Map<String, String> settings() {
        return Map.of(
                "acks",
                "all",
                "batch.size",
                hasManyPartitions() ? "16384" : "65536",
                "linger.ms",
                hasManyPartitions() ? "100" : "5",
                "buffer.memory",
                "134217728",
                "compression.type",
                codec);
    }
}
