package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.control.port.LocalControl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka's own AdminClient against the real handlers, the real metadata and a log in memory. */
class AdminClientTest {

    private final LocalControl control = LocalControl.inMemory();
    private final WireFixture server = WireFixture.start(AdminHandlers.of(
            control.metadata(),
            control.port(),
            control.files(),
            Path.of(System.getProperty("java.io.tmpdir")),
            control.waiting(),
            LoggerLevels.NONE,
            control.clock()));
    private final Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, server.bootstrap()));

    @AfterEach
    void close() {
        admin.close();
        server.close();
        control.close();
    }

    @Test
    void shouldCreateDescribeAndDeleteTopics() throws Exception {
        var created = admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)));
        Uuid id = get(created.topicId("orders"));
        assertThat(get(created.numPartitions("orders"))).isEqualTo(3);
        assertThat(get(created.config("orders")).get("retention.ms").value()).isEqualTo("604800000");
        TopicDescription described = describe("orders");
        assertThat(described.topicId()).isEqualTo(id);
        assertThat(described.partitions()).hasSize(3);
        TopicPartitionInfo partition = described.partitions().getFirst();
        assertThat(partition.leader().port()).isEqualTo(server.port());
        assertThat(partition.isr()).hasSize(1);
        assertThat(get(admin.listTopics().names())).containsExactly("orders");
        assertThat(get(admin.listTopics(new ListTopicsOptions().listInternal(true))
                        .names()))
                .contains("__millrace_metadata");
        get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
        assertThat(get(admin.listTopics().names())).isEmpty();
        assertFails(
                UnknownTopicOrPartitionException.class,
                admin.deleteTopics(List.of("orders")).all());
    }

    @Test
    void shouldRefuseWhatItCannotCreate() throws Exception {
        get(admin.createTopics(List.of(new NewTopic("there", 1, (short) 1))).all());
        assertFails(TopicExistsException.class, create(new NewTopic("there", 1, (short) 1)));
        assertFails(InvalidTopicException.class, create(new NewTopic("a b", 1, (short) 1)));
        assertFails(InvalidPartitionsException.class, create(new NewTopic("none", 0, (short) 1)));
        assertFails(InvalidReplicationFactorException.class, create(new NewTopic("many", 1, (short) 3)));
        NewTopic burnt = new NewTopic("burnt", 1, (short) 1).configs(Map.of("cleanup.policy", "burn"));
        assertFails(InvalidConfigurationException.class, create(burnt));
        NewTopic misspelt = new NewTopic("misspelt", 1, (short) 1).configs(Map.of("retention.mss", "1"));
        assertFails(InvalidConfigurationException.class, create(misspelt));
        assertThat(get(admin.listTopics().names())).containsExactly("there");
    }

    @Test
    void shouldShortenAMessageThatQuotesTooMuch() {
        NewTopic wordy = new NewTopic("wordy", 1, (short) 1).configs(Map.of("retention.ms", "soon".repeat(8_190)));
        assertThatThrownBy(() -> get(create(wordy)))
                .cause()
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("retention.ms=soon");
    }

    @Test
    @Timeout(30)
    void shouldAnswerForManyUnknownIdsInReasonableTime() throws Exception {
        List<MetadataRequestTopic> asked = new ArrayList<>();
        List<DeleteTopicState> deleted = new ArrayList<>();
        for (int n = 1; n <= 20_000; n++) {
            asked.add(new MetadataRequestTopic().setName(null).setTopicId(new Uuid(1, n)));
            deleted.add(new DeleteTopicState().setName(null).setTopicId(new Uuid(1, n)));
        }
        // The answers are not parsed: Kafka's own classes take as long as the server must not.
        server.client().send(ApiKeys.METADATA, (short) 13, new MetadataRequestData().setTopics(asked));
        assertThat(server.client().receiveFrame().remaining()).isGreaterThan(20_000 * 16);
        server.client().send(ApiKeys.DELETE_TOPICS, (short) 6, new DeleteTopicsRequestData().setTopics(deleted));
        assertThat(server.client().receiveFrame().remaining()).isGreaterThan(20_000 * 16);
    }

    @Test
    void shouldOnlyValidateIfAskedTo() throws Exception {
        var validated = admin.createTopics(
                List.of(new NewTopic("perhaps", Optional.empty(), Optional.empty())),
                new CreateTopicsOptions().validateOnly(true));
        assertThat(get(validated.numPartitions("perhaps"))).isEqualTo(1);
        assertThat(get(admin.listTopics().names())).isEmpty();
    }

    @Test
    void shouldPlacePartitionsByHand() throws Exception {
        get(create(new NewTopic("placed", Map.of(0, List.of(1), 1, List.of(1)))));
        assertThat(describe("placed").partitions()).hasSize(2);
    }

    @Test
    void shouldAddPartitions() throws Exception {
        get(create(new NewTopic("growing", 2, (short) 1)));
        get(admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(5)))
                .all());
        assertThat(describe("growing").partitions()).hasSize(5);
        assertFails(
                InvalidPartitionsException.class,
                admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(4)))
                        .all());
    }

    @Test
    void shouldChangeTheConfigurationOfATopic() throws Exception {
        get(create(new NewTopic("tuned", 1, (short) 1).configs(Map.of("retention.ms", "5000"))));
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "tuned");
        alter(topic, new ConfigEntry("segment.bytes", "1048576"), OpType.SET);
        alter(topic, new ConfigEntry("retention.ms", ""), OpType.DELETE);
        alter(topic, new ConfigEntry("cleanup.policy", "delete"), OpType.SUBTRACT);
        Config config = describe(topic);
        assertThat(config.get("segment.bytes").source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(config.get("retention.ms").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        assertThat(config.get("cleanup.policy").value()).isEmpty();
        assertThat(config.get("segment.bytes").documentation()).contains("rolled");
        assertThat(config.get("segment.bytes").synonyms()).hasSize(2);
        assertFails(
                InvalidConfigurationException.class,
                admin.incrementalAlterConfigs(Map.of(
                                topic, List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "x"), OpType.SET))))
                        .all());
    }

    @Test
    void shouldGiveTopicsTheDefaultsOfTheBroker() throws Exception {
        get(create(new NewTopic("plain", 1, (short) 1)));
        ConfigResource everyBroker = new ConfigResource(ConfigResource.Type.BROKER, "");
        alter(everyBroker, new ConfigEntry("log.retention.ms", "1234"), OpType.SET);
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "plain");
        ConfigEntry entry = describe(topic).get("retention.ms");
        assertThat(entry.value()).isEqualTo("1234");
        assertThat(entry.source()).isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        Config broker = describe(new ConfigResource(ConfigResource.Type.BROKER, "1"));
        assertThat(broker.get("log.retention.ms").value()).isEqualTo("1234");
        assertThat(broker.get("num.partitions").isReadOnly()).isTrue();
        assertThat(describe(everyBroker).entries()).hasSize(1);
    }

    @Test
    void shouldKeepInternalTopicsForItself() throws Exception {
        assertFails(
                InvalidTopicException.class,
                admin.deleteTopics(List.of("__millrace_metadata")).all());
        assertFails(InvalidTopicException.class, create(new NewTopic("__consumer_offsets", 1, (short) 1)));
        assertThat(describe("__millrace_metadata").isInternal()).isTrue();
    }

    @Test
    void shouldTellWhatTheClusterIs() throws Exception {
        assertThat(get(admin.describeCluster().clusterId())).isEqualTo(LocalControl.CLUSTER_ID);
        assertThat(get(admin.describeCluster().nodes())).hasSize(1);
        var directories = get(admin.describeLogDirs(Set.of(1)).allDescriptions());
        assertThat(directories).hasSize(1);
        assertThat(directories.values().iterator().next().values())
                .allSatisfy(directory -> assertThat(directory.totalBytes()).isPresent());
        Collection<ConfigResource> resources = get(admin.listConfigResources().all());
        assertThat(resources).contains(new ConfigResource(ConfigResource.Type.BROKER, "1"));
    }

    @Test
    void shouldCreateAThousandPartitionsInNoTime() throws Exception {
        get(create(new NewTopic("warm", 1, (short) 1)));
        List<Long> durationsMs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            long startNs = System.nanoTime();
            get(create(new NewTopic("wide-" + i, 1_000, (short) 1)));
            durationsMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        }
        assertThat(durationsMs).anyMatch(durationMs -> durationMs <= 100);
        assertThat(describe("wide-0").partitions()).hasSize(1_000);
    }

    private KafkaFuture<Void> create(NewTopic topic) {
        return admin.createTopics(List.of(topic)).all();
    }

    private TopicDescription describe(String topic) throws Exception {
        return get(admin.describeTopics(List.of(topic)).allTopicNames())
                .values()
                .iterator()
                .next();
    }

    private Config describe(ConfigResource resource) throws Exception {
        DescribeConfigsOptions options =
                new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return get(admin.describeConfigs(List.of(resource), options).all())
                .values()
                .iterator()
                .next();
    }

    private void alter(ConfigResource resource, ConfigEntry entry, OpType operation) throws Exception {
        get(admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(entry, operation))))
                .all());
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void assertFails(Class<? extends Exception> cause, KafkaFuture<?> future) {
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(cause);
    }
}
