package dev.millrace.interop.applications;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Consumes, transforms and produces in transactions, until it is killed: {@code CopierApp BOOTSTRAP INPUT OUTPUT NAME}. A record keeps its
 * partition. Prints a line {@code committed N} after each commit.
 */
final class CopierApp {
    static final String COMMITTED = "committed";

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, String> consumer;
    private final KafkaProducer<String, String> producer;
    private final String output;

    private CopierApp(String bootstrap, String output, String name) {
        this.output = output;
        // A static member: who starts again takes the killed one's place at once, instead of waiting for its session.
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "group.id", name,
                        "group.instance.id", name,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false",
                        "max.poll.records", "50"),
                new StringDeserializer(),
                new StringDeserializer());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", name, "linger.ms", "2"),
                new StringSerializer(),
                new StringSerializer());
    }

    /** See the class. */
    public static void main(String[] args) {
        new CopierApp(args[0], args[2], args[3]).run(args[1]);
    }

    /** What a record becomes. */
    static String transformed(String value) {
        return "copy of " + value;
    }

    private void run(String input) {
        producer.initTransactions();
        consumer.subscribe(List.of(input));
        while (true) {
            ConsumerRecords<String, String> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                copy(records);
                System.out.println(COMMITTED + " " + records.count());
            }
        }
    }

    private void copy(ConsumerRecords<String, String> records) {
        producer.beginTransaction();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
            Future<?> _ = producer.send(
                    new ProducerRecord<>(output, record.partition(), record.key(), transformed(record.value())));
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
    }
}
