package dev.millrace.control.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupsHarness.Join;
import dev.millrace.control.groups.api.ConsumerGroupDescription;
import dev.millrace.control.groups.api.ConsumerHeartbeatAnswer;
import dev.millrace.control.groups.api.ConsumerSettings;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.GroupType;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.groups.api.MigrationPolicy;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Groups that change their protocol while they have members, and members of the classic protocol in a consumer group. */
final class MigrationTest {

    private final GroupsHarness groups = harness(GroupSettings.DEFAULT);

    @Test
    void shouldUpgradeAndLetAClassicMemberFollow() {
        String classic = classicGroup(groups);
        ConsumerClient two = new ConsumerClient(groups, "two", "flights");

        assertThat(join(two)).isEmpty();

        assertThat(type(groups)).isEqualTo(GroupType.CONSUMER);
        assertThat(two.epoch).isEqualTo(2);
        assertThat(describe(groups).members())
                .extracting(ConsumerGroupDescription.Member::classic)
                .containsExactly(true, false);
        assertThat(two.assignment).as("the classic member has everything still").isEmpty();
        assertThat(GroupsHarness.error(groups.heartbeat(classic, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);

        JoinAnswer.Joined joined = join(groups, classic);
        assertThat(joined.generation()).isEqualTo(2);
        assertThat(joined.members()).isEmpty();
        assertThat(partitions(groups.sync(classic, 2).join().assignment())).hasSize(2);
        assertThat(groups.heartbeat(classic, 2)).isCompleted();
        two.beat();
        two.reconcile();
        assertThat(two.owned).hasSize(2);
        assertThat(describe(groups).state()).isEqualTo(GroupState.STABLE);
        assertThat(groups.commit(classic, 2, "flights", 7)).isCompleted();
        assertThat(GroupsHarness.error(groups.commit(classic, 9, "flights", 7)))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void shouldGoBackWhenTheLastMemberOfTheConsumerProtocolLeaves() {
        String classic = classicGroup(groups);
        ConsumerClient two = new ConsumerClient(groups, "two", "flights");
        join(two);
        join(groups, classic);
        var _ = two.send(-1);
        groups.advanceMs(1);

        assertThat(type(groups)).isEqualTo(GroupType.CLASSIC);
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        groups.machine().restart();
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        JoinAnswer.Joined joined =
                GroupsHarness.joined(groups.join(Join.of(classic).protocols(protocol())));
        assertThat(GroupsHarness.ids(joined)).containsExactly(classic);
        assertThat(groups.sync(classic, joined.generation(), classic, "all")).isCompleted();
        assertThat(groups.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void shouldLetClassicMembersJoinAndLeaveAConsumerGroup() {
        ConsumerClient one = new ConsumerClient(groups, "one", "flights");
        one.beat();
        one.reconcile();
        String classic = GroupsHarness.value(groups.join(Join.dynamic().protocols(protocol())))
                .memberId();
        assertThat(join(groups, classic).generation()).isEqualTo(2);
        assertThat(partitions(groups.sync(classic, 2).join().assignment())).isEmpty();
        one.beat();
        one.reconcile();
        one.beat();
        assertThat(GroupsHarness.error(groups.heartbeat(classic, 2)))
                .as("what it waits for is free")
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        join(groups, classic);
        assertThat(partitions(groups.sync(classic, 2).join().assignment())).hasSize(2);

        assertThat(GroupsHarness.value(groups.leave(new LeaveRequest.Member(classic, Optional.empty(), "")))
                        .members()
                        .getFirst()
                        .error())
                .isEmpty();
        one.beat();
        assertThat(one.assignment).hasSize(4);
    }

    @Test
    void shouldRemoveAClassicMemberThatDoesNotJoinAgain() {
        String classic = classicGroup(groups);
        ConsumerClient two = new ConsumerClient(groups, "two", "flights");
        join(two);
        for (int second = 0; second < 61; second++) {
            var _ = groups.heartbeat(classic, 1);
            two.beat();
            groups.advanceMs(1_000);
        }
        two.beat();
        assertThat(two.assignment).hasSize(4);
    }

    @Test
    void shouldKeepAClassicMemberThatLetsGoAfterARestart() {
        String classic = classicGroup(groups);
        ConsumerClient two = new ConsumerClient(groups, "two", "flights");
        join(two);
        GroupsHarness.joined(groups.join(Join.of(classic).protocols(protocol(0, 1, 2, 3))));
        groups.machine().restart();
        int generation = GroupsHarness.joined(groups.join(Join.of(classic).protocols(protocol(0, 1))))
                .generation();
        var _ = groups.sync(classic, generation);
        for (int second = 0; second < 61; second++) {
            assertThat(groups.heartbeat(classic, generation)).isCompleted();
            two.beat();
            groups.advanceMs(1_000);
        }
        assertThat(describe(groups).members()).hasSize(2);
    }

    @Test
    void shouldStayWhatItIsIfThePolicySaysSo() {
        GroupSettings base = GroupSettings.DEFAULT;
        ConsumerSettings consumer = base.consumer();
        GroupsHarness strict = harness(new GroupSettings(
                base.minSessionTimeoutMs(),
                base.maxSessionTimeoutMs(),
                base.maxSize(),
                base.initialRebalanceDelayMs(),
                base.offsetsRetentionMs(),
                base.offsetsRetentionCheckIntervalMs(),
                base.offsetMetadataMaxChars(),
                new ConsumerSettings(
                        consumer.sessionTimeoutMs(),
                        consumer.heartbeatIntervalMs(),
                        consumer.assignmentIntervalMs(),
                        consumer.maxSize(),
                        consumer.assignors(),
                        MigrationPolicy.DISABLED,
                        consumer.regexRefreshIntervalMs())));
        classicGroup(strict);
        assertThat(GroupsHarness.error(new ConsumerClient(strict, "two", "flights").send(0)))
                .isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(type(strict)).isEqualTo(GroupType.CLASSIC);
    }

    @Test
    void shouldReplaceAnEmptyGroupOfTheOtherProtocolAndKeepItsOffsets() {
        assertThat(groups.commitSimple("flights", 5)).isCompleted();
        ConsumerClient one = new ConsumerClient(groups, "one", "flights");
        assertThat(one.beat()).isEmpty();
        assertThat(type(groups)).isEqualTo(GroupType.CONSUMER);
        var _ = one.send(-1);
        String classic = classicGroup(groups);
        assertThat(type(groups)).isEqualTo(GroupType.CLASSIC);
        assertThat(classic).isNotEmpty();
        assertThat(groups.committed("flights").orElseThrow().offset()).isEqualTo(5);
    }

    // ---- what the tests are made of

    private static GroupsHarness harness(GroupSettings settings) {
        GroupsHarness groups = new GroupsHarness(settings);
        groups.cluster().topic("flights", 4);
        groups.machine().submit(new GroupCommand.ClusterChanged());
        return groups;
    }

    /** A stable classic group of one, that has all of flights. */
    private static String classicGroup(GroupsHarness groups) {
        String memberId = GroupsHarness.value(groups.join(Join.dynamic().protocols(protocol())))
                .memberId();
        JoinAnswer.Joined joined =
                GroupsHarness.joined(groups.join(Join.of(memberId).protocols(protocol())));
        groups.machine()
                .<SyncAnswer>ask(reply -> new GroupCommand.Sync(
                        new SyncRequest(
                                GroupsHarness.GROUP,
                                memberId,
                                Optional.empty(),
                                joined.generation(),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of(memberId, assignment(0, 1, 2, 3))),
                        reply))
                .join();
        return memberId;
    }

    private Optional<ErrorCode> join(ConsumerClient client) {
        CompletableFuture<ConsumerHeartbeatAnswer> answer = client.send(0);
        groups.advanceMs(1);
        assertThat(answer).isCompleted();
        client.epoch = 0;
        return client.beat();
    }

    private static JoinAnswer.Joined join(GroupsHarness groups, String memberId) {
        return GroupsHarness.joined(groups.join(Join.of(memberId).protocols(protocol())));
    }

    private static GroupType type(GroupsHarness groups) {
        return groups.list().getFirst().type();
    }

    private static ConsumerGroupDescription describe(GroupsHarness groups) {
        return GroupsHarness.value(groups.machine()
                        .<Optional<ConsumerGroupDescription>>ask(
                                reply -> new GroupCommand.DescribeConsumerGroup(GroupsHarness.GROUP, reply)))
                .orElseThrow();
    }

    /** A consumer's subscription to flights, version 1; an eager one owns nothing when it joins. */
    private static Protocol protocol(int... owned) {
        byte[] name = "flights".getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(100);
        bytes.putShort((short) 1)
                .putInt(1)
                .putShort((short) name.length)
                .put(name)
                .putInt(-1)
                .putInt(owned.length == 0 ? 0 : 1);
        if (owned.length > 0) {
            bytes.putShort((short) name.length).put(name).putInt(owned.length);
            for (int partition : owned) {
                bytes.putInt(partition);
            }
        }
        return new Protocol("range", Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private static byte[] assignment(int... partitions) {
        byte[] name = "flights".getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(100);
        bytes.putShort((short) 1)
                .putInt(1)
                .putShort((short) name.length)
                .put(name)
                .putInt(partitions.length);
        for (int partition : partitions) {
            bytes.putInt(partition);
        }
        return Arrays.copyOf(bytes.putInt(-1).array(), bytes.position());
    }

    private static List<Integer> partitions(byte[] assignment) {
        ByteBuffer bytes = ByteBuffer.wrap(assignment);
        List<Integer> partitions = new ArrayList<>();
        bytes.getShort();
        for (int topics = bytes.getInt(); topics > 0; topics--) {
            bytes.position(bytes.position() + Short.BYTES + bytes.getShort(bytes.position()));
            for (int left = bytes.getInt(); left > 0; left--) {
                partitions.add(bytes.getInt());
            }
        }
        return partitions;
    }
}
