package dev.millrace.parity;

import static dev.millrace.parity.Requests.assigned;
import static dev.millrace.parity.Requests.createPartitions;
import static dev.millrace.parity.Requests.createTopics;
import static dev.millrace.parity.Requests.deleteTopics;
import static dev.millrace.parity.Requests.topic;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;

/** CreateTopics, CreatePartitions and DeleteTopics. */
final class TopicsChapter implements Chapter {
    private static final int CREATE_VERSION = 7;
    private static final int PARTITIONS_VERSION = 3;
    private static final int DELETE_VERSION = 6;

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public void play(Stage stage) {
        int node = stage.nodeId();
        stage.settleCoordinator("topics");
        stage.topic(topic("topics", 2));
        created(stage, node);
        names(stage);
        counts(stage);
        assignments(stage, node);
        configs(stage);
        partitions(stage, node);
        deletions(stage);
        // Last, because not everybody creates it: from here on topics are numbered otherwise.
        config(stage, "cleanup.policy compact", "cleanup.policy", "compact");
    }

    private static void created(Stage stage, int node) {
        create(
                stage,
                "defaults",
                new CreatableTopic()
                        .setName("topics-defaults")
                        .setNumPartitions(-1)
                        .setReplicationFactor((short) -1));
        create(stage, "three partitions", topic("topics-three", 3));
        create(stage, "placed by hand", assigned("topics-placed", List.of(node), List.of(node)));
        create(
                stage,
                "with configs",
                topic("topics-configs", Map.of("retention.ms", "1000", "segment.bytes", "1048576")));
        stage.ask("only validated", createTopics(topic("topics-validated", 2)).setValidateOnly(true), CREATE_VERSION);
        stage.ask("not there after validation", Requests.metadata("topics-validated"), 12);
        stage.ask(
                "two, one of them bad", createTopics(topic("topics-good", 1), topic("topics bad", 1)), CREATE_VERSION);
        stage.ask("no topics", createTopics(), CREATE_VERSION);
        create(stage, "exists", topic("topics", 2));
        stage.ask("exists, validated", createTopics(topic("topics", 2)).setValidateOnly(true), CREATE_VERSION);
        CreatableTopic twice = topic("topics-twice", 1);
        var both = createTopics(twice, twice.duplicate());
        stage.ask("same name twice", both, CREATE_VERSION);
    }

    private static void names(Stage stage) {
        create(stage, "empty name", topic("", 1));
        create(stage, "name of a dot", topic(".", 1));
        create(stage, "name of two dots", topic("..", 1));
        create(stage, "name with a slash", topic("a/b", 1));
        create(stage, "name with a space", topic("a b", 1));
        create(stage, "name with an umlaut", topic("ä", 1));
        create(stage, "name of 249 characters", topic("n".repeat(249), 1));
        create(stage, "name of 250 characters", topic("n".repeat(250), 1));
        create(stage, "name with a dot", topic("topics.collide", 1));
        create(stage, "name that differs in dot and underscore", topic("topics_collide", 1));
        create(stage, "name of an internal topic", topic("__consumer_offsets", 1));
        create(stage, "name of the cluster's own log", topic("__cluster_metadata", 1));
    }

    private static void counts(Stage stage) {
        create(stage, "no partitions", topic("topics-count", 0));
        create(stage, "-2 partitions", topic("topics-count", -2));
        create(stage, "replication factor 0", topic("topics-count", 1).setReplicationFactor((short) 0));
        create(stage, "replication factor 2", topic("topics-count", 1).setReplicationFactor((short) 2));
        create(stage, "replication factor -2", topic("topics-count", 1).setReplicationFactor((short) -2));
        create(stage, "replication factor 32767", topic("topics-count", 1).setReplicationFactor(Short.MAX_VALUE));
        create(stage, "100,000 partitions", topic("topics-count", 100_000));
        create(stage, "2,147,483,647 partitions", topic("topics-count", Integer.MAX_VALUE));
        stage.ask(
                "10,001 partitions in two topics",
                createTopics(topic("topics-count", 5_000), topic("topics-count-too", 5_001))
                        .setValidateOnly(true),
                CREATE_VERSION);
    }

