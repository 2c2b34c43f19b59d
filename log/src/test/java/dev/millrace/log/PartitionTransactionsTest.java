package dev.millrace.log;

import static dev.millrace.log.PartitionLogTest.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.log.ReadRequest.Bound;
import dev.millrace.log.ReadResult.AbortedTransaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Transactions as one partition sees them. */
class PartitionTransactionsTest {

    private static final PartitionId ID = LogWorld.id(1, 0);
    private static final long A = 7;
    private static final long B = 8;

    private final LogWorld world;
    private PartitionLog log;

    PartitionTransactionsTest() throws IOException {
        world = new LogWorld(1);
        log = world.open(ID, "a");
    }

    // ---- Opening

    @Test
    void shouldOpenATransactionOnlyWithAGuard() {
        assertThat(codeOf(world, log.append(world.transactional(A, 0, 0, "x"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        TransactionGuard guard = log.guardTransaction(A, (short) 0).orElseThrow();
        world.get(log.append(world.transactional(A, 0, 0, "x"), AppendOptions.inTransaction(guard))
                .durable());
        assertThat(log.guardTransaction(A, (short) 0)).isEmpty();
        world.get(log.append(world.transactional(A, 0, 1, "y"), AppendOptions.inTransaction())
                .durable());
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 0, 2, 2));
    }

    @Test
    void shouldRefuseTheLateRecordThatWouldOpenATransactionWhichNobodyEnds() {
        TransactionGuard guard = log.guardTransaction(A, (short) 0).orElseThrow();
        world.end(log, A, 0, false);
        assertThat(codeOf(world, log.append(world.transactional(A, 0, 0, "late"), AppendOptions.inTransaction(guard))))
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(log.offsets().lastStable()).isEqualTo(1);
    }

    @Test
    void shouldRefuseTheLateRecordThatWouldJoinTheNextTransaction() {
        world.begin(log, A, 0, 0, "x");
        world.end(log, A, 1, true);
        world.begin(log, A, 1, 0, "y");
        assertThat(codeOf(world, log.append(world.transactional(A, 0, 1, "late"), AppendOptions.inTransaction())))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void shouldNotTakeTheGuardOfAnotherProducerOrEpochOrPartition() {
        TransactionGuard ofB = log.guardTransaction(B, (short) 0).orElseThrow();
        TransactionGuard ofEpoch0 = log.guardTransaction(A, (short) 0).orElseThrow();
        TransactionGuard elsewhere = world.open(LogWorld.id(2, 0), "b")
                .guardTransaction(A, (short) 1)
                .orElseThrow();
        for (TransactionGuard guard : List.of(ofB, ofEpoch0, elsewhere)) {
            assertThat(codeOf(world, log.append(world.transactional(A, 1, 0, "x"), AppendOptions.inTransaction(guard))))
                    .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        }
    }

    @Test
    void shouldKeepNoMoreGuardsThanItsBoundUntilTheyAreSwept() {
        TransactionGuard early = log.guardTransaction(A, (short) 0).orElseThrow();
        for (int i = 0; i < TransactionGuards.MAX_PENDING; i++) {
            assertThat(log.guardTransaction(1_000 + i, (short) 0)).isPresent();
        }
        TransactionGuard late = log.guardTransaction(B, (short) 0).orElseThrow();
        assertThat(codeOf(world, log.append(world.transactional(B, 0, 0, "x"), AppendOptions.inTransaction(late))))
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        world.get(log.append(world.transactional(A, 0, 0, "x"), AppendOptions.inTransaction(early))
                .durable());

        world.simulator.advanceMs(3 * LogWorld.SMALL.retentionCheckIntervalMs());
        world.begin(log, B, 0, 0, "y");
        assertThat(log.offsets().logEnd()).isEqualTo(2);
    }

    @Test
    void shouldLetTheLowestSequenceBeginTheTransaction() {
        TransactionGuard first = log.guardTransaction(A, (short) 0, 5, false).orElseThrow();
        TransactionGuard second = log.guardTransaction(A, (short) 0, 6, false).orElseThrow();
        assertThat(codeOf(world, log.append(world.transactional(A, 0, 6, "y"), AppendOptions.inTransaction(second))))
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        world.get(log.append(world.transactional(A, 0, 5, "x"), AppendOptions.inTransaction(first))
                .durable());
    }

    @Test
    void shouldBeginAnEpochThatIsNotKnownHereWithSequenceZero() {
        TransactionGuard guard = log.guardTransaction(A, (short) 3, 2, true).orElseThrow();
        assertThat(codeOf(world, log.append(world.transactional(A, 3, 2, "y"), AppendOptions.inTransaction(guard))))
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        guard = log.guardTransaction(A, (short) 3, 0, true).orElseThrow();
        world.get(log.append(world.transactional(A, 3, 0, "x"), AppendOptions.inTransaction(guard))
                .durable());
    }

    @Test
    void shouldRefuseABatchOutsideOfTheTransactionThatIsOpen() {
        world.begin(log, A, 0, 0, "x");
        assertThat(codeOf(world, log.append(world.batch(A, 0, 1, "y"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    // ---- Ending

    @Test
    void shouldGoOnInTheEpochThatTheMarkerBrings() {
        world.begin(log, A, 4, 0, "x");
        world.end(log, A, 5, true);
        assertThat(codeOf(world, log.append(world.transactional(A, 4, 1, "y"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(codeOf(world, log.append(world.batch(A, 5, 1, "y"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        world.begin(log, A, 5, 0, "y");
        assertThat(codeOf(world, log.endTransaction(A, (short) 4, 0, true)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(log.offsets().lastStable()).isEqualTo(2);
    }

    @Test
    void shouldRefuseTheLateMarkerThatWouldEndTheNextTransaction() {
        world.begin(log, A, 0, 0, "x");
        world.get(log.endTransaction(A, (short) 1, 0, true, true).durable());
        world.get(log.endTransaction(A, (short) 1, 0, true, true).durable());
        world.begin(log, A, 1, 0, "y");
        assertThat(codeOf(world, log.endTransaction(A, (short) 1, 0, true, true)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void shouldFenceACoordinatorThatWasReplaced() {
        world.begin(log, A, 0, 0, "x");
        world.get(log.endTransaction(A, (short) 0, 5, true).durable());
        assertThat(codeOf(world, log.endTransaction(A, (short) 0, 4, true)))
                .isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
    }

    @Test
    void shouldWriteAMarkerAlsoWithoutATransaction() throws IOException {
        AppendResult marker = world.end(log, A, 2, false);
        assertThat(marker.offsetNext()).isEqualTo(1);
        assertThat(read(0).abortedTransactions()).isEmpty();
        ActiveProducer producer = world.get(log.producers()).getFirst();
        assertThat(producer).isEqualTo(new ActiveProducer(A, (short) 2, -1, producer.lastTimestampMs(), 0, -1));
    }

    @Test
    void shouldAnswerARepetitionAsOneAlthoughItsTransactionIsOver() {
        AppendResult original = world.begin(log, A, 0, 0, "x");
        world.end(log, A, 0, true);
        AppendResult repetition = world.get(log.append(world.transactional(A, 0, 0, "x"), AppendOptions.CLIENT)
                .durable());
        assertThat(repetition.baseOffset()).isEqualTo(original.baseOffset());
        assertThat(log.offsets().logEnd()).isEqualTo(2);
    }

    @Test
    void shouldTellOfItsProducers() {
        world.begin(log, A, 1, 0, "x", "y");
        world.end(log, A, 1, true);
        world.begin(log, A, 1, 2, "z");
        ActiveProducer producer = world.get(log.producers()).getFirst();
        assertThat(producer).isEqualTo(new ActiveProducer(A, (short) 1, 2, producer.lastTimestampMs(), 0, 3));
    }

    @Test
    void shouldEndTransactionsOnADiskThatIsFullForClients() throws IOException {
        world.begin(log, A, 0, 0, "x");
        world.simulator.files().setLimitBytes(world.simulator.files().usedBytes() + (60 << 10));
        world.simulator.advanceMs(2_000);
        assertThat(codeOf(world, log.append(world.transactional(A, 0, 1, "y"), AppendOptions.inTransaction())))
                .isEqualTo(ErrorCode.DISK_FULL);
        assertThat(log.offsets().lastStable()).isZero();
        world.end(log, A, 0, false);
        assertThat(log.offsets().lastStable()).isEqualTo(2);
        assertThat(read(0).abortedTransactions()).containsExactly(new AbortedTransaction(A, 0));
    }

    // ---- The last stable offset

    @Test
    void shouldHoldTheLastStableOffsetUntilTheMarkerIsDurable() {
        world.append(log, "plain");
        world.begin(log, A, 0, 0, "x");
        world.begin(log, B, 0, 0, "y");
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 1, 3, 3));
        Append marker = log.endTransaction(A, (short) 0, 0, true);
        world.simulator.runUntil("accepted", () -> marker.accepted().isDone());
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 1, 3, 4));
        world.get(marker.durable());
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 2, 4, 4));
        world.end(log, B, 0, false);
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 5, 5, 5));
    }

    @Test
    void shouldWakeReadersOfCommittedDataWhenTheLastStableOffsetMoves() {
        world.begin(log, A, 0, 0, "x");
        AtomicInteger durable = new AtomicInteger();
        AtomicInteger committed = new AtomicInteger();
        log.watch(0, Bound.DURABLE, durable::incrementAndGet);
        log.watch(0, Bound.COMMITTED, committed::incrementAndGet);
        world.append(log, "plain");
        assertThat(durable).hasValue(1);
        assertThat(committed).hasValue(0);
        world.end(log, A, 0, true);
        assertThat(committed).hasValue(1);
    }

    @Test
    void shouldNotLetTheLastStableOffsetRunAheadOfWhatIsReplayed() throws IOException {
        for (int way = 0; way < 3; way++) {
            world.append(log, "plain");
        }
        world.begin(log, A, 0, 0, "x");
        for (Restart restart : Restart.values()) {
            world.append(log, restart.name());
            restart.run(world);
            log = world.open(ID, "a");
            assertThat(log.offsets().lastStable()).as(restart.name()).isEqualTo(3);
            assertThat(log.offsets().highWatermark()).isEqualTo(log.offsets().logEnd());
            assertThat(log.guardTransaction(A, (short) 0)).isEmpty();
        }
        world.end(log, A, 0, true);
        assertThat(log.offsets().lastStable()).isEqualTo(log.offsets().logEnd());
    }

    @Test
    void shouldBringBackEpochsOfProducersAndCoordinators() throws IOException {
        world.begin(log, A, 0, 0, "x");
        world.get(log.endTransaction(A, (short) 1, 5, true).durable());
        List<ActiveProducer> before = world.get(log.producers());
        for (Restart restart : Restart.values()) {
            restart.run(world);
            log = world.open(ID, "a");
            assertThat(world.get(log.producers())).as(restart.name()).isEqualTo(before);
        }
        assertThat(codeOf(world, log.endTransaction(A, (short) 1, 4, true)))
                .isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        assertThat(codeOf(world, log.append(world.batch(A, 0, 1, "y"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void shouldNotExpireAProducerWithAnOpenTransaction() throws IOException {
        world.begin(log, A, 0, 0, "x");
        world.end(log, B, 0, true);
        world.simulator.advanceMs(2 * 86_400_000L);
        assertThat(world.get(log.producers()))
                .extracting(ActiveProducer::producerId)
                .containsExactly(A);
        world.end(log, A, 0, true);
        world.simulator.advanceMs(2 * 86_400_000L);
        assertThat(world.get(log.producers())).isEmpty();
        assertThat(log.guardTransaction(A, (short) 0)).isPresent();
    }

    @Test
    void shouldLetTheIdleProducerContinueAfterItsExpiry() throws IOException {
        world.begin(log, A, 0, 0, "x");
        world.end(log, A, 0, true);
        world.simulator.advanceMs(2 * 86_400_000L);
        assertThat(world.begin(log, A, 0, 1, "y").baseOffset()).isEqualTo(2);
    }

    @Test
    void shouldMoveTheStartBehindATransactionThatIsOpen() {
        world.begin(log, A, 0, 0, "x", "y");
        world.get(log.deleteRecords(-1));
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(2, 2, 2, 2));
        world.end(log, A, 0, true);
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(2, 3, 3, 3));
    }

    // ---- Aborted transactions

    @Test
    void shouldNameTheAbortedTransactionsThatOverlapWhatIsRead() throws IOException {
        world.begin(log, A, 0, 0, "a0");
        world.begin(log, B, 0, 0, "b1");
        world.end(log, B, 0, false);
        world.append(log, "plain3");
        world.end(log, A, 0, false);
        world.begin(log, B, 0, 1, "b5");
        world.end(log, B, 0, true);
        for (Optional<Restart> restart : Restart.noneAndAll()) {
            if (restart.isPresent()) {
                restart.get().run(world);
                log = world.open(ID, "a");
            }
            assertThat(read(0).abortedTransactions())
                    .as("%s", restart)
                    .containsExactly(new AbortedTransaction(B, 1), new AbortedTransaction(A, 0));
            assertThat(read(3).abortedTransactions()).containsExactly(new AbortedTransaction(A, 0));
            assertThat(read(5).abortedTransactions()).isEmpty();
            assertThat(log.read(new ReadRequest(0, 64 << 10, true, Bound.DURABLE))
                            .abortedTransactions())
                    .isEmpty();
        }
    }

    @Test
    void shouldFindMarkersInLaterSegments() throws IOException {
        world.begin(log, A, 0, 0, "a0");
        List<Long> bases = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            bases.add(world.get(log.roll()));
            world.append(log, "plain");
        }
        world.end(log, A, 0, false);
        for (Optional<Restart> restart : Restart.noneAndAll()) {
            if (restart.isPresent()) {
                restart.get().run(world);
                log = world.open(ID, "a");
            }
            for (long offset = 0; offset < 4; offset++) {
                assertThat(read(offset).abortedTransactions())
                        .as("%s %d", restart, offset)
                        .containsExactly(new AbortedTransaction(A, 0));
            }
        }
        assertThat(bases).containsExactly(1L, 2L, 3L);
    }

    private ReadResult read(long offset) throws IOException {
        return log.read(new ReadRequest(offset, 64 << 10, true, Bound.COMMITTED));
    }

    /** Every way to begin anew. */
    private enum Restart {
        CRASH,
        KILL,
        CLEAN;

        void run(LogWorld world) throws IOException {
            switch (this) {
                case CRASH -> world.crash();
                case KILL -> world.kill();
                case CLEAN -> world.restart();
            }
        }

        static List<Optional<Restart>> noneAndAll() {
            return List.of(Optional.empty(), Optional.of(CRASH), Optional.of(KILL), Optional.of(CLEAN));
        }
    }
}
