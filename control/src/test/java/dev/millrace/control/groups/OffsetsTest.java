package dev.millrace.control.groups;

import static dev.millrace.control.groups.GroupsHarness.GROUP;
import static dev.millrace.control.groups.GroupsHarness.error;
import static dev.millrace.control.groups.GroupsHarness.joined;
import static dev.millrace.control.groups.GroupsHarness.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupsHarness.Join;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.GroupOffsets.Committer;
import dev.millrace.control.port.GroupOffsets.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Commits in every state of a group, deletion, and expiry (KIP-211). */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class OffsetsTest {

    private static final long RETENTION_MS = GroupSettings.DEFAULT.offsetsRetentionMs();
    private static final long CHECK_MS = GroupSettings.DEFAULT.offsetsRetentionCheckIntervalMs();
    private static final Committer NOBODY = new Committer(GROUP, "", Optional.empty(), -1);

    private final GroupsHarness groups = new GroupsHarness();

    @Test
    void shouldKeepWhatAMemberCommits() {
        String id = groups.stableGroup(1).getFirst();
        Position position = new Position(42, OptionalInt.of(7), "my words");

        assertThat(value(groups.commit(
                        new Committer(GROUP, id, Optional.empty(), 1), "flights", position, OptionalLong.empty())))
                .containsExactly(Map.entry(new GroupOffsets.Key("flights", 0), Optional.empty()));

        assertThat(groups.committed("flights")).hasValue(position);
        assertThat(groups.committed("airports")).isEmpty();
        assertThat(value(groups.fetchAll())).containsOnlyKeys(new GroupOffsets.Key("flights", 0));
        groups.machine().restart();
        assertThat(groups.committed("flights")).hasValue(position);
        groups.machine().restartFromSnapshot();
        assertThat(groups.committed("flights")).hasValue(position);
    }

    @Test
    void shouldKeepTheLastOfTwoCommits() {
        groups.commitSimple("flights", 1);
        groups.commitSimple("flights", 2);
        groups.machine().restartWithSnapshotBehindFacts();
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(2L);
    }

    @Test
    void shouldMakeASimpleGroupOfACommitByNobody() {
        assertThat(groups.commitSimple("flights", 3)).isCompleted();

        assertThat(groups.describe()).hasValueSatisfying(group -> {
            assertThat(group.state()).isEqualTo(GroupState.EMPTY);
            assertThat(group.protocolType()).isEmpty();
        });
        assertThat(groups.list()).hasSize(1);
    }

    @Test
    void shouldRefuseAMemberOfAGroupThatDoesNotExistWithGroupIdNotFound() {
        assertThat(error(groups.commit("somebody", 3, "flights", 1))).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldRefuseCommitsByNobodyWhileThereAreMembersWithUnknownMemberId() {
        groups.stableGroup(1);
        assertThat(error(groups.commitSimple("flights", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldRefuseCommitsOfStrangersAndOfOtherGenerations() {
        String id = groups.stableGroup(1).getFirst();
        assertThat(error(groups.commit("nobody", 1, "flights", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(error(groups.commit(id, 0, "flights", 1))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(error(groups.commit(id, -1, "flights", 1))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(error(groups.commit(new Committer(GROUP, id, Optional.of("nobodys"), 1), "flights", 1, "")))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.committed("flights")).isEmpty();
    }

    @Test
    void shouldRefuseCommitsOfMembersOfAnEmptyGroupWithUnknownMemberId() {
        String id = groups.stableGroup(1).getFirst();
        groups.leave(id);
        assertThat(error(groups.commit(id, 1, "flights", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.commitSimple("flights", 1)).isCompleted();
    }

    @Test
    void shouldTakeCommitsOfTheOldGenerationDuringAJoinPhase() {
        String id = groups.stableGroup(1).getFirst();
        groups.joinDynamic();
        assertThat(groups.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        assertThat(groups.commit(id, 1, "flights", 1)).isCompleted();
    }

    @Test
    void shouldRefuseCommitsBeforeTheGenerationIsAssignedWithRebalanceInProgress() {
        String id = joined(groups.joinDynamic()).memberId();
        assertThat(groups.state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
        assertThat(error(groups.commit(id, 1, "flights", 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void shouldRefuseTooManyWordsWithOffsetMetadataTooLarge() {
        assertThat(value(groups.commit(NOBODY, "flights", 1, "x".repeat(4097))))
                .containsValue(Optional.of(ErrorCode.OFFSET_METADATA_TOO_LARGE));
        assertThat(groups.committed("flights")).isEmpty();
        assertThat(value(groups.commit(NOBODY, "flights", 1, "x".repeat(4096)))).containsValue(Optional.empty());
    }

    @Test
    void shouldDeleteOffsetsOfTopicsThatNobodyReads() {
        String id = groups.stableGroup(1).getFirst();
        groups.commit(id, 1, "flights", 1);
        groups.commit(id, 1, "airports", 1);

        assertThat(value(groups.deleteOffset("flights")))
                .containsValue(Optional.of(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC));
        assertThat(value(groups.deleteOffset("airports"))).containsValue(Optional.empty());

        assertThat(value(groups.fetchAll())).containsOnlyKeys(new GroupOffsets.Key("flights", 0));
        groups.leave(id);
        assertThat(value(groups.deleteOffset("flights"))).containsValue(Optional.empty());
        assertThat(value(groups.fetchAll())).isEmpty();
        assertThat(groups.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void shouldRefuseToDeleteOffsetsByName() {
        assertThat(error(groups.deleteOffset("flights"))).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        groups.join(Join.dynamic().type("connect").withoutIdFirst());
        assertThat(error(groups.deleteOffset("flights"))).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    }

    @Test
    void shouldDeleteAGroupWithoutMembersAndItsOffsets() {
        assertThat(error(groups.deleteGroup())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        String id = groups.stableGroup(1).getFirst();
        groups.commit(id, 1, "flights", 1);
        assertThat(error(groups.deleteGroup())).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        groups.leave(id);

        assertThat(groups.deleteGroup()).isCompleted();

        assertThat(groups.list()).isEmpty();
        assertThat(groups.committed("flights")).isEmpty();
        assertThat(groups.machine().snapshot()).isEmpty();
        groups.machine().restart();
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldDeleteAGroupWithMoreOffsetsThanOneTurnMay() {
        for (int i = 0; i < GroupMachine.SWEEP_LIMIT * 2 + 10; i++) {
            groups.commitSimple("topic-" + i, 1);
        }
        var deleted = groups.deleteGroup();
        groups.advanceMs(1);

        assertThat(deleted).isCompleted();
        assertThat(groups.machine().snapshot()).isEmpty();
    }

    @Test
    void shouldForgetOffsetsOfADeletedTopic() {
        groups.commitSimple("flights", 1);
        groups.machine().submit(new GroupCommand.ForgetTopic("flights", new TopicId(9, 9)));
        assertThat(groups.committed("flights")).as("that was a namesake").isPresent();

        groups.machine().submit(new GroupCommand.ForgetTopic("flights", GroupsHarness.FLIGHTS_ID));

        assertThat(groups.committed("flights")).isEmpty();
    }

    @Test
    void shouldForgetMoreOffsetsThanOneTurnMay() {
        for (int i = 0; i < GroupMachine.SWEEP_LIMIT + 10; i++) {
            groups.commitSimple("topic-" + i, 1);
        }
        groups.machine().submit(new GroupCommand.ForgetTopic("flights", GroupsHarness.FLIGHTS_ID));
        groups.advanceMs(1);
        assertThat(value(groups.fetchAll())).isEmpty();
    }

    @Test
    void shouldExpireOffsetsOfASimpleGroupFromTheirCommitOn() {
        groups.commitSimple("flights", 1);
        groups.advanceMs(RETENTION_MS / 2);
        groups.commitSimple("airports", 1);
        groups.advanceMs(RETENTION_MS / 2 + CHECK_MS);

        assertThat(value(groups.fetchAll())).containsOnlyKeys(new GroupOffsets.Key("airports", 0));

        groups.advanceMs(RETENTION_MS);
        assertThat(groups.list()).as("with its last offset the group goes").isEmpty();
        assertThat(groups.machine().snapshot()).isEmpty();
    }

    @Test
    void shouldExpireOffsetsOfAnEmptyGroupFromTheMomentItBecameEmpty() {
        String id = groups.stableGroup(1).getFirst();
        groups.commit(id, 1, "flights", 1);
        beatFor(id, RETENTION_MS / 2);
        groups.leave(id);

        groups.advanceMs(RETENTION_MS - 1);
        assertThat(groups.committed("flights")).isPresent();
        groups.machine().restart();
        groups.advanceMs(CHECK_MS + 1);

        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldNotExpireOffsetsOfTopicsThatAMemberReads() {
        String id = groups.join(Join.of(groups.newMemberId()).session(1_800_000))
                .join()
                .memberId();
        groups.sync(id, 1, id, "x");
        groups.commit(id, 1, "flights", 1);
        groups.commit(id, 1, "airports", 1);
        for (long passedMs = 0; passedMs < RETENTION_MS + CHECK_MS; passedMs += 1_700_000) {
            groups.advanceMs(1_700_000);
            groups.heartbeat(id, 1);
        }
        assertThat(value(groups.fetchAll())).containsOnlyKeys(new GroupOffsets.Key("flights", 0));
    }

    private void beatFor(String id, long durationMs) {
        for (long passedMs = 0; passedMs < durationMs; passedMs += 9_000) {
            groups.advanceMs(9_000);
            groups.heartbeat(id, 1);
        }
    }

    @Test
    void shouldExpireAsAnOldClientAskedFor() {
        groups.commit(NOBODY, "flights", new Position(1, OptionalInt.empty(), ""), OptionalLong.of(1_000));
        groups.advanceMs(CHECK_MS);
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldExpireMoreOffsetsThanOneTurnMay() {
        for (int i = 0; i < GroupMachine.SWEEP_LIMIT * 2 + 10; i++) {
            groups.commitSimple("topic-" + i, 1);
        }
        groups.advanceMs(RETENTION_MS + CHECK_MS);
        assertThat(groups.list()).isEmpty();
        assertThat(groups.machine().snapshot()).isEmpty();
    }

    @Test
    void shouldForgetEmptyGroupsThatNeverCommitted() {
        groups.leave(groups.stableGroup(1).getFirst());
        groups.advanceMs(CHECK_MS);
        assertThat(groups.list()).isEmpty();
        assertThat(List.of(groups.state())).containsExactly(GroupState.DEAD);
    }
}
