package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.records.BatchRules;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PartitionLogTest {

    static final PartitionId ID = LogWorld.id(1, 0);

    @Test
    void shouldGiveBackWhatWasAppended() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        AppendResult first = world.append(log, "x", "y");
        AppendResult second = world.append(log, "z");
        assertThat(first).isEqualTo(new AppendResult(0, 2, -1, 0));
        assertThat(second).isEqualTo(new AppendResult(2, 3, -1, 0));
        assertThat(LogWorld.values(log, 1)).containsExactly("y", "z");
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 3, 3, 3));
        assertThat(log.endOfEpoch(0)).contains(new EpochEnd(0, 3));
    }

    @Test
    void shouldAcceptBeforeItIsDurableAndShowConsumersNothingEarlier() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        Append append = log.append(world.batch("x"), AppendOptions.CLIENT);
        world.simulator.runUntil("accepted", () -> append.accepted().isDone());
        assertThat(append.durable()).isNotDone();
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 0, 0, 1));
        assertThat(log.read(new ReadRequest(0, 1000, true, ReadRequest.Bound.DURABLE))
                        .slices())
                .isEmpty();
        assertThat(log.read(new ReadRequest(0, 1000, true, ReadRequest.Bound.ACCEPTED))
                        .slices())
                .hasSize(1);
        world.simulator.runToRest();
        assertThat(append.durable()).isDone();
        assertThat(LogWorld.values(log, 0)).containsExactly("x");
    }

    @Test
    void shouldKeepWhatWasDurableWhenThePowerFails() throws IOException {
        for (int seed = 1; seed < 50; seed++) {
            LogWorld world = new LogWorld(seed);
            PartitionLog log = world.open(ID, "a");
            world.append(log, "x", "y");
            world.append(log, "z");
            world.crash();
            assertThat(world.store.unopened()).containsExactly(ID);
            assertThat(world.store.recovery().clean()).isFalse();
            log = world.open(ID, "a");
            assertThat(LogWorld.values(log, 0)).containsExactly("x", "y", "z");
            assertThat(world.append(log, "w").baseOffset()).isEqualTo(3);
        }
    }

    @Test
    void shouldReadNoDataAfterACleanShutdown() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(ID, "a"), "x", "y");
        world.restart();
        assertThat(world.store.recovery().clean()).isTrue();
        assertThat(world.store.recovery().replayedCount()).isZero();
        PartitionLog log = world.open(ID, "a");
        assertThat(LogWorld.values(log, 0)).containsExactly("x", "y");
        world.crash();
        assertThat(world.store.recovery().clean()).isFalse();
    }

    @Test
    void shouldAnswerARepetitionOnlyWhenItsOriginalIsDurable() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        Append original = log.append(world.batch(7, 0, 0, "x"), AppendOptions.CLIENT);
        world.simulator.runUntil("accepted", () -> original.accepted().isDone());
        Append repetition = log.append(world.batch(7, 0, 0, "x"), AppendOptions.CLIENT);
        world.simulator.files().failNext(Operation.SYNC, path -> true);
        world.simulator.runToRest();
        assertThat(original.durable()).isCompletedExceptionally();
        assertThat(repetition.durable()).isCompletedExceptionally();
    }

    @Test
    void shouldAnswerARepetitionWithThePlaceOfItsOriginal() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        AppendResult original = world.get(
                log.append(world.batch(7, 0, 0, "x", "y"), AppendOptions.CLIENT).durable());
        AppendResult repetition = world.get(
                log.append(world.batch(7, 0, 0, "x", "y"), AppendOptions.CLIENT).durable());
        assertThat(repetition.baseOffset()).isEqualTo(original.baseOffset());
        assertThat(LogWorld.values(log, 0)).containsExactly("x", "y");
    }

    @Test
    void shouldRefuseAGapInTheSequence() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        world.get(log.append(world.batch(7, 0, 0, "x"), AppendOptions.CLIENT).durable());
        assertThat(codeOf(world, log.append(world.batch(7, 0, 2, "y"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
    }

    @Test
    void shouldFenceTheShardForGoodWhenASyncFails() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        PartitionLog other = world.open(LogWorld.id(2, 0), "b");
        world.append(log, "x");
        world.simulator.files().failNext(Operation.SYNC, path -> path.toString().endsWith(".journal"));
        Append lost = log.append(world.batch("y"), AppendOptions.CLIENT);
        assertThat(codeOf(world, lost)).isEqualTo(ErrorCode.PARTITION_OFFLINE);
        assertThat(codeOf(world, other.append(world.batch("z"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.PARTITION_OFFLINE);
        assertThat(LogWorld.values(log, 0)).containsExactly("x");
        assertThat(log.offsets().highWatermark()).isEqualTo(1);
    }

    @Test
    void shouldTakeOnlyThatPartitionOfflineWhenItsSegmentCannotBeWritten() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        PartitionLog other = world.open(LogWorld.id(2, 0), "b");
        world.append(log, "x");
        world.simulator
                .files()
                .failNext(Operation.WRITE, path -> path.toString().contains("a-0"));
        assertThat(codeOf(world, log.append(world.batch("y"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.PARTITION_OFFLINE);
        assertThat(log.offlineReason()).isPresent();
        world.append(other, "z");
        assertThat(LogWorld.values(log, 0)).containsExactly("x");
        world.crash();
        log = world.open(ID, "a");
        assertThat(LogWorld.values(log, 0)).startsWith("x");
    }

    @Test
    void shouldNotReviveADeletedTopicInItsNamesake() throws IOException {
        for (int seed = 1; seed < 50; seed++) {
            LogWorld world = new LogWorld(seed);
            PartitionLog log = world.open(ID, "a");
            world.append(log, "old");
            CompletableFuture<Void> gone = world.store.delete(ID);
            PartitionId namesake = LogWorld.id(2, 0);
            PartitionLog second = world.store.open(namesake, "a", LogConfig.DEFAULT);
            world.get(gone);
            world.append(second, "new");
            PartitionLog deleted = log;
            assertThatThrownBy(() -> deleted.read(new ReadRequest(0, 1, true, ReadRequest.Bound.DURABLE)))
                    .isInstanceOf(MillraceException.class);
            world.crash();
            assertThat(world.store.unopened()).containsExactly(namesake);
            assertThat(LogWorld.values(world.open(namesake, "a"), 0)).containsExactly("new");
        }
    }

    @Test
    void shouldCallDurableWhatIsAcceptedWhenTheOperatingSystemIsTrusted() throws IOException {
        LogWorld world = new LogWorld(1, LogWorld.SMALL.withDurability(Durability.OS));
        PartitionLog log = world.open(ID, "a");
        world.simulator.files().failAlways(Operation.SYNC, path -> true);
        Append append = log.append(world.batch("x"), AppendOptions.CLIENT);
        world.simulator.runUntil("accepted", () -> append.accepted().isDone());
        assertThat(append.durable()).isCompleted();
        world.simulator.files().mend();
        world.kill();
        assertThat(LogWorld.values(world.open(ID, "a"), 0)).containsExactly("x");
    }

    @Test
    void shouldMoveTheStartOfTheLogAndRememberItAfterACrash() throws IOException {
        for (Durability durability : Durability.values()) {
            LogWorld world = new LogWorld(1, LogWorld.SMALL.withDurability(durability));
            PartitionLog log = world.open(ID, "a");
            world.append(log, "x", "y");
            assertThat(world.get(log.deleteRecords(1))).isEqualTo(1);
            assertThat(log.offsets().logStart()).isEqualTo(1);
            if (durability == Durability.FSYNC) {
                world.crash();
            } else {
                world.kill();
            }
            log = world.open(ID, "a");
            assertThat(log.offsets().logStart()).isEqualTo(1);
            assertThat(LogWorld.values(log, 1)).containsExactly("y");
            assertThat(world.get(log.deleteRecords(-1))).isEqualTo(2);
        }
    }

    @Test
    void shouldBeginInTheMiddleOfABatchAlsoWhenACrashTookTheSegments() throws IOException {
        for (int seed = 1; seed < 100; seed++) {
            LogWorld world = new LogWorld(seed);
            PartitionLog log = world.open(ID, "a");
            world.append(log, "x", "y");
            world.get(log.deleteRecords(1));
            world.crash();
            log = world.open(ID, "a");
            assertThat(log.offsets()).as("seed %d", seed).isEqualTo(new PartitionOffsets(1, 2, 2, 2));
            assertThat(LogWorld.values(log, 1)).containsExactly("y");
            world.append(log, "z");
        }
    }

    @Test
    void shouldRollBeforeAnIndexGrowsTooLarge() throws IOException {
        LogWorld world = new LogWorld(1);
        LogConfig config = new LogConfig(BatchRules.DEFAULT, 1 << 20, 1L << 40, 0, 0, 30, -1, -1, 60_000);
        PartitionLog log = world.open(ID, "a", config);
        for (int i = 0; i < 10; i++) {
            world.simulator.advanceMs(1); // Else the time index gets one entry alone.
            world.append(log, "x");
        }
        // Two entries of 12 bytes fit; a segment's first batch gets none.
        assertThat(baseOffsets(world, "a-0")).containsExactly(0L, 3L, 6L, 9L);
    }

    @Test
    void shouldRollSegmentsOfManyPartitionsAtDifferentTimes() throws IOException {
        LogWorld world = new LogWorld(1);
        LogConfig config = new LogConfig(BatchRules.DEFAULT, 1 << 20, 100_000, 80_000, 4096, 10 << 20, -1, -1, 60_000);
        int rolled = 0;
        for (int i = 0; i < 50; i++) {
            world.append(world.open(LogWorld.id(1, i), "a", config), "x");
        }
        world.simulator.advanceMs(60_000);
        for (int i = 0; i < 50; i++) {
            world.append(world.open(LogWorld.id(1, i), "a", config), "y");
            rolled += baseOffsets(world, "a-" + i).size() - 1;
        }
        assertThat(rolled).isBetween(15, 35);
    }

    private static List<Long> baseOffsets(LogWorld world, String directory) throws IOException {
        return world.simulator.files().list(LogWorld.DIRECTORY.resolve("topics").resolve(directory)).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.endsWith(".log"))
                .map(name -> Long.parseLong(name.substring(0, 20)))
                .toList();
    }

    @Test
    void shouldDropOldSegmentsByTimeAndBySize() throws IOException {
        LogWorld world = new LogWorld(1);
        LogConfig byTime = new LogConfig(BatchRules.DEFAULT, 200, 1L << 40, 0, 4096, 10 << 20, 1_000, -1, 60_000);
        PartitionLog log = world.open(ID, "a", byTime);
        world.append(log, "x".repeat(100));
        world.append(log, "y".repeat(100));
        world.simulator.advanceMs(400_000);
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(2, 2, 2, 2));
        LogConfig bySize = new LogConfig(BatchRules.DEFAULT, 200, 1L << 40, 0, 4096, 10 << 20, -1, 300, 60_000);
        world.store.updateConfig(ID, bySize);
        for (int i = 0; i < 5; i++) {
            world.append(log, "z".repeat(100));
        }
        world.simulator.advanceMs(400_000);
        assertThat(log.offsets().logStart()).isEqualTo(5);
        assertThat(log.sizeBytes()).isGreaterThan(300).isLessThan(600);
        world.crash();
        assertThat(world.open(ID, "a").offsets()).isEqualTo(new PartitionOffsets(5, 7, 7, 7));
    }

    @Test
    void shouldKeepWhatWasDurableThroughStartsThatFindItDamaged() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(ID, "a"), "x", "y");
        world.store.close();
        Path segment = LogWorld.DIRECTORY.resolve("topics/a-0/00000000000000000000.log");
        world.simulator.files().flipBit(segment, 16, 0);
        for (int start = 0; start < 2; start++) {
            world.startAgain();
            PartitionLog log = world.open(ID, "a");
            log.bringBack();
            assertThat(log.offlineReason()).isPresent();
            world.store.close();
        }
        world.simulator.files().flipBit(segment, 16, 0);
        world.startAgain();
        assertThat(LogWorld.values(world.open(ID, "a"), 0)).containsExactly("x", "y");
    }

    @Test
    void shouldNotLetASegmentThatCannotBeReadStopTheRetentionOfOthers() throws IOException {
        LogConfig bySize = new LogConfig(BatchRules.DEFAULT, 200, 1L << 40, 0, 4096, 10 << 20, -1, 300, 60_000);
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a", bySize);
        PartitionLog other = world.open(LogWorld.id(2, 0), "b", bySize);
        for (int i = 0; i < 5; i++) {
            world.append(log, "x".repeat(100));
            world.append(other, "y".repeat(100));
        }
        world.restart();
        log = world.open(ID, "a", bySize);
        other = world.open(LogWorld.id(2, 0), "b", bySize);
        log.bringBack();
        world.simulator
                .files()
                .failAlways(Operation.OPEN, path -> path.toString().contains("a-0"));
        world.simulator.advanceMs(400_000);
        assertThat(log.offsets().logStart()).isZero();
        assertThat(other.offsets().logStart()).isEqualTo(3);
        assertThat(log.offlineReason()).isEmpty();
        world.append(other, "z");
    }

    @Test
    void shouldWakeWatchersWhenSomethingIsReadable() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        AtomicInteger woken = new AtomicInteger();
        log.watch(0, ReadRequest.Bound.DURABLE, woken::incrementAndGet);
        log.watch(1, ReadRequest.Bound.DURABLE, woken::incrementAndGet);
        log.watch(0, ReadRequest.Bound.DURABLE, woken::incrementAndGet).cancel();
        world.simulator.runToRest();
        assertThat(woken).hasValue(0);
        world.append(log, "x");
        assertThat(woken).hasValue(1);
        log.watch(0, ReadRequest.Bound.COMMITTED, woken::incrementAndGet);
        assertThat(woken).hasValue(2);
        world.get(world.store.delete(ID));
        assertThat(woken).hasValue(3);
    }

    @Test
    void shouldRefuseClientsBeforeTheDiskIsFullAndLetTheControlPlaneGoOn() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        world.append(log, "x");
        world.simulator.files().setLimitBytes(world.simulator.files().usedBytes() + (60 << 10));
        world.simulator.advanceMs(2_000);
        assertThat(codeOf(world, log.append(world.batch("y"), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.DISK_FULL);
        world.get(log.append(world.batch("z"), AppendOptions.INTERNAL).durable());
        assertThat(LogWorld.values(log, 0)).containsExactly("x", "z");
    }

    @Test
    void shouldRefuseWhatPilesUpBeyondTheBound() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        ErrorCode last = null;
        for (int i = 0; i < 30; i++) {
            Append append = log.append(world.batch("x".repeat(50_000)), AppendOptions.CLIENT);
            if (append.accepted().isCompletedExceptionally()) {
                last = codeOf(world, append);
            }
        }
        assertThat(last).isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void shouldSyncInPlaceWhatIsTooLargeForTheJournal() throws IOException {
        for (int seed = 1; seed < 30; seed++) {
            LogWorld world = new LogWorld(seed);
            PartitionLog log = world.open(ID, "a");
            String large = "x".repeat(100_000);
            world.append(log, "a");
            world.append(log, large);
            world.append(log, "b");
            world.crash();
            assertThat(LogWorld.values(world.open(ID, "a"), 0)).containsExactly("a", large, "b");
        }
    }

    @Test
    void shouldUseTheJournalAgainAndAgain() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        for (int i = 0; i < 200; i++) {
            world.append(log, ("" + i).repeat(3_000));
        }
        world.crash();
        List<String> values = LogWorld.values(world.open(ID, "a"), 0);
        assertThat(values).hasSize(200);
        assertThat(values.getLast()).startsWith("199199");
    }

    @Test
    void shouldFindRecordsByTime() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        long startMs = world.simulator.clock().wallMs();
        world.append(log, "x");
        world.simulator.advanceMs(100);
        world.append(log, "y", "z");
        assertThat(log.firstAtOrAfter(startMs + 1).orElseThrow().offset()).isEqualTo(1);
        assertThat(log.largestTimestamp().orElseThrow().offset()).isEqualTo(1);
        assertThat(log.firstAtOrAfter(startMs + 101)).isEmpty();
    }

    @Test
    void shouldReplaceAHistory() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        world.append(log, "x", "y");
        CompletableFuture<Long> rolled = log.roll();
        Append state = log.append(world.batch("xy"), AppendOptions.INTERNAL);
        long base = world.get(rolled);
        world.get(state.durable());
        world.get(log.deleteRecords(base));
        assertThat(log.offsets().logStart()).isEqualTo(2);
        world.crash();
        assertThat(LogWorld.values(world.open(ID, "a"), 2)).containsExactly("xy");
    }

    @Test
    void shouldKeepAStoreInMemory() throws IOException {
        LogWorld world = new LogWorld(1);
        LogStore memory = LogStore.inMemory(LogWorld.SMALL, world.environment());
        PartitionLog log = memory.open(ID, "a", LogConfig.DEFAULT);
        assertThat(world.append(log, "x").baseOffset()).isZero();
        assertThat(LogWorld.values(log, 0)).containsExactly("x");
        assertThat(world.get(log.deleteRecords(1))).isEqualTo(1);
        memory.close();
        ByteBuffer batch = world.batch("y");
        assertThat(codeOf(world, log.append(batch, AppendOptions.CLIENT))).isEqualTo(ErrorCode.SHUTTING_DOWN);
    }

    static ErrorCode codeOf(LogWorld world, Append append) {
        world.simulator.runToRest();
        assertThat(append.durable()).isCompletedExceptionally();
        try {
            append.durable().join();
            throw new AssertionError("it succeeded");
        } catch (CompletionException e) {
            return ((MillraceException) Objects.requireNonNull(e.getCause())).code();
        }
    }
}
