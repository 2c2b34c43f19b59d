package dev.millrace.bench;

import static dev.millrace.bench.Figures.SECONDS;
import static dev.millrace.bench.Goal.atMost;

import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Millrace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Compaction of updates that are all there before it begins, beside a producer that writes at a steady pace to another topic. Time runs from
 * the change of configuration that allows it until the partition is small. CPU seconds are those above what the steady producer alone takes;
 * the rise is that of its p99, against the seconds before.
 */
record CompactionRow(String name, String title, List<Side> sides, List<Goal> goals) implements Row {

    static final String CPU_SECONDS = "CPU s";
    static final String P99_RISE = "p99 rise";

    /** What is not compared must be equal: how often either looks for work. */
    private static final Map<String, String> SETTINGS = Map.of("log.cleaner.backoff.ms", "200");

    private static final Map<String, String> TOPIC_CONFIGS = Map.of(
            "cleanup.policy", "compact",
            "file.delete.delay.ms", "1000",
            "segment.bytes", Integer.toString(64 << 20),
            "min.cleanable.dirty.ratio", "1.0");
    private static final Side KAFKA = new Side("Kafka", ApacheKafka.NEWEST, SETTINGS, TOPIC_CONFIGS);
    private static final Side MILLRACE = new Side("Millrace", new Millrace(), SETTINGS, TOPIC_CONFIGS);

    private static final int UPDATES = 5_000_000;
    private static final int KEYS = 500_000;
    /** Prime, and so a walk through all keys in an order that looks like none. */
    private static final long STRIDE = 7_919;

