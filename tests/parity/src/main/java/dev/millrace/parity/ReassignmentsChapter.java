package dev.millrace.parity;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.jspecify.annotations.Nullable;

/** ElectLeaders, reassignments, AlterReplicaLogDirs, DescribeQuorum: where partitions are, and who leads them. */
final class ReassignmentsChapter implements Chapter {
    static final String METADATA = "__cluster_metadata";

    private static final String TOPIC = "reassignments";
    private static final String UNKNOWN = "reassignments-unknown";
    private static final int ELECT_VERSION = 2;
    private static final int REASSIGN_VERSION = 1;
    private static final int QUORUM_VERSION = 2;
    private static final int DIRECTORIES_VERSION = 2;

    @Override
    public String name() {
        return "reassignments";
    }

    @Override
    public void play(Stage stage) {
        stage.topic(Requests.topic(TOPIC, 2));
        elections(stage);
        reassignments(stage);
        directories(stage);
        quorum(stage);
    }

    private static void elections(Stage stage) {
        for (int type : new int[] {0, 1}) {
            stage.ask("election " + type, elect(type, TOPIC, 0, 1), ELECT_VERSION);
            stage.ask("election " + type + ", unknown partition", elect(type, TOPIC, 7, -1), ELECT_VERSION);
            stage.ask("election " + type + ", unknown topic", elect(type, UNKNOWN, 0), ELECT_VERSION);
            stage.ask("election " + type + ", one partition twice", elect(type, TOPIC, 0, 0), ELECT_VERSION);
            stage.ask("election " + type + ", no partition", elect(type, TOPIC), ELECT_VERSION);
            stage.ask("election " + type + ", no topic", new ElectLeadersRequestData(), ELECT_VERSION);
            stage.ask(
                    "election " + type + ", every partition",
                    new ElectLeadersRequestData().setElectionType((byte) type).setTopicPartitions(null),
                    ELECT_VERSION);
        }
        stage.ask("election 2", elect(2, TOPIC, 0), ELECT_VERSION);
        stage.ask("election -1", elect(-1, TOPIC, 0), ELECT_VERSION);
        stage.ask("election in version 0", elect(0, TOPIC, 0), 0);
    }

    private static void reassignments(Stage stage) {
        int node = stage.nodeId();
        stage.ask("to where it is", reassign(TOPIC, 0, List.of(node)), REASSIGN_VERSION);
        stage.ask("cancel", reassign(TOPIC, 0, null), REASSIGN_VERSION);
        stage.ask("to no node", reassign(TOPIC, 0, List.of()), REASSIGN_VERSION);
        stage.ask("to another node", reassign(TOPIC, 0, List.of(99)), REASSIGN_VERSION);
        stage.ask("to two nodes", reassign(TOPIC, 0, List.of(node, 99)), REASSIGN_VERSION);
        stage.ask("to one node twice", reassign(TOPIC, 0, List.of(node, node)), REASSIGN_VERSION);
        stage.ask("to a negative node", reassign(TOPIC, 0, List.of(-1)), REASSIGN_VERSION);
        stage.ask("unknown partition", reassign(TOPIC, 7, List.of(node)), REASSIGN_VERSION);
        stage.ask("unknown partition, to another node", reassign(TOPIC, 7, List.of(99)), REASSIGN_VERSION);
        stage.ask("unknown topic", reassign(UNKNOWN, 0, null), REASSIGN_VERSION);
        stage.ask("nothing", new AlterPartitionReassignmentsRequestData(), REASSIGN_VERSION);
        stage.ask(
                "without another replication factor",
                reassign(TOPIC, 0, List.of(node, 99)).setAllowReplicationFactorChange(false),
                REASSIGN_VERSION);
        stage.ask(
                "to where it is, without another replication factor",
                reassign(TOPIC, 0, List.of(node)).setAllowReplicationFactorChange(false),
                REASSIGN_VERSION);
        stage.ask("reassignments of all topics", new ListPartitionReassignmentsRequestData().setTopics(null), 0);
        stage.ask("reassignments of no topic", new ListPartitionReassignmentsRequestData(), 0);
        stage.ask("reassignments of a topic", list(TOPIC, 0, 1), 0);
        stage.ask("reassignments of an unknown topic", list(UNKNOWN, 0), 0);
    }

    private static void directories(Stage stage) {
        String here = stage.quietly(DescribeLogDirsResponseData.class, new DescribeLogDirsRequestData(), 4)
                .results()
                .getFirst()
                .logDir();
        stage.ask("directory where it is", move(here, TOPIC, 0, 1), DIRECTORIES_VERSION);
        stage.ask("directory of an unknown partition", move(here, TOPIC, 7), DIRECTORIES_VERSION);
        stage.ask("directory of an unknown topic", move(here, UNKNOWN, 0), DIRECTORIES_VERSION);
        stage.ask("unknown directory", move("/no/such/directory", TOPIC, 0), DIRECTORIES_VERSION);
        stage.ask("unknown directory, unknown topic", move("/no/such/directory", UNKNOWN, 0), DIRECTORIES_VERSION);
        stage.ask("relative directory", move("data", TOPIC, 0), DIRECTORIES_VERSION);
        stage.ask("no directory", new AlterReplicaLogDirsRequestData(), DIRECTORIES_VERSION);
    }

    private static void quorum(Stage stage) {
        stage.ask("quorum", quorum(METADATA, 0), QUORUM_VERSION);
        stage.ask("quorum of another partition", quorum(METADATA, 1), QUORUM_VERSION);
        stage.ask("quorum of a topic", quorum(TOPIC, 0), QUORUM_VERSION);
        stage.ask("quorum of two partitions", quorum(METADATA, 0, 1), QUORUM_VERSION);
        stage.ask("quorum of nothing", new DescribeQuorumRequestData(), QUORUM_VERSION);
    }

    static ElectLeadersRequestData elect(int type, String topic, Integer... partitions) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType((byte) type);
        request.topicPartitions().add(new TopicPartitions().setTopic(topic).setPartitions(Arrays.asList(partitions)));
        return request;
    }

    static AlterPartitionReassignmentsRequestData reassign(
            String topic, int partition, @Nullable List<Integer> replicas) {
        return new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ReassignablePartition()
                                .setPartitionIndex(partition)
                                .setReplicas(replicas)))));
    }

    private static ListPartitionReassignmentsRequestData list(String topic, Integer... partitions) {
        return new ListPartitionReassignmentsRequestData()
                .setTopics(List.of(new ListPartitionReassignmentsTopics()
                        .setName(topic)
                        .setPartitionIndexes(Arrays.asList(partitions))));
    }

    static AlterReplicaLogDirsRequestData move(String directory, String topic, Integer... partitions) {
        AlterReplicaLogDir moved = new AlterReplicaLogDir().setPath(directory);
        moved.topics().add(new AlterReplicaLogDirTopic().setName(topic).setPartitions(Arrays.asList(partitions)));
        AlterReplicaLogDirsRequestData request = new AlterReplicaLogDirsRequestData();
        request.dirs().add(moved);
        return request;
    }

    static DescribeQuorumRequestData quorum(String topic, Integer... partitions) {
        return new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName(topic)
                        .setPartitions(Arrays.stream(partitions)
                                .map(partition ->
                                        new DescribeQuorumRequestData.PartitionData().setPartitionIndex(partition))
                                .toList())));
    }
}
