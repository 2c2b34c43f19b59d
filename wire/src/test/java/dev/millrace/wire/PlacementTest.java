package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.control.port.LocalControl;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where partitions are and who leads them, as Kafka's own AdminClient asks and changes it: with one node there is little to change. */
class PlacementTest {

    private static final Path DIRECTORY = Path.of(System.getProperty("java.io.tmpdir"));
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final TopicPartition UNKNOWN = new TopicPartition("no-such", 0);

    private final LocalControl control = LocalControl.inMemory();
    private final WireFixture server = WireFixture.start(AdminHandlers.of(
            control.metadata(),
            control.port(),
            control.files(),
            DIRECTORY,
            control.waiting(),
            LoggerLevels.NONE,
            control.clock()));
    private final Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, server.bootstrap()));

    @BeforeEach
    void createTopic() {
        control.createTopic("orders", 2, Map.of());
    }

    @AfterEach
    void close() {
        admin.close();
        server.close();
        control.close();
    }

    @Test
    void shouldNeedNoElection() throws Exception {
        for (ElectionType type : ElectionType.values()) {
            Map<TopicPartition, Optional<Throwable>> elected =
                    get(admin.electLeaders(type, Set.of(PARTITION, UNKNOWN)).partitions());
            assertThat(elected.get(PARTITION)).get().isInstanceOf(ElectionNotNeededException.class);
            assertThat(elected.get(UNKNOWN)).get().isInstanceOf(UnknownTopicOrPartitionException.class);
            assertThat(get(admin.electLeaders(type, null).partitions())).isEmpty();
        }
    }

    @Test
    void shouldReassignToItselfAlone() throws Exception {
        get(reassign(PARTITION, Optional.of(new NewPartitionReassignment(List.of(1)))));
        assertFails(NoReassignmentInProgressException.class, reassign(PARTITION, Optional.empty()));
        for (List<Integer> replicas : List.of(List.of(2), List.of(1, 2), List.of(1, 1))) {
            assertFails(
                    InvalidReplicaAssignmentException.class,
                    reassign(PARTITION, Optional.of(new NewPartitionReassignment(replicas))));
        }
        assertFails(
                UnknownTopicOrPartitionException.class,
                reassign(UNKNOWN, Optional.of(new NewPartitionReassignment(List.of(1)))));
        assertThat(get(admin.listPartitionReassignments().reassignments())).isEmpty();
        assertThat(get(admin.listPartitionReassignments(Set.of(PARTITION)).reassignments()))
                .isEmpty();
    }

    @Test
    void shouldHaveOneDirectory() throws Exception {
        String here = Objects.requireNonNull(
                        get(admin.describeLogDirs(Set.of(1)).allDescriptions()).get(1))
                .keySet()
                .iterator()
                .next();
        get(move(PARTITION, here));
        assertFails(LogDirNotFoundException.class, move(PARTITION, here + "/elsewhere"));
        assertFails(UnknownTopicOrPartitionException.class, move(UNKNOWN, here));
    }

    @Test
    void shouldBeAQuorumOfOne() throws Exception {
        QuorumInfo quorum = get(admin.describeMetadataQuorum().quorumInfo());
        assertThat(quorum.leaderId()).isEqualTo(1);
        assertThat(quorum.observers()).isEmpty();
        assertThat(quorum.nodes()).containsOnlyKeys(1);
        assertThat(quorum.highWatermark()).isPositive();
        QuorumInfo.ReplicaState voter = quorum.voters().getFirst();
        assertThat(voter.replicaId()).isEqualTo(1);
        assertThat(voter.logEndOffset()).isEqualTo(quorum.highWatermark());
        assertThat(voter.lastCaughtUpTimestamp()).isPresent();
    }

    private KafkaFuture<Void> reassign(TopicPartition partition, Optional<NewPartitionReassignment> target) {
        return admin.alterPartitionReassignments(Map.of(partition, target)).all();
    }

    private KafkaFuture<Void> move(TopicPartition partition, String directory) {
        TopicPartitionReplica replica = new TopicPartitionReplica(partition.topic(), partition.partition(), 1);
        return admin.alterReplicaLogDirs(Map.of(replica, directory)).all();
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
