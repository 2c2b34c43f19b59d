package dev.millrace.control.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupsHarness.Join;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.machine.MachineInstance;
import dev.millrace.control.machine.MachineSet;
import dev.millrace.control.port.GroupOffsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the coordinator refuses before it asks a machine. */
final class RequestLimitsTest {

    /** Machines that are never opened: whoever asks for them fails the test. */
    private enum Closed implements MachineSet<GroupCommand> {
        INSTANCE;

        @Override
        public CompletableFuture<List<MachineInstance<GroupCommand>>> open() {
            throw new AssertionError("a machine was asked");
        }

        @Override
        public Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>> ifCreated() {
            return Optional.empty();
        }
    }

    private final GroupCoordinator coordinator =
            new GroupCoordinator(GroupSettings.DEFAULT, Closed.INSTANCE, () -> new FixedCluster());

    @Test
    void shouldRefuseSessionTimeoutsOutsideTheLimits() {
        for (int timeoutMs : new int[] {-1, 0, 5_999, 1_800_001, Integer.MAX_VALUE}) {
            assertThat(GroupsHarness.error(
                            coordinator.join(Join.dynamic().session(timeoutMs).request())))
                    .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        }
    }

    @Test
    void shouldRefuseMembersThatSayTooMuch() {
        Join join = Join.dynamic().protocols(new Protocol("range", new byte[RequestLimits.MAX_MEMBER_BYTES]));
        assertThat(GroupsHarness.error(coordinator.join(join.request()))).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
    }

    @Test
    void shouldRefuseCommitsThatDoNotFitIntoOneTurn() {
        Map<GroupOffsets.Key, CommitRequest.Commit> commits = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            commits.put(
                    new GroupOffsets.Key("flights", i),
                    new CommitRequest.Commit(
                            TopicId.ZERO, new GroupOffsets.Position(i, OptionalInt.empty(), "x".repeat(4_096))));
        }
        var committer = new GroupOffsets.Committer("g", "", Optional.empty(), -1);
        assertThat(GroupsHarness.error(coordinator.commit(new CommitRequest(committer, commits, OptionalLong.empty()))))
                .isEqualTo(ErrorCode.BATCH_TOO_LARGE);
    }

    @Test
    void shouldRefuseGroupIdsThatAreEmptyOrEndless() {
        assertThat(GroupsHarness.error(coordinator.deleteOffsets("", List.of())))
                .isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(GroupsHarness.error(coordinator.delete("x".repeat(1_025)))).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void shouldAnswerWithoutGroupsAsLongAsThereIsNoOffsetsTopic() {
        assertThat(GroupsHarness.value(coordinator.list())).isEmpty();
        assertThat(GroupsHarness.value(coordinator.describe("g"))).isEmpty();
        assertThat(GroupsHarness.value(coordinator.fetchAll("g"))).isEmpty();
    }

    @Test
    void shouldPlaceGroupsAsKafkaDoes() {
        assertThat(GroupCoordinator.partitionOf("my-group", 50)).isEqualTo(12);
        // The one hash whose absolute value is negative.
        assertThat("polygenelubricants".hashCode()).isEqualTo(Integer.MIN_VALUE);
        assertThat(GroupCoordinator.partitionOf("polygenelubricants", 50)).isZero();
    }
}
