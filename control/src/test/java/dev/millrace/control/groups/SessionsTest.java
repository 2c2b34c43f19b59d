package dev.millrace.control.groups;

import static dev.millrace.control.groups.GroupsHarness.GROUP;
import static dev.millrace.control.groups.GroupsHarness.error;
import static dev.millrace.control.groups.GroupsHarness.joined;
import static dev.millrace.control.groups.GroupsHarness.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupsHarness.Join;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.HeartbeatRequest;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.groups.api.SyncAnswer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Heartbeat, LeaveGroup, and members that fall silent. */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class SessionsTest {

    private final GroupsHarness groups = new GroupsHarness();

    @Test
    void shouldKeepAMemberThatBeats() {
        String id = groups.stableGroup(1).getFirst();
        for (int i = 0; i < 20; i++) {
            groups.advanceMs(9_999);
            assertThat(groups.heartbeat(id, 1)).isCompleted();
        }
    }

    @Test
    void shouldRemoveAMemberThatFallsSilentRightAfterItsSessionTimeout() {
        groups.stableGroup(1);
        groups.advanceMs(9_999);
        assertThat(groups.state()).isEqualTo(GroupState.STABLE);
        groups.advanceMs(1);
        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void shouldRebalanceWhenAMemberFallsSilent() {
        List<String> ids = groups.stableGroup(2);
        groups.advanceMs(6_000);
        groups.heartbeat(ids.get(1), 2);
        groups.advanceMs(4_000);

        assertThat(error(groups.heartbeat(ids.get(1), 2))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(error(groups.heartbeat(ids.get(0), 2))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        JoinAnswer.Joined survivor = joined(groups.join(Join.of(ids.get(1))));
        assertThat(survivor.leaderId()).isEqualTo(ids.get(1));
        assertThat(survivor.generation()).isEqualTo(3);
    }

    @Test
    void shouldNotExpireMembersThatWaitForTheOthersToJoin() {
        List<String> ids = groups.stableGroup(2);
        CompletableFuture<JoinAnswer> leader = groups.join(Join.of(ids.get(0)));
        for (int i = 0; i < 10; i++) {
            groups.advanceMs(5_000);
            groups.heartbeat(ids.get(1), 2);
        }
        assertThat(leader).isNotDone();
        groups.join(Join.of(ids.get(1)));
        assertThat(joined(leader).members()).hasSize(2);
    }

    @Test
    void shouldNotExpireMembersThatWaitForTheLeadersAssignment() {
        List<String> ids = groups.stableGroup(2);
        groups.join(Join.of(ids.get(0)));
        groups.join(Join.of(ids.get(1)));
        CompletableFuture<SyncAnswer> follower = groups.sync(ids.get(1), 3);
        for (int i = 0; i < 8; i++) {
            groups.advanceMs(5_000);
            groups.heartbeat(ids.get(0), 3);
        }
        groups.sync(ids.get(0), 3, ids.get(1), "b");

        assertThat(follower).isCompleted();
        groups.advanceMs(9_999);
        assertThat(groups.heartbeat(ids.get(1), 3))
                .as("the session began anew with the answer")
                .isCompleted();
    }

    @Test
    void shouldTakeACommitForASignOfLife() {
        String id = groups.stableGroup(1).getFirst();
        for (int i = 0; i < 5; i++) {
            groups.advanceMs(9_000);
            assertThat(groups.commit(id, 1, "flights", i)).isCompleted();
        }
        assertThat(groups.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void shouldRefuseHeartbeatsByName() {
        assertThat(error(groups.heartbeat("nobody", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        String id = groups.stableGroup(1).getFirst();
        assertThat(error(groups.heartbeat("nobody", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(error(groups.heartbeat(id, 0))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(error(groups.heartbeat(new HeartbeatRequest(GROUP, id, Optional.of("i"), 1))))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldTakeHeartbeatsWhileTheGenerationIsNotAssigned() {
        String id = joined(groups.joinDynamic()).memberId();
        assertThat(groups.heartbeat(id, 1)).isCompleted();
    }

    @Test
    void shouldBecomeEmptyWhenTheLastMemberLeaves() {
        String id = groups.stableGroup(1).getFirst();

        assertThat(value(groups.leave(id)).members())
                .allMatch(member -> member.error().isEmpty());

        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
        assertThat(groups.list())
                .singleElement()
                .satisfies(group -> assertThat(group.protocolType()).isEqualTo("consumer"));
        assertThat(joined(groups.joinDynamic()).generation())
                .as("generations go on")
                .isEqualTo(3);
    }

    @Test
    void shouldRebalanceWhenAMemberLeaves() {
        List<String> ids = groups.stableGroup(2);
        groups.leave(ids.get(0));

        assertThat(error(groups.heartbeat(ids.get(1), 2))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(joined(groups.join(Join.of(ids.get(1)))).leaderId()).isEqualTo(ids.get(1));
    }

    @Test
    void shouldEndTheJoinPhaseWhenTheOneThatIsMissingLeaves() {
        List<String> ids = groups.stableGroup(2);
        CompletableFuture<JoinAnswer> leader = groups.join(Join.of(ids.get(0)));
        groups.leave(ids.get(1));
        assertThat(joined(leader).members()).hasSize(1);
    }

    @Test
    void shouldFailParkedAnswersOfAMemberThatLeaves() {
        List<String> ids = groups.stableGroup(2);
        CompletableFuture<JoinAnswer> parkedJoin = groups.join(Join.of(ids.get(0)));
        groups.leave(ids.get(0));
        assertThat(error(parkedJoin)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

        CompletableFuture<JoinAnswer> other = groups.joinDynamic();
        groups.join(Join.of(ids.get(1)));
        CompletableFuture<SyncAnswer> parkedSync = groups.sync(joined(other).memberId(), 3);
        groups.leave(joined(other).memberId());
        assertThat(error(parkedSync)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldLetAGivenOutIdLeave() {
        String id = groups.stableGroup(1).getFirst();
        String pending = groups.newMemberId();
        CompletableFuture<JoinAnswer> leader = groups.join(Join.of(id));
        assertThat(leader).isNotDone();

        assertThat(value(groups.leave(pending)).members().getFirst().error()).isEmpty();

        assertThat(joined(leader).members()).hasSize(1);
    }

    @Test
    void shouldSayOfEachMemberWhetherItLeft() {
        List<String> ids = groups.stableGroup(2);
        var answer = value(groups.leave(
                new LeaveRequest.Member("nobody", Optional.empty(), ""),
                new LeaveRequest.Member(ids.get(1), Optional.empty(), ""),
                new LeaveRequest.Member("", Optional.of("no-such-instance"), ""),
                new LeaveRequest.Member("", Optional.empty(), "")));

        assertThat(answer.members())
                .extracting(member -> member.error().orElse(null))
                .containsExactly(
                        ErrorCode.UNKNOWN_MEMBER_ID, null, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRefuseToLeaveAGroupThatDoesNotExist() {
        assertThat(value(groups.leave("nobody")).members().getFirst().error()).hasValue(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldGiveEveryMemberAFreshSessionAfterARestart() {
        List<String> ids = groups.stableGroup(2);
        groups.advanceMs(9_000);
        groups.machine().restart();
        groups.advanceMs(9_000);

        assertThat(groups.heartbeat(ids.get(0), 2)).isCompleted();
        groups.advanceMs(1_000);
        assertThat(error(groups.heartbeat(ids.get(0), 2))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void shouldKeepNoTimersForAGroupThatIsGone() {
        groups.stableGroup(2);
        groups.advanceMs(10_000);
        groups.advanceMs(60_000);
        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
        assertThat(groups.deleteGroup()).isCompleted();
        assertThat(groups.machine().parkedCount()).isZero();
        assertThat(groups.machine().snapshot()).isEmpty();
    }
}
