package dev.millrace.control.transactions;

import static dev.millrace.control.transactions.TransactionsHarness.AIRPORTS;
import static dev.millrace.control.transactions.TransactionsHarness.FLIGHTS;
import static dev.millrace.control.transactions.TransactionsHarness.TIMEOUT_MS;
import static dev.millrace.control.transactions.TransactionsHarness.epoch;
import static dev.millrace.control.transactions.TransactionsHarness.error;
import static dev.millrace.control.transactions.TransactionsHarness.identity;
import static dev.millrace.control.transactions.TransactionsHarness.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionCommand;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.control.transactions.api.TransactionSettings;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The states of a transactional id, at both versions of transactions. */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class TransactionMachineTest {

    private final TransactionsHarness transactions = new TransactionsHarness();

    // ---- one transaction after the other

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldCommitAndAbortOneTransactionAfterTheOther(int version) {
        ProducerIdentity producer = transactions.begun();
        for (int i = 0; i < 4; i++) {
            boolean commit = i % 2 == 0;
            assertThat(value(transactions.add(producer, version, FLIGHTS))).isEmpty();
            assertThat(value(transactions.add(producer, version, AIRPORTS))).isEmpty();
            assertThat(transactions.describe().orElseThrow().partitions()).containsExactlyInAnyOrder(FLIGHTS, AIRPORTS);
            ProducerIdentity next =
                    identity(commit ? transactions.commit(producer, version) : transactions.abort(producer, version));

            Ending ending = transactions.endings().getFirst();
            assertThat(ending.commit()).isEqualTo(commit);
            assertThat(ending.partitions()).containsExactlyInAnyOrder(FLIGHTS, AIRPORTS);
            assertThat(ending.producer()).as("identity of the marker").isEqualTo(next);
            assertThat(next).isEqualTo(version == 2 ? epoch(producer, producer.epoch() + 1) : producer);
            assertThat(transactions.state())
                    .isEqualTo(commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT);
            transactions.writeMarkers();
            assertThat(transactions.state())
                    .isEqualTo(commit ? TransactionState.COMPLETE_COMMIT : TransactionState.COMPLETE_ABORT);
            producer = next;
        }
    }

    @Test
    void shouldAskForAProducerIdOfANewTransactionalId() {
        CompletableFuture<Optional<ProducerIdentity>> answer = transactions
                .machine()
                .ask(reply -> new TransactionCommand.InitProducerId(
                        new dev.millrace.control.transactions.api.InitRequest("new", 1, Optional.empty()),
                        java.util.OptionalLong.empty(),
                        reply));
        assertThat(value(answer)).isEmpty();
        assertThat(transactions.machine().facts()).isEmpty();
    }

    @Test
    void shouldRefuseWhoeverDoesNotHaveTheId() {
        assertThat(error(transactions.add(new ProducerIdentity(1, (short) 0), 1, FLIGHTS)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        assertThat(error(transactions.commit(new ProducerIdentity(1, (short) 0), 1)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        ProducerIdentity producer = transactions.begun();
        assertThat(error(transactions.add(new ProducerIdentity(1, (short) 0), 1, FLIGHTS)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        assertThat(error(transactions.add(epoch(producer, 1), 1, FLIGHTS))).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void shouldRefuseToEndWhatHasNotBegun() {
        ProducerIdentity producer = transactions.begun();
        assertThat(error(transactions.commit(producer, 1))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(error(transactions.abort(producer, 1))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(error(transactions.commit(producer, 2))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void shouldGiveTheNextEpochToAnAbortBeforeTheFirstWriteInVersion2() {
        ProducerIdentity producer = transactions.begun();
        ProducerIdentity next = identity(transactions.abort(producer, 2));
        assertThat(next).isEqualTo(epoch(producer, 1));
        transactions.writeMarkers();
        assertThat(identity(transactions.abort(next, 2))).isEqualTo(epoch(producer, 2));
    }

    @Test
    void shouldTellWhichPartitionsAreNotInTheTransaction() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 1, FLIGHTS);
        assertThat(value(transactions.verify(producer, FLIGHTS, AIRPORTS))).containsExactly(AIRPORTS);
        transactions.commit(producer, 1);
        transactions.writeMarkers();
        assertThat(value(transactions.verify(producer, FLIGHTS))).containsExactly(FLIGHTS);
    }

    @Test
    void shouldRefuseTheEpochThatIsThereToFenceWith() {
        Transaction aborted = Transaction.first(7, TIMEOUT_MS, 0);
        while (aborted.producerEpoch() < Short.MAX_VALUE) {
            aborted = aborted.withNextEpoch(aborted.producerEpoch(), TIMEOUT_MS, 0);
        }
        ProducerIdentity last = aborted.identity();
        Optional<Transaction> found = Optional.of(aborted);
        assertThat(Decisions.add(new AddRequest("id", last, Set.of(FLIGHTS), false, 2), found, 0))
                .isInstanceOf(Decision.Refuse.class);
        assertThat(Decisions.end(new EndRequest("id", last, false, 2), OptionalLong.of(8), found, 0))
                .isInstanceOf(Decision.Refuse.class);
    }

    @Test
    void shouldLeaveParkedRequestsToTheNextTurnWhenOneHasRecordedEnough() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 1, FLIGHTS);
        transactions.commit(producer, 1);
        List<CompletableFuture<Set<TransactionPartition>>> parked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            TransactionPartition[] many = new TransactionPartition[3_500];
            for (int j = 0; j < many.length; j++) {
                many[j] = new TransactionPartition(new TopicId(2 + i, j), "x".repeat(240) + i + j, 0);
            }
            parked.add(transactions.add(producer, 1, many));
        }
        transactions.writeMarkers();
        assertThat(parked.getFirst()).isDone();
        assertThat(parked.getLast()).isNotDone();
        transactions.advanceMs(10);
        assertThat(parked).allSatisfy(each -> assertThat(value(each)).isEmpty());
    }

    @Test
    void shouldRecordNothingForAPartitionThatIsInTheTransaction() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 1, FLIGHTS);
        int factsCount = transactions.machine().facts().size();
        assertThat(value(transactions.add(producer, 1, FLIGHTS))).isEmpty();
        assertThat(transactions.machine().facts()).hasSize(factsCount);
    }

    // ---- requests that meet the previous transaction while it is completed

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldHoldTheNextTransactionUntilThePreviousOneIsComplete(int version) {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, version, FLIGHTS);
        ProducerIdentity next = identity(transactions.commit(producer, version));

        CompletableFuture<Set<TransactionPartition>> added = transactions.add(next, version, AIRPORTS);
        assertThat(added).isNotDone();
        transactions.writeMarkers();

        assertThat(value(added)).isEmpty();
        assertThat(transactions.state()).isEqualTo(TransactionState.ONGOING);
        assertThat(transactions.describe().orElseThrow().partitions()).containsExactly(AIRPORTS);
    }

    @Test
    void shouldHoldRequestsNoLongerThanAllowed() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 1, FLIGHTS);
        transactions.commit(producer, 1);
        CompletableFuture<?> first = transactions.add(producer, 1, AIRPORTS);
        transactions.advanceMs(1_000);
        CompletableFuture<?> second = transactions.add(producer, 1, AIRPORTS);
        transactions.advanceMs(TransactionSettings.DEFAULT.maxParkedMs() - 1_000);
        assertThat(error(first)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(second).isNotDone();
        transactions.advanceMs(1_000);
        assertThat(error(second)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        transactions.writeMarkers();
        assertThat(transactions.state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }

    @Test
    void shouldHoldNoMoreRequestsThanAllowed() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 1, FLIGHTS);
        transactions.commit(producer, 1);
        for (int i = 0; i < TransactionSettings.DEFAULT.maxParkedPerId(); i++) {
            assertThat(transactions.add(producer, 1, AIRPORTS)).isNotDone();
        }
        assertThat(error(transactions.add(producer, 1, AIRPORTS))).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
    }

    // ---- fencing

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldAbortWhatTheFencedProducerLeftOpenBeforeTheNewOneBegins(int version) {
        ProducerIdentity zombie = transactions.begun();
        transactions.add(zombie, version, FLIGHTS);

        CompletableFuture<Optional<ProducerIdentity>> answer = transactions.init();
        assertThat(answer).isNotDone();
        Ending ending = transactions.endings().getFirst();
        assertThat(ending.commit()).isFalse();
        assertThat(ending.producer()).isEqualTo(epoch(zombie, 1));
        assertThat(error(transactions.add(zombie, version, AIRPORTS))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        transactions.writeMarkers();

        assertThat(identity(answer)).isEqualTo(epoch(zombie, 2));
        assertThat(transactions.state()).isEqualTo(TransactionState.EMPTY);
    }

    /** Regression: the zombie after a fence. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldRefuseEverythingOfTheZombieAfterAFence(int version) {
        ProducerIdentity zombie = transactions.begun();
        transactions.add(zombie, version, FLIGHTS);
        CompletableFuture<Optional<ProducerIdentity>> answer = transactions.init();
        assertThat(error(transactions.commit(zombie, version))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(error(transactions.abort(zombie, version))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        transactions.writeMarkers();
        ProducerIdentity producer = identity(answer);
        transactions.add(producer, version, FLIGHTS);

        assertThat(error(transactions.commit(zombie, version))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(error(transactions.add(zombie, version, FLIGHTS))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(error(transactions.verify(zombie, FLIGHTS))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        // Also when it asks for the next epoch of the identity that it had: the transaction of the new one goes on.
        assertThat(error(transactions.init(Optional.of(zombie)))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(transactions.state()).isEqualTo(TransactionState.ONGOING);
    }

    @Test
    void shouldGiveTheNextEpochOnceHoweverOftenTheProducerAsksForIt() {
        ProducerIdentity producer = transactions.begun();
        ProducerIdentity next = identity(transactions.init(Optional.of(producer)));
        assertThat(next).isEqualTo(epoch(producer, 1));
        assertThat(identity(transactions.init(Optional.of(producer)))).isEqualTo(next);
        assertThat(identity(transactions.init(Optional.of(next)))).isEqualTo(epoch(producer, 2));
        assertThat(error(transactions.init(Optional.of(producer)))).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    // ---- retries

    /** Regression: the commit retried after a coordinator restart. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldAnswerACommitThatIsRetriedAfterARestartAsTheFirstTime(int version) {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, version, FLIGHTS);
        ProducerIdentity next = identity(transactions.commit(producer, version));

        transactions.restart();
        assertThat(transactions.endings()).as("resumed").hasSize(1);
        assertThat(identity(transactions.commit(producer, version))).isEqualTo(next);
        transactions.writeMarkers();
        assertThat(identity(transactions.commit(producer, version))).isEqualTo(next);
        transactions.restart();
        assertThat(transactions.endings()).isEmpty();
        assertThat(identity(transactions.commit(producer, version))).isEqualTo(next);
        assertThat(error(transactions.abort(producer, version))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(transactions.state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }

    /** Regression: the late EndTxn that ends the next transaction (KIP-890). */
    @Test
    void shouldNotEndTheNextTransactionByALateEndOfTheOneBefore() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 2, FLIGHTS);
        ProducerIdentity next = identity(transactions.commit(producer, 2));
        transactions.writeMarkers();
        transactions.add(next, 2, AIRPORTS);

        assertThat(error(transactions.commit(producer, 2))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(error(transactions.abort(producer, 2))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(transactions.state()).isEqualTo(TransactionState.ONGOING);
    }

    @Test
    void shouldNotTakeALateReportOfMarkersForOneOnTheNextTransaction() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 1, FLIGHTS);
        transactions.commit(producer, 1);
        Ending first = transactions.endings().getFirst();
        transactions.writeMarkers();
        transactions.add(producer, 1, AIRPORTS);
        transactions.abort(producer, 1);
        transactions.machine().submit(new TransactionCommand.MarkersWritten(first));
        assertThat(transactions.state()).isEqualTo(TransactionState.PREPARE_ABORT);
    }

    // ---- epochs that run out

    /** Regression: an epoch that runs out. */
    @Test
    void shouldGoOnUnderANewProducerIdWhenEpochsRunOutInVersion1() {
        ProducerIdentity producer = transactions.begun();
        ProducerIdentity first = producer;
        while (producer.producerId() == first.producerId()) {
            ProducerIdentity before = producer;
            producer = identity(transactions.init(Optional.of(producer)));
            if (producer.producerId() != first.producerId()) {
                assertThat(before.epoch()).isEqualTo(Transaction.LAST_EPOCH);
                // It may not have heard.
                assertThat(identity(transactions.init(Optional.of(before)))).isEqualTo(producer);
            }
        }
        assertThat(producer.epoch()).isZero();
        assertThat(error(transactions.add(epoch(first, Transaction.LAST_EPOCH), 1, FLIGHTS)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    /** Regression: an epoch that runs out. */
    @Test
    void shouldGoOnUnderANewProducerIdWhenEpochsRunOutInVersion2() {
        ProducerIdentity producer = lastEpoch();
        transactions.add(producer, 2, FLIGHTS);
        ProducerIdentity next = identity(transactions.commit(producer, 2));
        assertThat(next.producerId()).isNotEqualTo(producer.producerId());
        assertThat(next.epoch()).isZero();
        assertThat(transactions.endings().getFirst().producer())
                .as("the marker fences the last epoch")
                .isEqualTo(epoch(producer, Short.MAX_VALUE));
        assertThat(identity(transactions.commit(producer, 2))).isEqualTo(next);
        CompletableFuture<Set<TransactionPartition>> added = transactions.add(next, 2, AIRPORTS);
        assertThat(added).isNotDone();
        transactions.restart();
        added = transactions.add(next, 2, AIRPORTS);
        transactions.writeMarkers();
        assertThat(value(added)).isEmpty();
        identity(transactions.commit(next, 2));
    }

    @Test
    void shouldAnswerTheRetryOfACommitThatChangedTheProducerId() {
        ProducerIdentity producer = lastEpoch();
        transactions.add(producer, 2, FLIGHTS);
        ProducerIdentity next = identity(transactions.commit(producer, 2));
        transactions.writeMarkers();
        assertThat(identity(transactions.commit(producer, 2))).isEqualTo(next);
        assertThat(error(transactions.abort(producer, 2))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void shouldFenceTheLastEpochToo() {
        ProducerIdentity producer = lastEpoch();
        transactions.add(producer, 2, FLIGHTS);
        CompletableFuture<Optional<ProducerIdentity>> answer = transactions.init();
        assertThat(transactions.endings().getFirst().producer()).isEqualTo(epoch(producer, Short.MAX_VALUE));
        transactions.writeMarkers();
        assertThat(identity(answer).producerId()).isNotEqualTo(producer.producerId());
        assertThat(identity(answer).epoch()).isZero();
    }

    private ProducerIdentity lastEpoch() {
        ProducerIdentity producer = transactions.begun();
        while (producer.epoch() < Transaction.LAST_EPOCH) {
            producer = identity(transactions.init(Optional.of(producer)));
        }
        return producer;
    }

    // ---- time

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldAbortATransactionThatLastsTooLong(int version) {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, version, FLIGHTS);
        transactions.advanceMs(TIMEOUT_MS - TransactionSettings.DEFAULT.abortCheckIntervalMs());
        assertThat(transactions.state()).isEqualTo(TransactionState.ONGOING);
        transactions.advanceMs(2L * TransactionSettings.DEFAULT.abortCheckIntervalMs());
        assertThat(transactions.state()).isEqualTo(TransactionState.PREPARE_ABORT);
        assertThat(transactions.endings().getFirst().producer()).isEqualTo(epoch(producer, 1));
        transactions.writeMarkers();
        assertThat(error(transactions.commit(producer, version))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(identity(transactions.init())).isEqualTo(epoch(producer, 2));
    }

    @Test
    void shouldAbortAfterARestartToo() {
        transactions.add(transactions.begun(), 2, FLIGHTS);
        transactions.restart();
        transactions.advanceMs(TIMEOUT_MS + TransactionSettings.DEFAULT.abortCheckIntervalMs());
        assertThat(transactions.state()).isEqualTo(TransactionState.PREPARE_ABORT);
    }

    @Test
    void shouldForgetAnIdThatIsIdleForLong() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 2, FLIGHTS);
        transactions.commit(producer, 2);
        long expiryMs =
                (long) TransactionSettings.DEFAULT.expirationMs() + TransactionSettings.DEFAULT.expiryCheckIntervalMs();
        transactions.advanceMs(expiryMs);
        assertThat(transactions.describe())
                .as("not while it is being completed")
                .isPresent();
        transactions.writeMarkers();
        transactions.advanceMs(expiryMs);
        assertThat(transactions.describe()).isEmpty();
        transactions.restart();
        assertThat(transactions.describe()).isEmpty();
        assertThat(error(transactions.add(epoch(producer, 1), 2, FLIGHTS)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    // ---- the log

    @Test
    void shouldBeTheSameAfterARestartInWhateverState() {
        ProducerIdentity producer = transactions.begun();
        for (Runnable step : List.<Runnable>of(
                () -> {},
                () -> transactions.add(producer, 2, FLIGHTS, AIRPORTS),
                () -> transactions.commit(producer, 2),
                transactions::writeMarkers)) {
            step.run();
            var before = transactions.describe();
            transactions.restart();
            assertThat(transactions.describe()).isEqualTo(before);
            transactions.endings().clear();
            transactions.machine().restartFromSnapshot();
            assertThat(transactions.describe()).isEqualTo(before);
            transactions.endings().clear();
            transactions.machine().restartWithSnapshotBehindFacts();
            assertThat(transactions.describe()).isEqualTo(before);
        }
    }

    @Test
    void shouldEndWhatWasDecidedBeforeARestart() {
        ProducerIdentity producer = transactions.begun();
        transactions.add(producer, 1, FLIGHTS);
        transactions.commit(producer, 1);
        Ending lost = transactions.endings().getFirst();
        transactions.restart();
        transactions.machine().submit(new TransactionCommand.MarkersWritten(lost));
        assertThat(transactions.state())
                .as("a report that the restart outlived")
                .isEqualTo(TransactionState.PREPARE_COMMIT);
        assertThat(transactions.endings().getFirst().partitions()).containsExactly(FLIGHTS);
        transactions.writeMarkers();
        assertThat(transactions.state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }
}
