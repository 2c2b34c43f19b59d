package dev.millrace.checker;

import static dev.millrace.checker.Histories.COMMITTED;
import static dev.millrace.checker.Histories.UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Each anomaly by a history that shows it, beside one that comes close and is innocent. */
final class CheckerTest {
    private final Histories history = new Histories();

    private List<AnomalyKind> kinds() {
        return Checker.check(history.operations()).stream().map(Anomaly::kind).toList();
    }

    @Test
    void shouldFindAnAcknowledgedRecordThatIsNotThere() {
        history.written("0=x 1=y").whole(Isolation.UNCOMMITTED, 0, "0=x");
        assertThat(kinds()).containsExactly(AnomalyKind.LOST_WRITE);
    }

    @Test
    void shouldFindARecordThatIsNotThereAnyMoreThoughItWasRead() {
        history.sends("x", "y").polls(UNCOMMITTED, "0=x 1=y").whole(Isolation.UNCOMMITTED, 0, "0=x");
        assertThat(kinds()).containsExactly(AnomalyKind.LOST_WRITE);
    }

    @Test
    void shouldNotMissARecordWhoseAcknowledgementNeverCame() {
        history.written("0=x").sends("y").whole(Isolation.UNCOMMITTED, 0, "0=x");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldNotMissARecordThatWasSentAfterTheRead() {
        history.written("0=x").whole(Isolation.UNCOMMITTED, 0, "0=x").written("1=y");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldFindARecordGoneThatNobodyDeleted() {
        history.written("0=x 1=y 2=z").mayDelete(1).whole(Isolation.UNCOMMITTED, 2, "2=z");
        assertThat(Checker.check(history.operations()))
                .singleElement()
                .satisfies(anomaly -> assertThat(anomaly.toString()).contains("lost-write", "y of a"));
    }

    @Test
    void shouldLetDeletedRecordsGo() {
        history.written("0=x 1=y 2=z").mayDelete(2).whole(Isolation.UNCOMMITTED, 2, "2=z");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldFindACommittedRecordThatReadersOfCommittedDataLack() {
        history.sendsIn("t", "a", "x").acknowledged("0=x").commits("t").whole(Isolation.COMMITTED, 0, "");
        assertThat(kinds()).containsExactly(AnomalyKind.LOST_WRITE);
    }

    @Test
    void shouldNotExpectWhatMayHaveBeenCommittedOrNot() {
        history.sendsIn("t", "a", "x").acknowledged("0=x").committing("t").whole(Isolation.COMMITTED, 0, "");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldExpectAbortedRecordsWhereEverythingIsRead() {
        history.sendsIn("t", "a", "x").acknowledged("0=x").aborts("t").whole(Isolation.UNCOMMITTED, 0, "");
        assertThat(kinds()).containsExactly(AnomalyKind.LOST_WRITE);
    }

    @Test
    void shouldFindARecordAtTwoOffsets() {
        history.written("0=x 1=y").whole(Isolation.UNCOMMITTED, 0, "0=x 1=y 2=x");
        assertThat(kinds()).containsExactly(AnomalyKind.DUPLICATE);
    }

    @Test
    void shouldLetTwoReadersReadTheSame() {
        history.written("0=x").polls(UNCOMMITTED, "0=x").polls(COMMITTED, "0=x");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldFindAnOffsetThatChanges() {
        history.sends("x", "y").polls(UNCOMMITTED, "0=x").polls(COMMITTED, "0=y");
        assertThat(kinds()).containsExactly(AnomalyKind.INCONSISTENT_OFFSETS);
    }

    @Test
    void shouldFindARecordThatNobodySent() {
        history.written("0=x").polls(UNCOMMITTED, "0=x 1=y");
        assertThat(kinds()).containsExactly(AnomalyKind.UNSENT);
    }

    @Test
    void shouldFindARecordOfAnAbortedTransactionInCommittedData() {
        history.sendsIn("t", "a", "x").acknowledged("0=x").aborts("t").polls(COMMITTED, "0=x");
        assertThat(kinds()).containsExactly(AnomalyKind.ABORTED_READ);
    }

    @Test
    void shouldFindARecordOfATransactionThatWasNeverAskedToCommit() {
        history.sendsIn("t", "a", "x").acknowledged("0=x").polls(COMMITTED, "0=x");
        assertThat(kinds()).containsExactly(AnomalyKind.ABORTED_READ);
    }

    @Test
    void shouldLetReadersOfEverythingReadAbortedRecords() {
        history.sendsIn("t", "a", "x").acknowledged("0=x").aborts("t").polls(UNCOMMITTED, "0=x");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldLetAReaderSeeACommitBeforeItsProducerHearsOfIt() {
        history.sendsIn("t", "a", "x").acknowledged("0=x").committing("t").polls(COMMITTED, "0=x");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldFindAConsumerThatGoesBack() {
        history.written("0=x 1=y").polls(UNCOMMITTED, "0=x 1=y").polls(UNCOMMITTED, "1=y");
        assertThat(kinds()).containsExactly(AnomalyKind.NONMONOTONIC_POLL);
    }

    @Test
    void shouldLetAConsumerGoBackThatWasToldTo() {
        history.written("0=x 1=y")
                .polls(UNCOMMITTED, "0=x 1=y")
                .seeks(UNCOMMITTED)
                .polls(UNCOMMITTED, "0=x");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldFindALogThatBeginsBeforeWhatWasDeleted() {
        history.written("0=x 1=y").mayDelete(1).deleted(1).whole(Isolation.UNCOMMITTED, 0, "0=x 1=y");
        assertThat(kinds()).containsExactly(AnomalyKind.NONMONOTONIC_POLL);
    }

    @Test
    void shouldFindAConsumerThatJumpsOverARecord() {
        history.written("0=x 1=y 2=z").polls(UNCOMMITTED, "0=x").polls(UNCOMMITTED, "2=z");
        assertThat(kinds()).containsExactly(AnomalyKind.POLL_SKIP);
    }

    @Test
    void shouldLetAConsumerJumpOverWhatIsNotForIt() {
        history.written("0=x")
                .sendsIn("t", "a", "y")
                .acknowledged("1=y")
                .aborts("t")
                .written("3=z")
                .polls(COMMITTED, "0=x 3=z");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldFindAConsumerThatJumpsOverACommittedRecord() {
        history.written("0=x")
                .sendsIn("t", "a", "y")
                .acknowledged("1=y")
                .commits("t")
                .written("3=z")
                .polls(COMMITTED, "0=x 3=z");
        assertThat(kinds()).containsExactly(AnomalyKind.POLL_SKIP);
    }

    @Test
    void shouldFindARecordThatAGroupWasNeverGiven() {
        Reader first = new Reader("g/1", "g", Isolation.COMMITTED);
        Reader second = new Reader("g/2", "g", Isolation.COMMITTED);
        history.written("0=x 1=y 2=z").polls(first, "0=x").polls(second, "2=z").drained(second);
        assertThat(kinds()).containsExactly(AnomalyKind.UNSEEN);
    }

    @Test
    void shouldLetTheMembersOfAGroupShareItsWork() {
        Reader first = new Reader("g/1", "g", Isolation.COMMITTED);
        Reader second = new Reader("g/2", "g", Isolation.COMMITTED);
        history.written("0=x 1=y 2=z")
                .polls(first, "0=x 1=y")
                .polls(second, "1=y 2=z")
                .drained(second);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldNotWaitForAGroupThatIsNotAtTheEnd() {
        history.written("0=x 1=y").polls(COMMITTED, "0=x");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void shouldFindHalfATransaction() {
        history.sendsIn("t", "a", "x")
                .sendsIn("t", "b", "y")
                .acknowledged("a", "0=x")
                .acknowledged("b", "0=y")
                .committing("t")
                .whole(Isolation.COMMITTED, "a", 0, "0=x")
                .whole(Isolation.COMMITTED, "b", 0, "");
        assertThat(Checker.check(history.operations())).singleElement().satisfies(anomaly -> {
            assertThat(anomaly.kind()).isEqualTo(AnomalyKind.TORN_TRANSACTION);
            assertThat(anomaly.toString()).contains("x of a", "y of b");
        });
    }

    @Test
    void shouldTakeAWholeTransactionOrNone() {
        history.sendsIn("t", "a", "x")
                .sendsIn("t", "b", "y")
                .committing("t")
                .sendsIn("u", "a", "v")
                .sendsIn("u", "b", "w")
                .committing("u")
                .whole(Isolation.COMMITTED, "a", 0, "0=x")
                .whole(Isolation.COMMITTED, "b", 0, "0=y");
        assertThat(kinds()).isEmpty();
    }
}
