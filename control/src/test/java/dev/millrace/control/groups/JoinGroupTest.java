package dev.millrace.control.groups;

import static dev.millrace.control.groups.GroupsHarness.GROUP;
import static dev.millrace.control.groups.GroupsHarness.error;
import static dev.millrace.control.groups.GroupsHarness.ids;
import static dev.millrace.control.groups.GroupsHarness.joined;
import static dev.millrace.control.groups.GroupsHarness.protocol;
import static dev.millrace.control.groups.GroupsHarness.text;
import static dev.millrace.control.groups.GroupsHarness.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupsHarness.Join;
import dev.millrace.control.groups.api.ConsumerSettings;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** JoinGroup by dynamic members: who gets in, into which generation, and what the others notice. */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class JoinGroupTest {

    private final GroupsHarness groups = new GroupsHarness();

    @Test
    void shouldGiveOutAMemberIdFirst() {
        JoinAnswer answer = value(groups.join(Join.dynamic()));

        assertThat(answer).isInstanceOf(JoinAnswer.MemberIdRequired.class);
        assertThat(answer.memberId()).startsWith("client-");
        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void shouldLetOldClientsInWithoutGivingOutAnIdFirst() {
        JoinAnswer.Joined joined = joined(groups.join(Join.dynamic().withoutIdFirst()));

        assertThat(joined.memberId()).startsWith("client-");
        assertThat(joined.generation()).isEqualTo(1);
    }

    @Test
    void shouldMakeTheFirstMemberTheLeaderOfGenerationOne() {
        JoinAnswer.Joined joined = joined(groups.joinDynamic());

        assertThat(joined.generation()).isEqualTo(1);
        assertThat(joined.leaderId()).isEqualTo(joined.memberId());
        assertThat(joined.protocolName()).hasValue("range");
        assertThat(joined.protocolType()).hasValue("consumer");
        assertThat(ids(joined)).containsExactly(joined.memberId());
        assertThat(groups.state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
    }

    @Test
    void shouldWaitForAllMembersWhenOneJoins() {
        String first = groups.stableGroup(1).getFirst();

        CompletableFuture<JoinAnswer> second = groups.joinDynamic();
        assertThat(second).isNotDone();
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        assertThat(error(groups.heartbeat(first, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);

        JoinAnswer.Joined again = joined(groups.join(Join.of(first)));
        assertThat(again.generation()).isEqualTo(2);
        assertThat(ids(again)).containsExactly(first, joined(second).memberId());
        assertThat(joined(second).leaderId()).isEqualTo(first);
        assertThat(joined(second).members()).isEmpty();
    }

    @Test
    void shouldWaitForGivenOutIdsBeforeItEndsTheJoinPhase() {
        String first = groups.stableGroup(1).getFirst();
        String pending = groups.newMemberId();

        CompletableFuture<JoinAnswer> leaderAgain = groups.join(Join.of(first));
        assertThat(leaderAgain).isNotDone();
        groups.join(Join.of(pending));

        assertThat(joined(leaderAgain).members()).hasSize(2);
    }

    @Test
    void shouldForgetAnIdThatNobodyComesBackWith() {
        String first = groups.stableGroup(1).getFirst();
        String pending = groups.newMemberId();
        CompletableFuture<JoinAnswer> leaderAgain = groups.join(Join.of(first));

        groups.advanceMs(10_000);

        assertThat(joined(leaderAgain).members()).hasSize(1);
        assertThat(error(groups.join(Join.of(pending)))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRefuseAnUnknownMemberIdWithUnknownMemberId() {
        assertThat(error(groups.join(Join.of("nobody")))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.state()).isEqualTo(GroupState.DEAD);
        groups.stableGroup(1);
        assertThat(error(groups.join(Join.of("nobody")))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRefuseAnotherProtocolTypeWithInconsistentGroupProtocol() {
        groups.stableGroup(1);
        assertThat(error(groups.join(Join.dynamic().type("connect")))).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void shouldRefuseAMemberThatSharesNoProtocolWithInconsistentGroupProtocol() {
        groups.stableGroup(1);
        assertThat(error(groups.join(Join.dynamic().protocols(protocol("sticky", "flights")))))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void shouldRefuseAnEmptyTypeOrNoProtocolsInAnEmptyGroup() {
        assertThat(error(groups.join(Join.dynamic().type("")))).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(groups.join(Join.dynamic().protocols()))).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void shouldChooseTheProtocolThatMostMembersPrefer() {
        Protocol range = protocol("range", "flights");
        Protocol sticky = protocol("sticky", "flights");
        Protocol own = protocol("own", "flights");
        String first = joined(groups.join(Join.of(groups.newMemberId()).protocols(own, range, sticky)))
                .memberId();
        groups.join(Join.of(newId(range, sticky)).protocols(sticky, range));
        groups.join(Join.of(newId(range, sticky)).protocols(sticky, range));

        assertThat(joined(groups.join(Join.of(first).protocols(range, sticky))).protocolName())
                .hasValue("sticky");
    }

    private String newId(Protocol... protocols) {
        return value(groups.join(Join.dynamic().protocols(protocols))).memberId();
    }

    @Test
    void shouldAnswerAFollowerOfAStableGroupThatRepeatsItselfAtOnce() {
        List<String> ids = groups.stableGroup(2);

        JoinAnswer.Joined again = joined(groups.join(Join.of(ids.get(1))));

        assertThat(again.generation()).isEqualTo(2);
        assertThat(again.members()).isEmpty();
        assertThat(groups.state()).isEqualTo(GroupState.STABLE);
        assertThat(text(value(groups.sync(ids.get(1), 2)))).isEqualTo(ids.get(1));
    }

    @Test
    void shouldRebalanceWhenAFollowerBringsNewMetadata() {
        List<String> ids = groups.stableGroup(2);

        assertThat(groups.join(Join.of(ids.get(1)).protocols(protocol("range", "airports"))))
                .isNotDone();
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }

    @Test
    void shouldRebalanceWhenTheLeaderOfAStableGroupJoinsAgain() {
        List<String> ids = groups.stableGroup(2);

        assertThat(groups.join(Join.of(ids.getFirst()))).isNotDone();
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }

    @Test
    void shouldRepeatTheAnswerWhileTheGenerationIsNotAssigned() {
        String leader = joined(groups.joinDynamic()).memberId();

        JoinAnswer.Joined again = joined(groups.join(Join.of(leader)));

        assertThat(again.generation()).isEqualTo(1);
        assertThat(ids(again)).containsExactly(leader);
        assertThat(groups.state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
    }

    @Test
    void shouldRebalanceWhenMetadataChangeBeforeTheGenerationIsAssigned() {
        String leader = joined(groups.joinDynamic()).memberId();

        JoinAnswer.Joined again = joined(groups.join(Join.of(leader).protocols(protocol("range", "airports"))));

        assertThat(again.generation()).isEqualTo(2);
    }

    @Test
    void shouldGoOnWithoutThoseWhoDoNotJoinInTime() {
        List<String> ids = groups.stableGroup(3);
        CompletableFuture<JoinAnswer> leader = groups.join(Join.of(ids.get(0)));
        CompletableFuture<JoinAnswer> second = groups.join(Join.of(ids.get(1)));

        for (int i = 0; i < 10; i++) {
            groups.advanceMs(6_000);
            groups.heartbeat(ids.get(2), 2);
        }

        assertThat(joined(leader).members()).hasSize(2);
        assertThat(joined(second).generation()).isEqualTo(3);
        assertThat(error(groups.heartbeat(ids.get(2), 2))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldElectAnotherLeaderWhenTheLeaderDoesNotJoinInTime() {
        List<String> ids = groups.stableGroup(2);
        CompletableFuture<JoinAnswer> follower =
                groups.join(Join.of(ids.get(1)).protocols(protocol("range", "airports")));

        groups.advanceMs(60_000);

        assertThat(joined(follower).leaderId()).isEqualTo(ids.get(1));
        assertThat(joined(follower).members()).hasSize(1);
    }

    @Test
    void shouldAnswerOnlyTheLastOfTwoJoinsOfOneMember() {
        List<String> ids = groups.stableGroup(2);
        CompletableFuture<JoinAnswer> first = groups.join(Join.of(ids.getFirst()));
        CompletableFuture<JoinAnswer> second = groups.join(Join.of(ids.getFirst()));
        groups.join(Join.of(ids.get(1)));

        assertThat(error(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(joined(second).generation()).isEqualTo(3);
    }

    @Test
    void shouldRefuseMoreMembersThanTheGroupMayHaveWithGroupMaxSizeReached() {
        GroupsHarness small = new GroupsHarness(limits(2, 0));
        small.stableGroup(2);

        assertThat(error(small.join(Join.dynamic()))).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(small.describe().orElseThrow().members()).hasSize(2);
    }

    @Test
    void shouldShedTheLastToJoinWhenTheLimitWasLowered() {
        GroupsHarness large = new GroupsHarness(limits(3, 0));
        List<String> ids = large.stableGroup(3);
        GroupsHarness small = new GroupsHarness(limits(2, 0));
        large.machine().facts().forEach(small.machine().machine()::replay);
        small.machine().restartFromSnapshot();

        assertThat(small.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        CompletableFuture<JoinAnswer> first = small.join(Join.of(ids.get(0)));
        small.join(Join.of(ids.get(1)));
        assertThat(error(small.join(Join.of(ids.get(2))))).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        small.advanceMs(60_000);
        assertThat(joined(first).members()).hasSize(2);
    }

    @Test
    void shouldBoundTheIdsThatAreGivenOutAndNotUsed() {
        for (int i = 0; i < 10_000; i++) {
            groups.newMemberId();
        }
        assertThat(error(groups.join(Join.dynamic()))).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        groups.advanceMs(10_000);
        assertThat(groups.joinDynamic()).isCompleted();
    }

    @Test
    void shouldGiveFurtherMembersTimeToArriveInAnEmptyGroup() {
        GroupsHarness slow = new GroupsHarness(limits(Integer.MAX_VALUE, 3_000));
        CompletableFuture<JoinAnswer> first = slow.joinDynamic();
        slow.advanceMs(2_000);
        CompletableFuture<JoinAnswer> second = slow.joinDynamic();
        slow.advanceMs(1_000);
        assertThat(first).as("the second member has made it wait once more").isNotDone();
        slow.advanceMs(3_000);

        assertThat(joined(first).members()).hasSize(2);
        assertThat(joined(second).generation()).isEqualTo(1);
    }

    @Test
    void shouldNotWaitForMoreMembersLongerThanTheRebalanceTimeout() {
        GroupsHarness slow = new GroupsHarness(limits(Integer.MAX_VALUE, 3_000));
        CompletableFuture<JoinAnswer> first =
                slow.join(Join.of(slow.newMemberId()).rebalance(7_000));
        for (int i = 0; i < 7; i++) {
            slow.join(Join.of(slow.newMemberId()).rebalance(7_000));
            slow.advanceMs(1_000);
        }
        assertThat(joined(first).members()).hasSizeGreaterThan(5);
    }

    @Test
    void shouldRemoveANewMemberWhoseFirstJoinWaitsForTooLong() {
        String stable = groups.stableGroup(1).getFirst();
        CompletableFuture<JoinAnswer> late =
                groups.join(Join.of(groups.newMemberId()).rebalance(1_000_000));
        for (int i = 0; i < 60; i++) {
            groups.advanceMs(5_000);
            groups.heartbeat(stable, 1);
        }
        assertThat(error(late)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldShowMembersOfAStableGroupWithMetadataAndAssignment() {
        List<String> ids = groups.stableGroup(2);
        var description = groups.describe().orElseThrow();

        assertThat(description.groupId()).isEqualTo(GROUP);
        assertThat(description.protocolName()).isEqualTo("range");
        assertThat(description.members()).extracting(m -> m.memberId()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(description.members()).allSatisfy(member -> {
            assertThat(member.clientId()).isEqualTo("client");
            assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
            assertThat(member.metadata()).isEqualTo(protocol("range", "flights").metadata());
            assertThat(new String(member.assignment(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(member.memberId());
            assertThat(member.instanceId()).isEqualTo(Optional.empty());
        });
    }

    private static GroupSettings limits(int maxSize, int initialDelayMs) {
        GroupSettings base = GroupSettings.DEFAULT;
        return new GroupSettings(
                base.minSessionTimeoutMs(),
                base.maxSessionTimeoutMs(),
                maxSize,
                initialDelayMs,
                base.offsetsRetentionMs(),
                base.offsetsRetentionCheckIntervalMs(),
                base.offsetMetadataMaxChars(),
                ConsumerSettings.DEFAULT);
    }
}
