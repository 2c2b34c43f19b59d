package dev.millrace.bench;

import static dev.millrace.bench.Figures.COMMITS_PER_S;
import static dev.millrace.bench.Figures.CPU_PER_MILLION;

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
 * Producers that commit one transaction of one record after another. Times run from the begin of a transaction to the end of its commit.
 *
 * @param producers how many do so at once, each with a connection and a transactional id of its own
 */
record TransactionsRow(String name, String title, List<Side> sides, List<Goal> goals, int producers) implements Row {
    private static final String TOPIC = "bench-transactions";
    private static final int PARTITIONS = 12;
    private static final int SECONDS = 5;
    private static final Payload PAYLOAD = Payload.random(100);

    @Override
    public Figures measure(Station station) {
        String topic = station.freshTopic(TOPIC, PARTITIONS);
        List<KafkaProducer<byte[], byte[]>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(producers)) {
            for (int i = 0; i < producers; i++) {
                KafkaProducer<byte[], byte[]> client =
                        station.producer(Map.of("transactional.id", topic + "-" + i, "linger.ms", "0"));
                clients.add(client);
                client.initTransactions();
            }
            together(threads, clients, topic, System.nanoTime() + 1_000_000_000L);
            double cpuBefore = station.broker().stats().cpuSeconds();
            long startedNs = System.nanoTime();
            Histogram timesNs = together(threads, clients, topic, startedNs + (long) (SECONDS * station.scale() * 1e9));
            double seconds = (System.nanoTime() - startedNs) / 1e9;
            double cpuSeconds = station.broker().stats().cpuSeconds() - cpuBefore;
            long count = timesNs.getTotalCount();
            return Figures.of()
                    .with(COMMITS_PER_S, count / seconds)
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
            running.add(threads.submit(() -> commit(client, topic, endNs)));
        }
        Histogram all = new Histogram(3);
        try {
            for (Future<Histogram> one : running) {
                all.add(one.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a transaction was not committed", e);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
        return all;
    }

    private static Histogram commit(KafkaProducer<byte[], byte[]> client, String topic, long endNs) {
        Histogram timesNs = new Histogram(3);
        for (int i = 0; System.nanoTime() < endNs; i++) {
            long beganNs = System.nanoTime();
            client.beginTransaction();
            // The commit waits for the record.
            Future<?> _ = client.send(new ProducerRecord<>(topic, PAYLOAD.value(i)));
            client.commitTransaction();
            timesNs.recordValue(System.nanoTime() - beganNs);
        }
        return timesNs;
    }
}
