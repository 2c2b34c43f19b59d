package dev.millrace.interop.applications;

import dev.millrace.peer.Broker;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Where scenarios play: a running broker, a directory for what processes print, and how much is to be done. Thread-safe.
 *
 * @param longForm whether everything is done at length
 */
record Stage(Broker broker, Path directory, boolean longForm) {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(120);

    /** One of two amounts. */
    int amount(int inShortForm, int inLongForm) {
        return longForm ? inLongForm : inShortForm;
    }

    Admin admin() {
        return Admin.create(settings(Map.of()));
    }

    KafkaProducer<String, String> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings(settings), new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings(settings), new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> settings(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(more);
        all.put("bootstrap.servers", broker.bootstrap());
        return all;
    }

    /**
     * Makes topics with as many partitions each, and waits until all are served: Kafka may refuse the first batch of a producer until then and take its
     * second, which it has no way to put right (KIP-360).
     */
    void createTopics(int partitions, String... names) throws ExecutionException, InterruptedException {
        try (Admin admin = admin()) {
            List<NewTopic> topics = Arrays.stream(names)
                    .map(name -> new NewTopic(name, partitions, (short) 1))
                    .toList();
            admin.createTopics(topics).all().get();
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            for (String name : names) {
                for (int partition = 0; partition < partitions; partition++) {
                    ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
                }
            }
            admin.listOffsets(ends).all().get();
        }
    }

    /** Waits until something holds, and fails when it does not come to hold. */
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + TIMEOUT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > endNs) {
                throw new AssertionError("did not happen: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
