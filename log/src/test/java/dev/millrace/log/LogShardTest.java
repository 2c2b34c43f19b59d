package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.metrics.Counter;
import dev.millrace.base.metrics.Distribution;
import dev.millrace.base.metrics.Gauge;
import dev.millrace.base.metrics.Metric;
import dev.millrace.base.metrics.Metrics;
import dev.millrace.log.records.BatchRules;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a shard does when something is in the way: a name that is not free yet, a journal without room, a disk that fails. */
class LogShardTest {

    private static final PartitionId OLD = LogWorld.id(1, 0);
    private static final PartitionId NEW = LogWorld.id(2, 0);
    private static final PartitionId OTHER = LogWorld.id(3, 0);
    private static final int SMALL_JOURNAL_FILE_SIZE_BYTES = 16 << 10;
    private static final int OPERATIONS_OF_A_HOT_LOOP = 100_000;

    private final List<Runnable> heldBack = new ArrayList<>();

    @Test
    void shouldDeleteAPartitionWhoseLargeAppendIsNotDurableYet() throws IOException {
        for (int seed = 1; seed < 50; seed++) {
            LogWorld world = new LogWorld(seed);
            PartitionLog log = world.open(OLD, "a");
            PartitionLog other = world.open(OTHER, "b");
            Append large = log.append(world.batch("x".repeat(100_000)), AppendOptions.CLIENT);
            world.get(world.store.delete(OLD));
            assertThat(PartitionLogTest.codeOf(world, large)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            world.append(other, "y");
        }
    }

    @Test
    void shouldMakeRoomForEachAppendThatWaitedForItsPartition() throws IOException {
        for (int seed = 1; seed < 20; seed++) {
            LogWorld world = new LogWorld(seed);
            world.append(world.open(OLD, "a"), "x");
            List<Append> waiting = appendToNamesake(world, 40);
            world.simulator.runToRest();
            assertThat(waiting)
                    .allSatisfy(append -> assertThat(append.durable()).isCompleted());
            world.crash();
            assertThat(LogWorld.values(world.open(NEW, "a"), 0)).hasSize(40);
        }
    }

    @Test
    void shouldCountWhatWaitsForAPartitionAgainstTheBoundOfTheQueue() throws IOException {
        LogWorld world = worldThatHoldsBackground();
        List<Append> waiting = appendToNamesake(world, 40);
        world.simulator.runToRest();
        PartitionLog other = world.open(OTHER, "b");
        assertThat(PartitionLogTest.codeOf(world, other.append(world.batch("x".repeat(300_000)), AppendOptions.CLIENT)))
                .isEqualTo(ErrorCode.OVERLOADED);
        runHeldBack(world);
        assertThat(waiting).allSatisfy(append -> assertThat(append.durable()).isCompleted());
        world.get(other.append(world.batch("x".repeat(300_000)), AppendOptions.CLIENT)
                .durable());
    }

    @Test
    void shouldFailWhatWaitsForAPartitionWhenTheShardIsFenced() throws IOException {
        LogWorld world = worldThatHoldsBackground();
        PartitionLog other = world.open(OTHER, "b");
        Append waiting = appendToNamesake(world, 1).getFirst();
        world.simulator.runToRest();
        assertThat(waiting.accepted()).isNotDone();
        world.simulator.files().failNext(Operation.SYNC, path -> true);
        var _ = other.append(world.batch("x"), AppendOptions.CLIENT);
        assertThat(PartitionLogTest.codeOf(world, waiting)).isEqualTo(ErrorCode.PARTITION_OFFLINE);
    }

    @Test
    void shouldFailWhatWaitsForAPartitionWhenTheShardIsClosed() throws IOException {
        LogWorld world = worldThatHoldsBackground();
        Append waiting = appendToNamesake(world, 1).getFirst();
        CompletableFuture<Long> command = world.store.get(NEW).orElseThrow().roll();
        world.simulator.runToRest();
        world.store.close();
        assertThat(PartitionLogTest.codeOf(world, waiting)).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(command).isCompletedExceptionally();
    }

    @Test
    void shouldMakeRoomForTheRetentionOfEachPartition() throws IOException {
        LogWorld world = new LogWorld(1, smallJournal(Durability.FSYNC));
        LogConfig config = new LogConfig(BatchRules.DEFAULT, 1 << 20, 1L << 40, 0, 4096, 10 << 20, 1_000, -1, 60_000);
        List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            logs.add(world.open(LogWorld.id(10, i), "a", config));
            world.append(logs.getLast(), "x");
        }
        world.simulator.advanceMs(400_000);
        assertThat(logs).allSatisfy(log -> assertThat(log.offsets().logStart()).isEqualTo(1));
        world.append(logs.getFirst(), "y");
        for (Path path : world.simulator.files().list(LogWorld.DIRECTORY.resolve("journal-0"))) {
            if (path.toString().endsWith(".journal")) {
                assertThat(world.simulator.files().readAll(path)).hasSize(SMALL_JOURNAL_FILE_SIZE_BYTES);
            }
        }
    }