    private static final int VALUE_SIZE_BYTES = 100;
    private static final int PER_SECOND = 500;
    private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(8);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);

    static Row row() {
        return new CompactionRow(
                "compaction",
                "Compaction of 5 million updates on 500,000 keys",
                List.of(KAFKA, MILLRACE),
                List.of(
                        atMost(SECONDS, MILLRACE, KAFKA, 0.5),
                        atMost(CPU_SECONDS, MILLRACE, KAFKA, 0.5),
                        atMost(P99_RISE, MILLRACE, KAFKA, 1)));
    }

    @Override
    public int rounds() {
        return 10;
    }

    @Override
    public Figures measure(Station station) {
        String topic = station.freshTopic("bench-compaction", 1);
        String other = station.freshTopic("bench-beside", 1);
        try (Admin admin = station.admin()) {
            int count = station.scaled(UPDATES);
            load(station, topic, count);
            TimeUnit.SECONDS.sleep(1);
            double before = station.broker().stats().cpuSeconds();
            long quietEndNs = System.nanoTime() + QUIET_NS;
            Histogram quietNs = writeBeside(station, other, () -> System.nanoTime() < quietEndNs);
            double idleCpuPerS = (station.broker().stats().cpuSeconds() - before) / (QUIET_NS / 1e9);
            long fullBytes = sizeBytes(admin, topic, station);
            allow(admin, topic);
            before = station.broker().stats().cpuSeconds();
            long startedNs = System.nanoTime();
            load(station, topic, 1); // Both roll at an append.
            Watcher watcher = new Watcher(admin, topic, station, fullBytes / 5, startedNs);
            Thread watching = Thread.ofPlatform().name("bench-watcher").start(watcher);
            Histogram busyNs = writeBeside(station, other, watching::isAlive);
            double seconds = watcher.secondsUntilSmall();
            double cpuSeconds = station.broker().stats().cpuSeconds() - before - seconds * idleCpuPerS;
            return Figures.of()
                    .with(SECONDS, seconds)
                    .with(CPU_SECONDS, cpuSeconds)
                    .with("MB before", fullBytes / 1e6)
                    .with("MB after", sizeBytes(admin, topic, station) / 1e6)
                    .with("quiet p99 ms", quietNs.getValueAtPercentile(99) / 1e6)
                    .with("busy p99 ms", busyNs.getValueAtPercentile(99) / 1e6)
                    .with(P99_RISE, (double) busyNs.getValueAtPercentile(99) / quietNs.getValueAtPercentile(99));
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        } finally {
            station.deleteTopic(topic);
            station.deleteTopic(other);
        }
    }

    private static void load(Station station, String topic, int count) {
        Payload payload = Payload.random(VALUE_SIZE_BYTES);
        int keys = Math.max(1, count / (UPDATES / KEYS));
        List<Exception> failures = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                station.producer(Map.of("acks", "all", "batch.size", "65536", "linger.ms", "5"))) {
            for (int i = 0; i < count; i++) {
                byte[] key = String.format("key-%08d", i * STRIDE % keys).getBytes(StandardCharsets.US_ASCII);
                Future<?> _ = producer.send(new ProducerRecord<>(topic, 0, key, payload.value(i)), (_, e) -> {
                    if (e != null) {
                        failures.add(e);
                    }
                });
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a record was not acknowledged", failures.getFirst());
        }
    }

    /** Records due at a steady pace, each awaited alone from when it was due. */
    private static Histogram writeBeside(Station station, String topic, BooleanSupplier goesOn) {
        Histogram timesNs = new Histogram(3);
        try (KafkaProducer<byte[], byte[]> producer = station.producer(Map.of("acks", "all", "linger.ms", "0"))) {
            producer.partitionsFor(topic);
            long startedNs = System.nanoTime();
            for (long i = 0; goesOn.getAsBoolean(); i++) {
                long dueNs = startedNs + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
                for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
                    LockSupport.parkNanos(waitNs);
                }
                boolean warm = i < PER_SECOND;
                byte[] value = ByteBuffer.allocate(VALUE_SIZE_BYTES).putLong(i).array();
                Future<?> _ = producer.send(new ProducerRecord<>(topic, 0, value, value), (_, e) -> {
                    if (e == null && !warm) {
                        timesNs.recordValue(Math.max(0, System.nanoTime() - dueNs));
                    }
                });
            }
        }
        return timesNs;
    }

    /** Lets the segments end, and be compacted. */
    private static void allow(Admin admin, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            admin.incrementalAlterConfigs(Map.of(
                            resource,
                            List.of(
                                    new AlterConfigOp(
                                            new ConfigEntry("min.cleanable.dirty.ratio", "0.01"),
                                            AlterConfigOp.OpType.SET),
                                    new AlterConfigOp(new ConfigEntry("segment.ms", "100"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot configure " + topic, e);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
    }

    private static long sizeBytes(Admin admin, String topic, Station station) {
        try {
            return admin.describeLogDirs(List.of(nodeId(admin))).allDescriptions().get().values().stream()
                    .flatMap(node -> node.values().stream())
                    .mapToLong(directory -> {
                        var replica = directory.replicaInfos().get(new TopicPartition(topic, 0));
                        return replica == null ? 0 : replica.size();
                    })
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "cannot describe the directories of " + station.side().name(), e);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
    }

    private static int nodeId(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeCluster().controller().get().id();
    }

    /** Waits until a topic is small. */
    private static final class Watcher implements Runnable {

        private final Admin admin;
        private final String topic;
        private final Station station;
        private final long smallBytes;
        private final long startedNs;
        private volatile double seconds = Double.NaN;

        Watcher(Admin admin, String topic, Station station, long smallBytes, long startedNs) {
            this.admin = admin;
            this.topic = topic;
            this.station = station;
            this.smallBytes = smallBytes;
            this.startedNs = startedNs;
        }

        @Override
        public void run() {
            while (System.nanoTime() - startedNs < PATIENCE_NS) {
                if (sizeBytes(admin, topic, station) < smallBytes) {
                    seconds = (System.nanoTime() - startedNs) / 1e9;
                    return;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }

        double secondsUntilSmall() {
            if (Double.isNaN(seconds)) {
                throw new IllegalStateException(topic + " was not compacted in time");
            }
            return seconds;
        }
    }
}
