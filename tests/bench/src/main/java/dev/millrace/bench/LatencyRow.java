package dev.millrace.bench;

import static dev.millrace.bench.Figures.CPU_PER_MILLION;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * From the moment at which a record was due to be sent to the moment at which a consumer has it. The load is open: records are due at a fixed
 * rate whether or not the last ones have arrived, and time counts from when they were due, so that a stall is counted for each record behind it.
 *
 * @param perSecond records due in a second
 * @param lingerMs of the producer
 */
record LatencyRow(String name, String title, List<Side> sides, List<Goal> goals, int perSecond, int lingerMs)
        implements Row {
    private static final String TOPIC = "bench-latency";
    private static final int PARTITIONS = 12;
    private static final int SECONDS = 5;
    private static final int WARM_SECONDS = 1;
    private static final int VALUE_SIZE_BYTES = 100;
    private static final Duration POLL = Duration.ofMillis(100);

    @Override
    public int rounds() {
        return 10;
    }

    @Override
    public Figures measure(Station station) {
        String topic = station.freshTopic(TOPIC, PARTITIONS);
        int warm = perSecond * WARM_SECONDS;
        int count = warm + station.scaled(perSecond * SECONDS);
        Map<String, String> settings = Map.of("acks", "all", "linger.ms", Integer.toString(lingerMs));
        try (KafkaProducer<byte[], byte[]> producer = station.producer(settings);
                KafkaConsumer<byte[], byte[]> consumer = station.consumer(Map.of())) {
            producer.partitionsFor(topic);
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            consumer.poll(POLL);
            double cpuBefore = station.broker().stats().cpuSeconds();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(
                    () -> send(producer, topic, count),
                    task -> Thread.ofPlatform().name("bench-sender").start(task));
            Histogram timesNs = receive(consumer, count, warm, sending);
            double cpuSeconds = station.broker().stats().cpuSeconds() - cpuBefore;
            return Figures.of().with(timesNs).with(CPU_PER_MILLION, cpuSeconds / count * 1e6);
        } finally {
            station.deleteTopic(topic);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String topic, int count) {
        long startedNs = System.nanoTime();
        double intervalNs = 1e9 / perSecond;
        for (int i = 0; i < count; i++) {
            long dueNs = startedNs + (long) (i * intervalNs);
            for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
                LockSupport.parkNanos(waitNs);
            }
            byte[] value = ByteBuffer.allocate(VALUE_SIZE_BYTES)
                    .putInt(i)
                    .putLong(dueNs)
                    .array();
            Future<?> _ = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, value));
        }
        producer.flush();
    }

    private static Histogram receive(
            KafkaConsumer<byte[], byte[]> consumer, int count, int warm, CompletableFuture<Void> sending) {
        Histogram timesNs = new Histogram(3);
        long quietSinceNs = System.nanoTime();
        for (int received = 0; received < count; ) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                long nowNs = System.nanoTime();
                ByteBuffer value = ByteBuffer.wrap(record.value());
                if (value.getInt() >= warm) {
                    timesNs.recordValue(Math.max(0, nowNs - value.getLong()));
                }
                received++;
                quietSinceNs = nowNs;
            }
            if (System.nanoTime() - quietSinceNs > 60e9) {
                throw new IllegalStateException(count - received + " records never came");
            }
        }
        sending.join();
        return timesNs;
    }
}
