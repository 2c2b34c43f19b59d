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
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.HeartbeatRequest;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.port.GroupOffsets.Committer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Static members (KIP-345): they come back under their instance id, and the others do not notice. */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class StaticMemberTest {

    private final GroupsHarness groups = new GroupsHarness();
    private String a = "";
    private String b = "";

    /** A stable group of generation 2: a leads, both are static. */
    @BeforeEach
    void twoStaticMembers() {
        a = joined(groups.join(Join.instance("a"))).memberId();
        groups.sync(a, 1, a, "x");
        CompletableFuture<JoinAnswer> second = groups.join(Join.instance("b"));
        groups.join(Join.instance("a").as(a));
        b = joined(second).memberId();
        groups.sync(b, 2);
        groups.sync(a, 2, a, "for-a", b, "for-b");
    }

    @Test
    void shouldJoinWithoutAnIdFirst() {
        assertThat(a).startsWith("a-");
        assertThat(groups.state()).isEqualTo(GroupState.STABLE);
        assertThat(groups.describe().orElseThrow().members())
                .extracting(member -> member.instanceId().orElse(""))
                .containsExactly("a", "b");
    }

    @Test
    void shouldTakeOverUnderANewIdWithoutARebalance() {
        JoinAnswer.Joined again = joined(groups.join(Join.instance("b")));

        assertThat(again.memberId()).isNotEqualTo(b).startsWith("b-");
        assertThat(again.generation()).isEqualTo(2);
        assertThat(again.leaderId()).isEqualTo(a);
        assertThat(again.skipAssignment()).isFalse();
        assertThat(groups.heartbeat(a, 2)).isCompleted();
        assertThat(text(value(groups.sync(again.memberId(), 2)))).isEqualTo("for-b");
    }

    @Test
    void shouldFenceTheOneThatWasTakenOver() {
        groups.join(Join.instance("b"));

        assertThat(error(groups.heartbeat(new HeartbeatRequest(GROUP, b, Optional.of("b"), 2))))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(error(groups.join(Join.instance("b").as(b)))).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(error(groups.sync(
                        new SyncRequest(GROUP, b, Optional.of("b"), 2, Optional.empty(), Optional.empty(), Map.of()))))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(error(groups.commit(new Committer(GROUP, b, Optional.of("b"), 2), "flights", 1, "")))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(error(groups.heartbeat(b, 2)))
                .as("without its instance id it is merely unknown")
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(value(groups.leave(new LeaveRequest.Member(b, Optional.of("b"), "")))
                        .members()
                        .getFirst()
                        .error())
                .hasValue(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void shouldRefuseAnInstanceIdThatNobodyHasWithUnknownMemberId() {
        assertThat(error(groups.join(Join.instance("c").as(a)))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldLetALeaderThatTookOverSkipTheAssignment() {
        JoinAnswer.Joined again = joined(groups.join(Join.instance("a")));

        assertThat(again.skipAssignment()).isTrue();
        assertThat(again.leaderId()).isEqualTo(again.memberId());
        assertThat(ids(again)).containsExactlyInAnyOrder(again.memberId(), b);
        assertThat(text(value(groups.sync(again.memberId(), 2)))).isEqualTo("for-a");
    }

    @Test
    void shouldShowTheLeaderOfBeforeToClientsThatCannotSkip() {
        JoinAnswer.Joined again = joined(groups.join(Join.instance("a").withoutSkip()));

        assertThat(again.leaderId()).isEqualTo(a);
        assertThat(again.members()).isEmpty();
        assertThat(again.skipAssignment()).isFalse();
    }

    @Test
    void shouldMakeTheTakeOverDurable() {
        String renamed = joined(groups.join(Join.instance("b"))).memberId();
        groups.machine().restart();

        assertThat(groups.heartbeat(renamed, 2)).isCompleted();
        assertThat(error(groups.heartbeat(b, 2))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(text(value(groups.sync(renamed, 2)))).isEqualTo("for-b");
    }

    @Test
    void shouldRebalanceIfTheTakeOverChangesTheProtocol() {
        // Both prefer range; now b knows only sticky, which a has too.
        GroupsHarness two = new GroupsHarness();
        var both = new dev.millrace.control.groups.api.Protocol[] {
            protocol("range", "flights"), protocol("sticky", "flights")
        };
        String leader = joined(two.join(Join.instance("a").protocols(both))).memberId();
        two.sync(leader, 1, leader, "x");
        CompletableFuture<JoinAnswer> second = two.join(Join.instance("b").protocols(both));
        two.join(Join.instance("a").as(leader).protocols(both));
        two.sync(joined(second).memberId(), 2);
        two.sync(leader, 2, leader, "x");

        CompletableFuture<JoinAnswer> changed = two.join(Join.instance("b").protocols(protocol("sticky", "flights")));

        assertThat(changed).isNotDone();
        two.join(Join.instance("a").as(leader).protocols(both));
        assertThat(joined(changed).protocolName()).hasValue("sticky");
    }

    @Test
    void shouldFenceAParkedJoinWhenItIsTakenOver() {
        CompletableFuture<JoinAnswer> parked =
                groups.join(Join.instance("b").as(b).protocols(protocol("range", "airports")));
        CompletableFuture<JoinAnswer> taking = groups.join(Join.instance("b"));

        assertThat(error(parked)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        groups.join(Join.instance("a").as(a));
        assertThat(joined(taking).generation()).isEqualTo(3);
    }

    @Test
    void shouldFenceAParkedSyncAndRebalanceWhenItIsTakenOver() {
        groups.join(Join.instance("a").as(a));
        groups.join(Join.instance("b").as(b));
        CompletableFuture<SyncAnswer> parked = groups.sync(b, 3);

        CompletableFuture<JoinAnswer> taking = groups.join(Join.instance("b"));

        assertThat(error(parked)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        groups.join(Join.instance("a").as(a));
        assertThat(joined(taking).generation()).isEqualTo(4);
    }

    @Test
    void shouldNotRemoveStaticMembersThatDoNotJoinInTime() {
        CompletableFuture<JoinAnswer> leader = groups.join(Join.instance("a").as(a));
        for (int i = 0; i < 12; i++) {
            groups.advanceMs(5_000);
            groups.heartbeat(b, 2);
        }
        assertThat(ids(joined(leader))).containsExactlyInAnyOrder(a, b);
    }

    @Test
    void shouldRemoveStaticMembersWhoseSessionEnds() {
        groups.advanceMs(10_000);
        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void shouldWaitForSessionsToEndIfOnlyAbsentStaticMembersAreLeft() {
        String dynamic = groups.newMemberId();
        CompletableFuture<JoinAnswer> join =
                groups.join(Join.of(dynamic).session(10_000).rebalance(1_000));
        groups.leave(dynamic);
        assertThat(error(join)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);

        groups.advanceMs(60_000);

        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void shouldRemoveByInstanceIdForAnAdministrator() {
        var answer = value(groups.leave(
                new LeaveRequest.Member("", Optional.of("a"), "scale down"),
                new LeaveRequest.Member("", Optional.of("b"), "scale down")));

        assertThat(answer.members()).allMatch(member -> member.error().isEmpty());
        assertThat(answer.members()).extracting(member -> member.memberId()).containsExactly("", "");
        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void shouldKnowItsStaticMembersAfterARestart() {
        groups.machine().restartFromSnapshot();

        JoinAnswer.Joined again = joined(groups.join(Join.instance("b")));
        assertThat(again.generation()).isEqualTo(2);
        assertThat(List.of(a)).containsExactly(again.leaderId());
    }
}
