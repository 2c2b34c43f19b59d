package dev.millrace.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A topic with many partitions: created, and a record written to each, acknowledged. */
record PartitionsRow(String name, String title, List<Side> sides, List<Goal> goals) implements Row {
    static final int PARTITIONS = 1_000;
    private static final String TOPIC = "bench-partitions";

    @Override
    public Figures measure(Station station) {
        int partitions = station.scaled(PARTITIONS);
        String topic = TOPIC + "-" + System.nanoTime();
        try (Admin admin = station.admin();
                KafkaProducer<byte[], byte[]> producer = station.producer(Map.of("acks", "all"))) {
            admin.describeCluster().nodes().get();
            long startedNs = System.nanoTime();
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)
                            .configs(station.side().topicConfigs())))
                    .all()
                    .get();
            Station.waitForLeaders(admin, topic, partitions);
            writeToEach(producer, topic, partitions);
            return Figures.of().with(Figures.SECONDS, (System.nanoTime() - startedNs) / 1e9);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create and write " + topic, e);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        } finally {
            station.deleteTopic(topic);
        }
    }

    /** Writes one record to each partition and waits for all acknowledgements. */
    static void writeToEach(KafkaProducer<byte[], byte[]> producer, String topic, int partitions)
            throws ExecutionException, InterruptedException {
        byte[] value = new byte[100];
        List<? extends Future<?>> sent = IntStream.range(0, partitions)
                .mapToObj(partition -> producer.send(new ProducerRecord<>(topic, partition, null, value)))
                .toList();
        for (Future<?> one : sent) {
            one.get();
        }
    }
}
