package dev.millrace.control.groups;

import static dev.millrace.control.groups.GroupsHarness.GROUP;
import static dev.millrace.control.groups.GroupsHarness.error;
import static dev.millrace.control.groups.GroupsHarness.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.Done;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.TransactionalCommit;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.GroupOffsets.Committer;
import dev.millrace.control.port.GroupOffsets.Position;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets that transactions commit: pending, then committed or gone (KIP-98, KIP-447). */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class PendingOffsetsTest {

    private static final long PRODUCER = 7;
    private static final Committer NOBODY = new Committer(GROUP, "", Optional.empty(), -1);
    private static final GroupOffsets.Key FLIGHTS = new GroupOffsets.Key("flights", 0);

    private final GroupsHarness groups = new GroupsHarness();
    private final OffsetGuards guards = new OffsetGuards();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCommitOrDropWhatIsPendingWhenTheTransactionEnds(boolean committed) {
        groups.commitSimple("flights", 1);
        assertThat(value(commit(NOBODY, PRODUCER, 0, 5))).containsExactly(Map.entry(FLIGHTS, Optional.empty()));
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(1L);
        assertThat(unstable()).containsExactly(FLIGHTS);
        groups.machine().restart();
        assertThat(unstable()).containsExactly(FLIGHTS);
        groups.machine().restartFromSnapshot();
        assertThat(unstable()).containsExactly(FLIGHTS);

        end(PRODUCER, 0, committed);

        assertThat(unstable()).isEmpty();
        long expected = committed ? 5 : 1;
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(expected);
        groups.machine().restartWithSnapshotBehindFacts();
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(expected);
        assertThat(unstable()).isEmpty();
    }

    @Test
    void shouldKeepTheLastOfTwoCommitsOfATransaction() {
        commit(NOBODY, PRODUCER, 0, 5);
        commit(NOBODY, PRODUCER, 0, 6);
        end(PRODUCER, 0, true);
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(6L);
    }

    @Test
    void shouldEndTheTransactionsOfOneProducerAlone() {
        commit(NOBODY, PRODUCER, 0, 5);
        commit(NOBODY, PRODUCER + 1, 0, 6);
        end(PRODUCER, 0, true);
        assertThat(unstable()).containsExactly(FLIGHTS);
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(5L);
        end(PRODUCER + 1, 0, true);
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(6L);
    }

    @Test
    void shouldNotEndWhatCameUnderALaterEpoch() {
        commit(NOBODY, PRODUCER, 3, 5);
        end(PRODUCER, 2, true);
        assertThat(unstable()).containsExactly(FLIGHTS);
        end(PRODUCER, 4, false);
        assertThat(unstable()).isEmpty();
    }

    @Test
    void shouldRefuseWhatComesAfterTheEndThatItsGuardHasSeen() {
        OffsetGuards.Guard guard = guards.open(PRODUCER, (short) 0);
        guards.voidAll(PRODUCER, (short) 0, false);
        assertThat(error(commit(NOBODY, guard, 0, 5))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        OffsetGuards.Guard bumped = guards.open(PRODUCER, (short) 0);
        guards.voidAll(PRODUCER, (short) 1, true);
        assertThat(error(commit(NOBODY, bumped, 0, 5))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(unstable()).isEmpty();
    }

    @Test
    void shouldTakeWhatIsOfTheNextEpochWhenTheMarkerBeforeItIsWrittenAgain() {
        OffsetGuards.Guard next = guards.open(PRODUCER, (short) 1);
        guards.voidAll(PRODUCER, (short) 1, true);
        assertThat(value(commit(NOBODY, next, 1, 5))).containsExactly(Map.entry(FLIGHTS, Optional.empty()));
        guards.voidAll(PRODUCER, (short) 2, true);
        assertThat(error(commit(NOBODY, next, 1, 6))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void shouldLetAPlainCommitTakeThePlaceOfWhatIsPending() {
        commit(NOBODY, PRODUCER, 0, 5);
        groups.commitSimple("flights", 9);
        assertThat(unstable()).isEmpty();
        end(PRODUCER, 0, true);
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(9L);
    }

    @Test
    void shouldKeepWhatIsPendingWhenAPlainCommitIsRefused() {
        commit(NOBODY, PRODUCER, 0, 5);
        assertThat(value(groups.commit(NOBODY, "flights", 9, "x".repeat(5_000))))
                .containsExactly(Map.entry(FLIGHTS, Optional.of(ErrorCode.OFFSET_METADATA_TOO_LARGE)));
        assertThat(unstable()).containsExactly(FLIGHTS);
        end(PRODUCER, 0, true);
        assertThat(groups.committed("flights")).map(Position::offset).hasValue(5L);
    }

    @Test
    void shouldAnswerEachOfTwoDeletionsOfAGroup() {
        for (int i = 0; i < 5 * GroupMachine.SWEEP_LIMIT / 2; i++) {
            groups.commitSimple("topic-" + i, 1);
        }
        CompletableFuture<Done> first = groups.deleteGroup();
        CompletableFuture<Done> second = groups.deleteGroup();
        groups.advanceMs(10);
        assertThat(first).isDone();
        assertThat(second).isDone();
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldCountWhatIsCommittedAgainOnce() {
        String words = "x".repeat(4_000);
        for (int i = 0; i < 1_000; i++) {
            Position position = new Position(i, OptionalInt.empty(), words);
            assertThat(value(commit(NOBODY, guards.open(PRODUCER, (short) 0), 0, FLIGHTS, position)))
                    .containsExactly(Map.entry(FLIGHTS, Optional.empty()));
        }
    }

    @Test
    void shouldCheckMemberAndGenerationIfTheyAreTold() {
        String member = groups.stableGroup(1).getFirst();
        assertThat(commit(new Committer(GROUP, member, Optional.empty(), 1), PRODUCER, 0, 5))
                .isCompleted();
        assertThat(error(commit(new Committer(GROUP, member, Optional.empty(), 2), PRODUCER, 0, 5)))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(error(commit(new Committer(GROUP, "stranger", Optional.empty(), 1), PRODUCER, 0, 5)))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        // Older clients say nothing of themselves.
        assertThat(commit(NOBODY, PRODUCER, 0, 6)).isCompleted();
    }

    @Test
    void shouldRefuseAMemberOfAGroupThatDoesNotExist() {
        assertThat(error(commit(new Committer(GROUP, "somebody", Optional.empty(), 3), PRODUCER, 0, 5)))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldForgetWhatIsPendingWithItsOffsetItsGroupAndItsTopic() {
        commit(NOBODY, PRODUCER, 0, 5);
        assertThat(groups.deleteOffset("flights")).isCompleted();
        assertThat(unstable()).isEmpty();

        commit(NOBODY, PRODUCER, 0, 5);
        groups.machine().submit(new GroupCommand.ForgetTopic("flights", GroupsHarness.FLIGHTS_ID));
        assertThat(unstable()).isEmpty();

        commit(NOBODY, PRODUCER, 0, 5);
        assertThat(groups.deleteGroup()).isCompleted();
        end(PRODUCER, 0, true);
        assertThat(groups.fetchAll().join()).isEmpty();
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldNotExpireAGroupForWhichSomethingIsPending() {
        commit(NOBODY, PRODUCER, 0, 5);
        groups.advanceMs(2 * GroupSettings.DEFAULT.offsetsRetentionMs());
        assertThat(groups.list()).hasSize(1);
        assertThat(unstable()).containsExactly(FLIGHTS);
        end(PRODUCER, 0, false);
        groups.advanceMs(2 * GroupSettings.DEFAULT.offsetsRetentionMs());
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldRefuseMoreThanTheEndOfOneTransactionCanWrite() {
        String words = "x".repeat(4_000);
        ErrorCode refused = null;
        for (int i = 0; i < 1_000 && refused == null; i++) {
            GroupOffsets.Key key = new GroupOffsets.Key("flights", i);
            refused = value(commit(
                            NOBODY,
                            guards.open(PRODUCER, (short) 0),
                            0,
                            key,
                            new Position(1, OptionalInt.empty(), words)))
                    .getOrDefault(key, Optional.empty())
                    .orElse(null);
        }
        assertThat(refused).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
    }

    private CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commit(
            Committer committer, long producerId, int epoch, long offset) {
        return commit(committer, guards.open(producerId, (short) epoch), epoch, offset, producerId);
    }

    private CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commit(
            Committer committer, OffsetGuards.Guard guard, int epoch, long offset) {
        return commit(committer, guard, epoch, offset, PRODUCER);
    }

    private CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commit(
            Committer committer, OffsetGuards.Guard guard, int epoch, long offset, long producerId) {
        return ask(committer, guard, epoch, FLIGHTS, new Position(offset, OptionalInt.empty(), ""), producerId);
    }

    private CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commit(
            Committer committer, OffsetGuards.Guard guard, int epoch, GroupOffsets.Key key, Position position) {
        return ask(committer, guard, epoch, key, position, PRODUCER);
    }

    private CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> ask(
            Committer committer,
            OffsetGuards.Guard guard,
            int epoch,
            GroupOffsets.Key key,
            Position position,
            long producerId) {
        TopicId topicId = GroupsHarness.FLIGHTS_ID;
        CommitRequest request = new CommitRequest(
                committer, Map.of(key, new CommitRequest.Commit(topicId, position)), OptionalLong.empty());
        return groups.machine()
                .ask(reply -> new GroupCommand.CommitInTransaction(
                        new TransactionalCommit(request, producerId, (short) epoch, guard), reply));
    }

    private void end(long producerId, int epoch, boolean committed) {
        value(groups.machine()
                .<Done>ask(reply -> new GroupCommand.EndTransaction(producerId, (short) epoch, committed, reply)));
    }

    private Set<GroupOffsets.Key> unstable() {
        return value(
                groups.machine().<Set<GroupOffsets.Key>>ask(reply -> new GroupCommand.FetchUnstable(GROUP, reply)));
    }
}
