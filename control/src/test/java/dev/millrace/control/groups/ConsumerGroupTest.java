package dev.millrace.control.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.ConsumerGroupDescription;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.OffsetReader;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.GroupOffsets.Committer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Groups of the consumer protocol, one heartbeat at a time. */
final class ConsumerGroupTest {

    private final GroupsHarness groups = new GroupsHarness();

    ConsumerGroupTest() {
        groups.cluster().topic("flights", 4);
        changed();
    }

    @Test
    void shouldGiveTheOnlyMemberEverything() {
        ConsumerClient one = client("one");

        assertThat(one.beat()).isEmpty();

        assertThat(one.epoch).isEqualTo(1);
        assertThat(one.assignment).hasSize(4);
        assertThat(state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void shouldGiveAPartitionOnlyWhenTheOtherHasLetGo() {
        ConsumerClient one = client("one");
        one.beat();
        one.reconcile();
        ConsumerClient two = client("two");
        two.beat();
        assertThat(two.epoch).isEqualTo(2);
        assertThat(two.assignment).isEmpty();
        assertThat(state()).isEqualTo(GroupState.RECONCILING);

        one.beat();
        assertThat(one.epoch).as("it must let go first").isEqualTo(1);
        assertThat(one.assignment).hasSize(2);
        two.beat();
        assertThat(two.assignment).isEmpty();

        one.reconcile();
        one.beat();
        assertThat(one.epoch).isEqualTo(2);
        two.beat();
        two.reconcile();
        assertThat(two.owned).hasSize(2).doesNotContainAnyElementsOf(one.owned);
        assertThat(state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void shouldFreeWhatALeavingMemberHad() {
        ConsumerClient one = client("one");
        ConsumerClient two = client("two");
        settle(one, two);

        assertThat(GroupsHarness.value(one.send(-1)).memberEpoch()).isEqualTo(-1);
        assertThat(two.beat()).isEmpty();

        assertThat(two.assignment).hasSize(4);
        assertThat(GroupsHarness.error(one.send(2))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRemoveWhoIsSilentAndWhoDoesNotLetGo() {
        ConsumerClient one = client("one");
        one.rebalanceTimeoutMs = 20_000;
        one.beat();
        one.reconcile();
        ConsumerClient two = client("two");
        two.beat();
        for (int second = 0; second < 21; second++) {
            groups.advanceMs(1_000);
            two.beat();
            if (second < 19) {
                assertThat(one.beat()).isEmpty();
            }
        }
        two.beat();
        assertThat(two.assignment).as("one did not let go").hasSize(4);
        groups.advanceMs(45_001);
        assertThat(state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void shouldFenceOtherEpochsButNotWhoMissedAnAnswer() {
        ConsumerClient one = client("one");
        one.beat();
        one.reconcile();
        ConsumerClient two = client("two");
        two.beat();
        assertThat(GroupsHarness.error(one.send(7))).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        one.beat();
        one.reconcile();
        assertThat(GroupsHarness.value(one.send(1)).memberEpoch()).isEqualTo(2);
        assertThat(GroupsHarness.value(one.send(1)).memberEpoch())
                .as("the answer before was lost")
                .isEqualTo(2);
        assertThat(GroupsHarness.error(one.send(5))).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(GroupsHarness.value(one.send(0)).memberEpoch())
                .as("it joins again under its id")
                .isEqualTo(2);
    }

    @Test
    void shouldKeepAStaticMembersPlace() {
        ConsumerClient one = new ConsumerClient(groups, "one", Optional.of("a"), "flights");
        ConsumerClient two = new ConsumerClient(groups, "two", Optional.of("b"), "flights");
        settle(one, two);
        ConsumerClient early = new ConsumerClient(groups, "early", Optional.of("a"), "flights");
        assertThat(early.beat()).contains(ErrorCode.UNRELEASED_INSTANCE_ID);

        assertThat(GroupsHarness.value(one.send(-2)).memberEpoch()).isEqualTo(-2);
        two.beat();
        assertThat(two.assignment).hasSize(2);
        ConsumerClient again = new ConsumerClient(groups, "again", Optional.of("a"), "flights");
        assertThat(again.beat()).isEmpty();

        assertThat(again.epoch).isEqualTo(2);
        assertThat(again.assignment).isEqualTo(one.owned);
        assertThat(GroupsHarness.error(one.send(2))).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void shouldFollowTopicsAndExpressions() {
        ConsumerClient one = client("one");
        one.topics = Optional.of(List.of());
        one.regex = Optional.of("fl.*");
        settle(one);
        assertThat(one.owned).hasSize(4);

        groups.cluster().topic("flags", 3);
        groups.cluster().topic("boats", 3);
        changed();
        settle(one);
        assertThat(one.owned).hasSize(7);
        groups.cluster().delete("flights");
        groups.cluster().topic("flags", 5);
        changed();
        settle(one);
        assertThat(one.owned).hasSize(5);
        one.regex = Optional.of("");
        one.subscribe("boats");
        settle(one);
        assertThat(one.owned).hasSize(3);
    }

    @Test
    void shouldUseTheAssignorThatMembersPrefer() {
        ConsumerClient one = client("one");
        ConsumerClient two = client("two");
        one.assignor = Optional.of("range");
        settle(one, two);
        assertThat(one.numbers()).containsExactly(0, 1);
        assertThat(two.numbers()).containsExactly(2, 3);
        assertThat(describe().assignor()).isEqualTo("range");
    }

    @Test
    void shouldAdmitOffsetsByEpoch() {
        ConsumerClient one = client("one");
        settle(one);
        assertThat(groups.commit("one", 1, "flights", 5)).isCompleted();
        assertThat(GroupsHarness.error(groups.commit("one", 2, "flights", 5))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(GroupsHarness.error(groups.commit("other", 1, "flights", 5))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(GroupsHarness.error(groups.commitSimple("flights", 5))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(GroupsHarness.error(read("one", 7))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(read("one", 1)).isCompleted();
        assertThat(GroupsHarness.error(groups.deleteGroup())).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        var _ = one.send(-1);
        assertThat(groups.commit(new Committer("g", "", Optional.empty(), -1), "flights", 6, ""))
                .isCompleted();
        assertThat(groups.deleteGroup()).isCompleted();
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldBeTheSameAfterARestart() {
        ConsumerClient one = client("one");
        ConsumerClient two = client("two");
        settle(one, two);
        ConsumerGroupDescription before = describe();
        groups.machine().restart();
        assertThat(describe()).isEqualTo(before);
        groups.machine().restartFromSnapshot();
        assertThat(describe()).isEqualTo(before);
        assertThat(one.beat()).isEmpty();
        assertThat(one.epoch).isEqualTo(before.groupEpoch());
    }

    @Test
    void shouldAskForHeartbeatsSoonOnTheWayAndLaterAtRest() {
        ConsumerClient one = client("one");
        one.beat();
        one.reconcile();
        int atRestMs = one.intervalMs;
        client("two").beat();
        one.beat();
        assertThat(one.intervalMs).isLessThan(atRestMs);
    }

    // ---- what the tests are made of

    private ConsumerClient client(String memberId) {
        return new ConsumerClient(groups, memberId, "flights");
    }

    /** Until everybody has what it is to have. */
    private void settle(ConsumerClient... all) {
        for (int round = 0; round < 5; round++) {
            for (ConsumerClient each : all) {
                assertThat(each.beat()).isEmpty();
                each.reconcile();
            }
        }
        Set<Object> owned = new HashSet<>();
        for (ConsumerClient each : all) {
            each.owned.forEach(partition -> assertThat(owned.add(partition)).isTrue());
        }
        assertThat(state()).isEqualTo(GroupState.STABLE);
    }

    private void changed() {
        groups.machine().submit(new GroupCommand.ClusterChanged());
    }

    private CompletableFuture<?> read(String memberId, int epoch) {
        return groups.machine()
                .<Map<GroupOffsets.Key, CommitRequest.Commit>>ask(
                        reply -> new GroupCommand.FetchAll(new OffsetReader("g", Optional.of(memberId), epoch), reply));
    }

    private ConsumerGroupDescription describe() {
        return GroupsHarness.value(groups.machine()
                        .<Optional<ConsumerGroupDescription>>ask(
                                reply -> new GroupCommand.DescribeConsumerGroup("g", reply)))
                .orElseThrow();
    }

    private GroupState state() {
        return describe().state();
    }
}
