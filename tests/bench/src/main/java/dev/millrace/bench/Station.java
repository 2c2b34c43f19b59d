package dev.millrace.bench;

import dev.millrace.peer.Broker;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A side with its running broker, and the clients that every side gets alike.
 *
 * @param side whose turn it is
 * @param broker its process
 * @param scale by which amounts of work are multiplied: 1, or less for a quick look
 */
record Station(Side side, Broker broker, double scale) {
    private static final long SETTLE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    /** An amount of work at this scale. */
    int scaled(int amount) {
        return Math.max(1, (int) (amount * scale));
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
        return new KafkaProducer<>(properties(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(Map<String, String> settings) {
        return new KafkaConsumer<>(properties(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Properties properties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrap());
        properties.putAll(settings);
        return properties;
    }

    /** Creates a topic with a name that no round had before: a namesake of one just deleted is a trap of its own. */
    String freshTopic(String prefix, int partitions) {
        String name = prefix + "-" + System.nanoTime();
        createTopic(name, partitions);
        return name;
    }

    /** Creates a topic and waits until every partition has a leader that serves it: a broker may tell of leaders a moment earlier. */
    void createTopic(String name, int partitions) {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(side.topicConfigs())))
                    .all()
                    .get();
            waitForLeaders(admin, name, partitions);
            admin.listOffsets(IntStream.range(0, partitions)
                            .mapToObj(partition -> new TopicPartition(name, partition))
                            .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create " + name, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until the broker tells a leader for each of this many partitions. */
    static void waitForLeaders(Admin admin, String topic, int partitions) throws InterruptedException {
        long endNs = System.nanoTime() + SETTLE_TIMEOUT_NS;
        while (System.nanoTime() < endNs) {
            try {
                var described = admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .values();
                if (described.stream()
                                .flatMap(found -> found.partitions().stream())
                                .filter(partition -> partition.leader() != null)
                                .count()
                        == partitions) {
                    return;
                }
            } catch (ExecutionException _) {
                // Not there yet.
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new IllegalStateException(topic + " got no leaders");
    }

    void deleteTopic(String name) {
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(name)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot delete " + name, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}