    private static void assignments(Stage stage, int node) {
        create(
                stage,
                "assignment and a count",
                assigned("topics-assigned", List.of(node)).setNumPartitions(1));
        create(stage, "assignment to an unknown broker", assigned("topics-assigned", List.of(node + 70)));
        create(stage, "assignment to nobody", assigned("topics-assigned", List.of()));
        create(stage, "assignment to a broker twice", assigned("topics-assigned", List.of(node, node)));
        create(stage, "assignment of differing sizes", assigned("topics-assigned", List.of(node), List.of()));
        CreatableTopic gap = assigned("topics-assigned", List.of(node));
        gap.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(2).setBrokerIds(List.of(node)));
        create(stage, "assignment with a gap", gap);
        create(
                stage,
                "assignment and a replication factor",
                assigned("topics-assigned", List.of(node)).setReplicationFactor((short) 1));
        CreatableTopic doubled = assigned("topics-assigned", List.of(node));
        doubled.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(node)));
        create(stage, "assignment of a partition twice", doubled);
        CreatableTopic negative = assigned("topics-assigned");
        negative.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(-1).setBrokerIds(List.of(node)));
        create(stage, "assignment of partition -1", negative);
    }

    private static void configs(Stage stage) {
        config(stage, "unknown config", "no.such.config", "1");
        config(stage, "config that is no number", "retention.ms", "soon");
        config(stage, "config below its range", "retention.ms", "-2");
        config(stage, "config with an unknown policy", "cleanup.policy", "burn");
        config(stage, "cleanup.policy delete", "cleanup.policy", "delete");
        config(stage, "empty cleanup.policy", "cleanup.policy", "");
        config(stage, "unknown compression", "compression.type", "rar");
        config(stage, "segment.bytes too small", "segment.bytes", "13");
        config(stage, "max.message.bytes negative", "max.message.bytes", "-1");
        config(stage, "min.insync.replicas 2", "min.insync.replicas", "2");
        config(stage, "min.insync.replicas 0", "min.insync.replicas", "0");
        Map<String, String> nothing = new HashMap<>();
        nothing.put("retention.ms", null);
        create(stage, "config without a value", topic("topics-config-null", nothing));
        CreatableTopic twice = topic("topics-config-twice", Map.of("retention.ms", "1"));
        twice.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue("2"));
        create(stage, "config named twice", twice);
        create(
                stage,
                "two configs, one of them wrong",
                topic("topics-config-two", Map.of("retention.ms", "1", "segment.ms", "0")));
        create(stage, "config with spaces around it", topic("topics-config-spaces", Map.of("retention.ms", " 1 ")));
        create(stage, "config of nothing", topic("topics-config-empty", Map.of("retention.ms", "")));
    }

    private static void config(Stage stage, String step, String key, String value) {
        create(stage, step, topic("topics-" + step.replace(' ', '-'), Map.of(key, value)));
    }

    private static void partitions(Stage stage, int node) {
        stage.topic(topic("topics-grown", 2));
        stage.ask("grow to three", createPartitions("topics-grown", 3), PARTITIONS_VERSION);
        stage.ask("grow to as many", createPartitions("topics-grown", 3), PARTITIONS_VERSION);
        stage.ask("grow to fewer", createPartitions("topics-grown", 1), PARTITIONS_VERSION);
        stage.ask("grow to none", createPartitions("topics-grown", 0), PARTITIONS_VERSION);
        stage.ask("grow to 100,000", createPartitions("topics-grown", 100_000), PARTITIONS_VERSION);
        stage.ask("grow an invalid name", createPartitions("a/b", 2), PARTITIONS_VERSION);
        stage.ask("grow to -1", createPartitions("topics-grown", -1), PARTITIONS_VERSION);
        stage.ask("grow an unknown topic", createPartitions("topics-unknown", 3), PARTITIONS_VERSION);
        stage.ask(
                "grow an internal topic",
                createPartitions("__consumer_offsets", 60).setValidateOnly(true),
                PARTITIONS_VERSION);
        stage.ask(
                "grow, only validated", createPartitions("topics-grown", 9).setValidateOnly(true), PARTITIONS_VERSION);
        stage.ask("grow, placed by hand", placed(4, List.of(node)), PARTITIONS_VERSION);
        stage.ask("grow, placed on an unknown broker", placed(5, List.of(node + 70)), PARTITIONS_VERSION);
        stage.ask("grow, too few places", placed(6, List.of(node)), PARTITIONS_VERSION);
        stage.ask("grow, placed on nobody", placed(5, List.of()), PARTITIONS_VERSION);
        stage.waitForPartitions("topics-grown", 4);
        stage.ask("what has grown", Requests.metadata("topics-grown"), 12);
    }

    private static CreatePartitionsRequestData placed(int count, List<Integer> brokers) {
        var request = createPartitions("topics-grown", count);
        request.topics()
                .forEach(
                        topic -> topic.setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(brokers))));
        return request;
    }

    private static void deletions(Stage stage) {
        Uuid id = stage.topic("topics-deleted-by-id");
        stage.topic("topics-deleted");
        stage.ask("delete", deleteTopics("topics-deleted"), DELETE_VERSION);
        stage.ask("delete again", deleteTopics("topics-deleted"), DELETE_VERSION);
        stage.ask("delete by id", Requests.deleteTopic(id), DELETE_VERSION);
        stage.ask("delete by id again", Requests.deleteTopic(id), DELETE_VERSION);
        stage.ask("delete by zero id", Requests.deleteTopic(Uuid.ZERO_UUID), DELETE_VERSION);
        stage.ask("delete an unknown topic", deleteTopics("topics-unknown"), DELETE_VERSION);
        stage.ask("delete an invalid name", deleteTopics("a/b"), DELETE_VERSION);
        stage.ask("delete one topic twice", deleteTopics("topics-three", "topics-three"), DELETE_VERSION);
        stage.ask("delete none", deleteTopics(), DELETE_VERSION);
        var both = deleteTopics("topics-three");
        both.setTopics(List.of(new DeleteTopicState().setName("topics-three").setTopicId(new Uuid(7, 8))));
        stage.ask("delete by name and id", both, DELETE_VERSION);
        stage.ask("produce to a deleted topic", DataRequests.produce("topics-deleted", 0, Batches.plain(1)), 12);
        stage.topic("topics-deleted");
        stage.ask("offsets of its namesake", DataRequests.listOffsets("topics-deleted", 0, -1), 10);
    }

    private static void create(Stage stage, String step, CreatableTopic topic) {
        stage.ask(step, createTopics(topic), CREATE_VERSION);
    }
}
