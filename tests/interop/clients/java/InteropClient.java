import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;

/** kafka-clients as a client of the interop suite (see README.md). Compiled against 2.8, run with every version. */
public final class InteropClient {
    private static final long TIMEOUT_MS = 60_000;

    private final Properties properties = new Properties();

    private InteropClient(String bootstrap) {
        properties.put("bootstrap.servers", bootstrap);
        properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        properties.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        properties.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("isolation.level", "read_committed");
        properties.put("session.timeout.ms", "6000");
        properties.put("heartbeat.interval.ms", "500");
    }

    public static void main(String[] args) throws Exception {
        InteropClient client = new InteropClient(args[0]);
        switch (args[1]) {
            case "produce":
                client.produce(args[2], args[3], Integer.parseInt(args[4]));
                break;
            case "consume":
                client.consume(args[2], Integer.parseInt(args[3]));
                break;
            case "resume":
                client.resume(args[2], args[3], Integer.parseInt(args[4]));
                break;
            case "join":
                client.join(args[2], args[3]);
                break;
            case "transact":
                client.transact(args[2], args[3], Integer.parseInt(args[4]));
                break;
            case "admin":
                client.admin(args[2]);
                break;
            default:
                throw new IllegalArgumentException("unknown verb " + args[1]);
        }
    }

    private void produce(String topic, String codec, int count) throws Exception {
        properties.put("compression.type", codec);
        properties.put("enable.idempotence", "true");
        properties.put("acks", "all");
        properties.put("linger.ms", "5");
        byte[] name = "java".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, "key-" + i, "value-" + i);
                record.headers().add("client", name);
                sent.add(producer.send(record));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        }
    }

    private void transact(String topic, String group, int count) throws Exception {
        properties.put("transactional.id", "java-" + group);
        TopicPartition first = new TopicPartition(topic, 0);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
            producer.initTransactions();
            for (int i = 0; i < count; i++) {
                producer.beginTransaction();
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, "key-" + i, "value-" + i);
                record.headers().add("client", "java".getBytes(StandardCharsets.UTF_8));
                producer.send(record).get();
                producer.sendOffsetsToTransaction(
                        Collections.singletonMap(first, new OffsetAndMetadata(i + 1)),
                        new ConsumerGroupMetadata(group));
                if (i % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
    }

    private void consume(String topic, int count) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            read(consumer, count);
        }
    }

    private void resume(String topic, String group, int count) {
        properties.put("group.id", group);
        properties.put("max.poll.records", "1");
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            consumer.subscribe(Collections.singleton(topic));
            read(consumer, count);
            consumer.commitSync();
        }
    }

    private static void read(KafkaConsumer<String, String> consumer, int count) {
        long endMs = System.currentTimeMillis() + TIMEOUT_MS;
        for (int read = 0; read < count; ) {
            if (System.currentTimeMillis() > endMs) {
                throw new IllegalStateException("only " + read + " of " + count + " records came");
            }
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                if (read++ < count) {
                    Header header = record.headers().lastHeader("client");
                    String from = header == null ? "-" : new String(header.value(), StandardCharsets.UTF_8);
                    System.out.println(record.partition() + " " + record.offset() + " " + record.key() + " "
                            + record.value() + " " + from);
                }
            }
        }
    }

    private void join(String topic, String group) {
        properties.put("group.id", group);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            consumer.subscribe(Collections.singleton(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    StringBuilder line = new StringBuilder("assigned");
                    partitions.forEach(partition -> line.append(' ').append(partition.partition()));
                    System.out.println(line);
                }
            });
            while (true) {
                consumer.poll(Duration.ofMillis(200));
            }
        }
    }

    private void admin(String topic) throws Exception {
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(Collections.singleton(new NewTopic(topic, 3, (short) 1)
                            .configs(Collections.singletonMap("retention.ms", "3600000"))))
                    .all()
                    .get();
            until("the topic is listed", () -> admin.listTopics().names().get().contains(topic));
            check(
                    "exists",
                    failsWith(
                            () -> admin.createTopics(Collections.singleton(new NewTopic(topic, 3, (short) 1)))
                                    .all()
                                    .get(),
                            "TopicExistsException"));
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            check("retention.ms", value(admin, resource, "retention.ms").equals("3600000"));
            admin.incrementalAlterConfigs(Collections.singletonMap(
                            resource,
                            Collections.singleton(new AlterConfigOp(
                                    new ConfigEntry("retention.ms", "7200000"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            until(
                    "retention.ms is altered",
                    () -> value(admin, resource, "retention.ms").equals("7200000"));
            admin.createPartitions(Collections.singletonMap(topic, NewPartitions.increaseTo(5)))
                    .all()
                    .get();
            // DescribeTopicsResult has no method that all versions share.
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
                until(
                        "it has five partitions",
                        () -> consumer.partitionsFor(topic).size() == 5);
            }
            admin.describeCluster().nodes().get();
            admin.listConsumerGroups().all().get();
            admin.deleteTopics(Collections.singleton(topic)).all().get();
            until("the topic is gone", () -> !admin.listTopics().names().get().contains(topic));
        }
    }

    private static String value(Admin admin, ConfigResource resource, String key) throws Exception {
        Map<ConfigResource, Config> configs =
                admin.describeConfigs(Collections.singleton(resource)).all().get();
        return configs.get(resource).get(key).value();
    }

    private interface Question {
        boolean ask() throws Exception;
    }

    private static void until(String what, Question question) throws Exception {
        long endMs = System.currentTimeMillis() + TIMEOUT_MS;
        while (!question.ask()) {
            check(what, System.currentTimeMillis() < endMs);
            Thread.sleep(50);
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static boolean failsWith(Action action, String exception) throws Exception {
        try {
            action.run();
            return false;
        } catch (ExecutionException e) {
            return e.getCause().getClass().getSimpleName().equals(exception);
        }
    }

    private static void check(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException("does not hold: " + what);
        }
    }
}
