package dev.millrace.bench;

import static dev.millrace.bench.Figures.CPU_PER_GB;
import static dev.millrace.bench.Figures.RECORDS_PER_S;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Groups of one consumer each that read a topic from its beginning, out of the page cache. Time begins when every member has its partitions.
 *
 * @param groups how many read at once
 * @param records that each reads
 */
record ConsumeRow(String name, String title, List<Side> sides, List<Goal> goals, int groups, int records)
        implements Row {
    private static final String TOPIC = "bench-consume";
    private static final int PARTITIONS = 12;
    private static final int VALUE_SIZE_BYTES = 1_024;
    private static final Duration POLL = Duration.ofMillis(100);

    @Override
    public void prepare(Station station) {
        station.createTopic(TOPIC, PARTITIONS);
        Payload payload = Payload.random(VALUE_SIZE_BYTES);
        try (KafkaProducer<byte[], byte[]> producer =
                station.producer(Map.of("batch.size", "65536", "linger.ms", "5"))) {
            for (int i = 0; i < station.scaled(records); i++) {
                Future<?> _ = producer.send(new ProducerRecord<>(TOPIC, payload.value(i)));
            }
        }
    }

    @Override
    public Figures measure(Station station) {
        long count = station.scaled(records);
        double[] begin = new double[2];
        CyclicBarrier ready = new CyclicBarrier(groups, () -> {
            begin[0] = station.broker().stats().cpuSeconds();
            begin[1] = System.nanoTime();
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(groups)) {
            List<Future<?>> running = new ArrayList<>();
            for (int group = 0; group < groups; group++) {
                String id = "bench-" + group + "-" + System.nanoTime();
                running.add(threads.submit(() -> {
                    read(station, id, count, ready);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            double seconds = (System.nanoTime() - begin[1]) / 1e9;
            double cpuSeconds = station.broker().stats().cpuSeconds() - begin[0];
            double all = (double) count * groups;
            return Figures.of()
                    .with(RECORDS_PER_S, all / seconds)
                    .with(CPU_PER_GB, cpuSeconds / (all * VALUE_SIZE_BYTES / 1e9));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a consumer failed", e);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
    }

    private static void read(Station station, String group, long count, CyclicBarrier ready) throws Exception {
        Map<String, String> settings =
                Map.of("group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> consumer = station.consumer(settings)) {
            consumer.subscribe(List.of(TOPIC));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(1));
            }
            consumer.seekToBeginning(consumer.assignment());
            ready.await();
            for (long read = 0; read < count; ) {
                read += consumer.poll(POLL).count();
            }
        }
    }

    @Override
    public void tidy(Station station) {
        station.deleteTopic(TOPIC);
    }
}
