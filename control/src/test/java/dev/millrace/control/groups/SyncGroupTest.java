package dev.millrace.control.groups;

import static dev.millrace.control.groups.GroupsHarness.GROUP;
import static dev.millrace.control.groups.GroupsHarness.error;
import static dev.millrace.control.groups.GroupsHarness.joined;
import static dev.millrace.control.groups.GroupsHarness.protocol;
import static dev.millrace.control.groups.GroupsHarness.text;
import static dev.millrace.control.groups.GroupsHarness.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupsHarness.Join;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.machine.FactLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** SyncGroup: the leader assigns, each member hears what it got. */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class SyncGroupTest {

    private final GroupsHarness groups = new GroupsHarness();

    /** Two members in generation 2, which nobody has synced. */
    private List<String> twoJoined() {
        String first = groups.stableGroup(1).getFirst();
        CompletableFuture<JoinAnswer> second = groups.joinDynamic();
        groups.join(Join.of(first));
        return List.of(first, joined(second).memberId());
    }

    @Test
    void shouldParkFollowersUntilTheLeaderAssigns() {
        List<String> ids = twoJoined();
        CompletableFuture<SyncAnswer> follower = groups.sync(ids.get(1), 2);
        assertThat(follower).isNotDone();

        SyncAnswer leader = value(groups.sync(ids.get(0), 2, ids.get(0), "a", ids.get(1), "b"));

        assertThat(text(leader)).isEqualTo("a");
        assertThat(text(value(follower))).isEqualTo("b");
        assertThat(leader.protocolName()).hasValue("range");
        assertThat(leader.protocolType()).hasValue("consumer");
        assertThat(groups.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void shouldAnswerLateFollowersAtOnce() {
        List<String> ids = twoJoined();
        groups.sync(ids.get(0), 2, ids.get(0), "a", ids.get(1), "b");

        assertThat(text(value(groups.sync(ids.get(1), 2)))).isEqualTo("b");
        assertThat(text(value(groups.sync(ids.get(1), 2)))).as("asked again").isEqualTo("b");
    }

    @Test
    void shouldGiveNothingToMembersThatTheLeaderForgot() {
        List<String> ids = twoJoined();
        groups.sync(ids.get(0), 2, ids.get(0), "a");

        assertThat(text(value(groups.sync(ids.get(1), 2)))).isEmpty();
    }

    @Test
    void shouldRefuseAnUnknownGroupOrMemberWithUnknownMemberId() {
        assertThat(error(groups.sync("nobody", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        groups.stableGroup(1);
        assertThat(error(groups.sync("nobody", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRefuseAnotherGenerationWithIllegalGeneration() {
        String id = groups.stableGroup(1).getFirst();
        assertThat(error(groups.sync(id, 0))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(error(groups.sync(id, 2))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void shouldRefuseAnotherProtocolWithInconsistentGroupProtocol() {
        String id = groups.stableGroup(1).getFirst();
        assertThat(error(groups.sync(request(id, Optional.of("connect"), Optional.empty()))))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(groups.sync(request(id, Optional.of("consumer"), Optional.of("sticky")))))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(groups.sync(request(id, Optional.of("consumer"), Optional.of("range"))))
                .isCompleted();
    }

    private static SyncRequest request(String memberId, Optional<String> type, Optional<String> name) {
        return new SyncRequest(GROUP, memberId, Optional.empty(), 1, type, name, Map.of());
    }

    @Test
    void shouldRefuseToSyncDuringAJoinPhaseWithRebalanceInProgress() {
        String id = groups.stableGroup(1).getFirst();
        groups.joinDynamic();
        assertThat(error(groups.sync(id, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void shouldTellParkedFollowersToJoinAgainWhenAnotherMemberJoins() {
        List<String> ids = twoJoined();
        CompletableFuture<SyncAnswer> follower = groups.sync(ids.get(1), 2);

        groups.joinDynamic();

        assertThat(error(follower)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void shouldRemoveThoseWhoDoNotSyncInTime() {
        List<String> ids = twoJoined();
        groups.sync(ids.get(0), 2, ids.get(0), "a", ids.get(1), "b");
        beatWhile(60_000, ids, 2);

        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        assertThat(error(groups.heartbeat(ids.get(1), 2))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(joined(groups.join(Join.of(ids.get(0)))).members()).hasSize(1);
    }

    @Test
    void shouldRemoveALeaderThatDoesNotSyncInTime() {
        List<String> ids = twoJoined();
        CompletableFuture<SyncAnswer> follower = groups.sync(ids.get(1), 2);
        beatWhile(60_000, ids, 2);

        assertThat(error(follower)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        JoinAnswer.Joined next = joined(groups.join(Join.of(ids.get(1))));
        assertThat(next.leaderId()).isEqualTo(ids.get(1));
        assertThat(next.generation()).isEqualTo(3);
    }

    private void beatWhile(int durationMs, List<String> ids, int generation) {
        for (int i = 0; i < durationMs / 5_000; i++) {
            groups.advanceMs(5_000);
            ids.forEach(id -> groups.heartbeat(id, generation));
        }
    }

    @Test
    void shouldNotCountTheSyncPhaseOfAnEarlierGeneration() {
        List<String> ids = twoJoined();
        groups.advanceMs(5_000);
        groups.join(Join.of(ids.get(0)).protocols(protocol("range", "airports")));
        groups.join(Join.of(ids.get(1)));
        assertThat(groups.describe().orElseThrow().state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
        groups.sync(ids.get(0), 3, ids.get(0), "a", ids.get(1), "b");
        groups.sync(ids.get(1), 3);

        beatWhile(70_000, ids, 3);

        assertThat(groups.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void shouldRefuseAssignmentsThatAreTooLargeToBeRecorded() {
        List<String> ids = twoJoined();
        int factsCount = groups.machine().facts().size();

        assertThat(error(groups.sync(ids.get(0), 2, ids.get(1), "x".repeat(FactLimits.MAX_TURN_BYTES))))
                .isEqualTo(ErrorCode.BATCH_TOO_LARGE);

        assertThat(groups.machine().facts()).hasSize(factsCount);
        assertThat(text(value(groups.sync(ids.get(0), 2, ids.get(0), "a")))).isEqualTo("a");
    }

    @Test
    void shouldAnswerOnlyTheLastOfTwoSyncsOfOneMember() {
        List<String> ids = twoJoined();
        CompletableFuture<SyncAnswer> first = groups.sync(ids.get(1), 2);
        CompletableFuture<SyncAnswer> second = groups.sync(ids.get(1), 2);
        groups.sync(ids.get(0), 2, ids.get(1), "b");

        assertThat(error(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(text(value(second))).isEqualTo("b");
    }
}
