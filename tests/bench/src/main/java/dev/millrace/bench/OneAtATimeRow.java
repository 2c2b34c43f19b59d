package dev.millrace.bench;

import static dev.millrace.bench.Figures.CPU_PER_MILLION;
import static dev.millrace.bench.Figures.RECORDS_PER_S;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Producers that each wait for the acknowledgement of one record before they send the next.
 *
 * @param producers how many do so at once, each with a connection of its own
 */
record OneAtATimeRow(String name, String title, List<Side> sides, List<Goal> goals, int producers, int rounds)
        implements Row {
    private static final String TOPIC = "bench-one-at-a-time";
    private static final int PARTITIONS = 12;
    private static final int SECONDS = 5;
    private static final Payload PAYLOAD = Payload.random(100);

    @Override
    public Figures measure(Station station) {
        String topic = station.freshTopic(TOPIC, PARTITIONS);
        List<KafkaProducer<byte[], byte[]>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(producers)) {
            for (int i = 0; i < producers; i++) {
                clients.add(station.producer(Map.of("acks", "all", "linger.ms", "0")));
            }
            together(threads, clients, topic, System.nanoTime() + 1_000_000_000L);
            double cpuBefore = station.broker().stats().cpuSeconds();
            long startedNs = System.nanoTime();
            Histogram timesNs = together(threads, clients, topic, startedNs + (long) (SECONDS * station.scale() * 1e9));
            double seconds = (System.nanoTime() - startedNs) / 1e9;
            double cpuSeconds = station.broker().stats().cpuSeconds() - cpuBefore;
            long count = timesNs.getTotalCount();
            return Figures.of()
                    .with(RECORDS_PER_S, count / seconds)
                    .with(timesNs)
                    .with(CPU_PER_MILLION, cpuSeconds / count * 1e6);
        } finally {
            clients.forEach(KafkaProducer::close);
            station.deleteTopic(topic);
        }
    }

    private static Histogram together(
            ExecutorService threads, List<KafkaProducer<byte[], byte[]>> clients, String topic, long endNs) {
        List<Future<Histogram>> running = new ArrayList<>();
        for (KafkaProducer<byte[], byte[]> client : clients) {
            running.add(threads.submit(() -> send(client, topic, endNs)));
        }
        Histogram all = new Histogram(3);
        try {
            for (Future<Histogram> one : running) {
                all.add(one.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a record was not acknowledged", e);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
        return all;
    }

    private static Histogram send(KafkaProducer<byte[], byte[]> client, String topic, long endNs)
            throws ExecutionException, InterruptedException {
        Histogram timesNs = new Histogram(3);
        for (int i = 0; System.nanoTime() < endNs; i++) {
            long sentNs = System.nanoTime();
            client.send(new ProducerRecord<>(topic, PAYLOAD.value(i))).get();
            timesNs.recordValue(System.nanoTime() - sentNs);
        }
        return timesNs;
    }
}