    @Test
    void shouldTryACheckpointAgainThoughNothingElseIsToBeFlushed() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(OLD, "a");
        world.append(log, "x");
        world.simulator.files().failAlways(Operation.OPEN, LogShardTest::isCheckpoint);
        world.simulator.advanceMs(61_000);
        world.simulator.files().mend();
        world.simulator.advanceMs(60_000);
        assertThat(checkpoint(world).partitions())
                .hasEntrySatisfying(
                        OLD, line -> assertThat(line.flushedOffset()).isEqualTo(1));
    }

    @Test
    void shouldPauseBetweenCheckpointsThatFail() throws IOException {
        LogWorld world = new LogWorld(1, smallJournal(Durability.OS));
        PartitionLog log = world.open(OLD, "a");
        world.append(log, "x");
        AtomicInteger attempts = new AtomicInteger();
        world.simulator.files().failAlways(Operation.OPEN, path -> {
            if (isCheckpoint(path) && attempts.incrementAndGet() > OPERATIONS_OF_A_HOT_LOOP) {
                throw new AssertionError("a hot loop");
            }
            return isCheckpoint(path);
        });
        CompletableFuture<Long> deleted = log.deleteRecords(1);
        world.simulator.advanceMs(60_000);
        assertThat(attempts.get()).isBetween(3, 20);
        assertThat(deleted).isNotDone();
        world.simulator.files().mend();
        assertThat(world.get(deleted)).isEqualTo(1);
    }

    @Test
    void shouldFenceItselfWhenAFlushEndsInAnError() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(OLD, "a");
        world.append(log, "x");
        failOnce(world, Operation.SYNC, ".log");
        assertThatThrownBy(() -> world.simulator.advanceMs(61_000)).hasMessage("a defect");
        world.simulator.runToRest();
        assertThat(log.offlineReason())
                .hasValueSatisfying(reason -> assertThat(reason).contains("a flush"));
        world.store.close();
    }

    @Test
    void shouldGoOnAllocatingAfterAnError() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(OLD, "a");
        failOnce(world, Operation.OPEN, "1.journal");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        world.append(log, "x".repeat(10_000));
                        world.simulator.runToRest();
                    }
                })
                .hasMessage("a defect");
        for (int i = 0; i < 100; i++) {
            world.append(log, "x".repeat(10_000));
        }
    }

    @Test
    void shouldRemoveSegmentsOfADeletedPartitionBeforeANamesakeComes() throws IOException {
        LogWorld world = worldThatHoldsBackground();
        PartitionLog log = world.open(OLD, "a");
        world.append(log, "x");
        var _ = log.roll();
        world.append(log, "y");
        CompletableFuture<Long> deleted = log.deleteRecords(2);
        world.simulator.runToRest();
        heldBack.removeFirst().run(); // The flush that lets the segment go.
        world.simulator.runToRest();
        CompletableFuture<Void> gone = world.store.delete(OLD);
        PartitionLog namesake = world.store.open(NEW, "a", LogConfig.DEFAULT);
        Append append = namesake.append(world.batch("z"), AppendOptions.CLIENT);
        world.simulator.runToRest();
        while (!append.durable().isDone()) {
            // The last that was asked for comes first.
            heldBack.removeLast().run();
            world.simulator.runToRest();
        }
        runHeldBack(world);
        assertThat(deleted).isCompleted();
        assertThat(gone).isCompleted();
        world.simulator.advanceMs(61_000);
        runHeldBack(world);
        world.crash();
        assertThat(LogWorld.values(world.open(NEW, "a"), 0)).containsExactly("z");
    }

    @Test
    void shouldRunSmallAppendsForWhoeverStartsThemIfThereIsNoJournal() throws IOException {
        LogWorld world = new LogWorld(1, smallJournal(Durability.OS));
        PartitionLog log = world.open(OLD, "a");
        Append first = log.appendLater(world.batch("x"), AppendOptions.CLIENT);
        world.store.startAppends();
        assertThat(first.accepted()).as("needs a file, which takes time").isNotDone();
        world.simulator.runToRest();
        assertThat(first.durable()).isCompleted();

        Append small = log.appendLater(world.batch("y"), AppendOptions.CLIENT);
        Append other = log.appendLater(world.batch("z"), AppendOptions.CLIENT);
        assertThat(small.accepted()).isNotDone();
        world.store.startAppends();
        assertThat(small.durable()).isCompleted();
        assertThat(other.durable()).isCompleted();

        Append large = log.appendLater(world.batch("l".repeat(20_000)), AppendOptions.CLIENT);
        world.store.startAppends();
        assertThat(large.accepted()).isNotDone();
        world.simulator.runToRest();
        assertThat(LogWorld.values(log, 0)).hasSize(4);
    }

    @Test
    void shouldLeaveAppendsToItsThreadIfThereIsAJournal() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(OLD, "a");
        world.append(log, "x");
        world.simulator.runToRest();
        Append later = log.appendLater(world.batch("y"), AppendOptions.CLIENT);
        world.simulator.runToRest();
        assertThat(later.accepted()).isNotDone();
        world.store.startAppends();
        assertThat(later.accepted()).isNotDone();
        world.simulator.runToRest();
        assertThat(later.durable()).isCompleted();
    }

    @Test
    void shouldSyncOnceForThoseThatComeWhileASyncOfManyIsDue() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(OLD, "a");
        List<Append> appends = new ArrayList<>();
        for (String value : List.of("1", "2", "3", "4")) {
            appends.add(log.append(world.batch(value), AppendOptions.CLIENT));
        }
        world.simulator.step();
        world.simulator.step();
        assertThat(appends).allSatisfy(append -> assertThat(append.durable()).isNotDone());
        appends.add(log.append(world.batch("5"), AppendOptions.CLIENT));
        world.simulator.runToRest();
        assertThat(appends).allSatisfy(append -> assertThat(append.durable()).isCompleted());
        assertThat(metric(world, Distribution.class, "log.commit.sync.time").count())
                .isEqualTo(1);
    }

    @Test
    void shouldMeasureWhatItDoes() throws IOException {
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(OLD, "a");
        world.append(log, "x");
        world.append(log, "y");
        assertThat(metric(world, Counter.class, "log.appends").value()).isEqualTo(2);
        assertThat(metric(world, Counter.class, "log.appends.size").value()).isEqualTo(log.sizeBytes());
        assertThat(metric(world, Distribution.class, "log.commit.sync.time").count())
                .isEqualTo(2);
        Append waiting = log.append(world.batch("z"), AppendOptions.CLIENT);
        assertThat(metric(world, Gauge.class, "log.queue.size").value()).isPositive();
        world.simulator.files().failNext(Operation.SYNC, path -> true);
        assertThat(PartitionLogTest.codeOf(world, waiting)).isEqualTo(ErrorCode.PARTITION_OFFLINE);
        assertThat(metric(world, Counter.class, "log.fences").value()).isEqualTo(1);
        assertThat(metric(world, Gauge.class, "log.queue.size").value()).isZero();
    }

    private static <M extends Metric> M metric(LogWorld world, Class<M> type, String name) {
        return world.metrics.all().stream()
                .filter(metric -> metric.name().full().equals(name + "{shard=0}"))
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    private static LogStoreConfig smallJournal(Durability durability) {
        return new LogStoreConfig(
                LogWorld.DIRECTORY,
                durability,
                1,
                4L * SMALL_JOURNAL_FILE_SIZE_BYTES,
                1 << 20,
                64 << 10,
                60_000,
                300_000,
                86_400_000);
    }

    private LogWorld worldThatHoldsBackground() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(OLD, "a"), "x");
        world.store.close();
        LogEnvironment all = world.environment();
        world.store = LogStore.open(
                LogWorld.SMALL,
                new LogEnvironment(
                        all.files(), all.clock(), all.scheduler(), heldBack::add, all.agents(), new Metrics()));
        return world;
    }

    private void runHeldBack(LogWorld world) {
        while (!heldBack.isEmpty()) {
            heldBack.removeFirst().run();
            world.simulator.runToRest();
        }
    }

    /** Appends of 20 kB to a partition that takes the name of {@link #OLD} as soon as that is gone. */
    private static List<Append> appendToNamesake(LogWorld world, int count) {
        var _ = world.store.delete(OLD);
        PartitionLog namesake = world.store.open(NEW, "a", LogConfig.DEFAULT);
        List<Append> appends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            appends.add(namesake.append(world.batch("x".repeat(20_000)), AppendOptions.CLIENT));
        }
        return appends;
    }

    private static void failOnce(LogWorld world, Operation operation, String suffix) {
        AtomicInteger failures = new AtomicInteger();
        world.simulator.files().setSyncsFileSystems(false);
        world.simulator.files().failAlways(operation, path -> {
            if (path.toString().endsWith(suffix) && failures.getAndIncrement() == 0) {
                throw new AssertionError("a defect");
            }
            return false;
        });
    }

    private static boolean isCheckpoint(Path path) {
        return path.toString().endsWith("journal-0/checkpoint.tmp");
    }

    private static Checkpoint checkpoint(LogWorld world) throws IOException {
        return Checkpoint.parse(world.simulator.files().readAll(LogWorld.DIRECTORY.resolve("journal-0/checkpoint")));
    }
}
