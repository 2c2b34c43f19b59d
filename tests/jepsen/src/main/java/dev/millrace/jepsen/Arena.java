package dev.millrace.jepsen;

import dev.millrace.checker.History;
import dev.millrace.peer.Broker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the clients of a round share. Thread-safe.
 *
 * @param topic theirs alone
 * @param history where they write down what they do and see
 */
record Arena(Broker broker, String topic, History history) {
    static final int PARTITIONS = 3;

    /** Creates the topic, and waits until all of it is served. */
    void open() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(settings(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            admin.listOffsets(partitions().stream()
                            .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest())))
                    .all()
                    .get();
        }
    }

    List<TopicPartition> partitions() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    KafkaProducer<String, String> producer(Map<String, Object> settings) {
        Map<String, Object> all = settings(settings);
        all.put("linger.ms", 1);
        all.put("max.block.ms", 10_000);
        all.put("request.timeout.ms", 3_000);
        all.put("delivery.timeout.ms", 10_000);
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        Map<String, Object> all = settings(settings);
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", false);
        all.put("request.timeout.ms", 3_000);
        all.put("default.api.timeout.ms", 10_000);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> settings(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", broker.bootstrap());
        all.put("reconnect.backoff.max.ms", 200);
        return all;
    }
}
