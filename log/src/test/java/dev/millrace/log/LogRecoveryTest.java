package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.files.FileStore;
import dev.millrace.log.records.BatchRules;
import dev.millrace.testkit.files.SimulatedCrash;
import dev.millrace.testkit.files.SimulatedFileStore;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Starts that meet more than a torn end: damaged segments, failing flushes, other shards, namesakes of deleted topics. */
class LogRecoveryTest {

    private static final PartitionId A = LogWorld.id(1, 0);
    private static final PartitionId B = LogWorld.id(2, 0);
    private static final PartitionId C = LogWorld.id(3, 0);
    private static final int MAGIC_POSITION = 16;
    private static final Path FIRST_SEGMENT = LogWorld.DIRECTORY.resolve("topics/a-0/00000000000000000000.log");

    @Test
    void shouldKeepTheJournalOfAPartitionThatIsOfflineUntilItCanBeReplayed() throws IOException {
        for (int seed = 1; seed < 30; seed++) {
            LogWorld world = new LogWorld(seed);
            SimulatedFileStore disk = world.simulator.files();
            world.append(world.open(A, "a"), "x", "y");
            world.restart();
            world.append(world.open(A, "a"), "z");
            world.simulator.crash();
            disk.flipBit(FIRST_SEGMENT, MAGIC_POSITION, 0);
            for (int start = 0; start < 3; start++) {
                world.startAgain(1 + start);
                assertThat(world.open(A, "a").offlineReason()).isPresent();
                PartitionLog other = world.open(B, "b");
                for (int i = 0; i < 30; i++) {
                    world.append(other, "o".repeat(10_000));
                }
                if (start == 1) {
                    world.store.close();
                }
                world.simulator.crash();
            }
            disk.flipBit(FIRST_SEGMENT, MAGIC_POSITION, 0);
            world.startAgain();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x", "y", "z");
            assertThat(heldJournals(disk)).isEmpty();
        }
    }

    @Test
    void shouldForgetWhatWasHeldBackForAPartitionThatIsDeleted() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.restart();
        world.append(world.open(A, "a"), "y");
        world.simulator.crash();
        world.simulator.files().flipBit(FIRST_SEGMENT, MAGIC_POSITION, 0);
        world.startAgain();
        assertThat(heldJournals(world.simulator.files())).hasSize(1);
        assertThat(world.open(A, "a").offlineReason()).isPresent();
        world.get(world.store.delete(A));
        world.append(world.open(B, "a"), "z");
        world.restart();
        assertThat(heldJournals(world.simulator.files())).isEmpty();
        assertThat(world.store.unopened()).containsExactly(B);
        assertThat(LogWorld.values(world.open(B, "a"), 0)).containsExactly("z");
    }

    @Test
    void shouldKeepWhatTheFirstFlushOfAStartCouldNotWrite() throws IOException {
        for (int seed = 1; seed < 30; seed++) {
            LogWorld world = new LogWorld(seed);
            SimulatedFileStore disk = world.simulator.files();
            world.append(world.open(A, "a"), "x");
            world.append(world.open(B, "b"), "y");
            world.simulator.crash();
            disk.failAlways(Operation.SYNC, path -> path.toString().contains("a-0/0000"));
            world.startAgain();
            PartitionLog offline = world.open(A, "a");
            assertThatThrownBy(offline::offsets).hasMessageContaining("a flush of a-0 failed");
            world.append(world.open(B, "b"), "z");
            disk.mend();
            world.crash();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x");
            assertThat(LogWorld.values(world.open(B, "b"), 0)).containsExactly("y", "z");
        }
    }

    @Test
    void shouldTakeOnlyThatPartitionOfflineWhoseReplayFails() throws IOException {
        for (int seed = 1; seed < 30; seed++) {
            LogWorld world = new LogWorld(seed);
            SimulatedFileStore disk = world.simulator.files();
            world.append(world.open(A, "a"), "x");
            world.append(world.open(B, "b"), "y");
            world.simulator.crash();
            disk.failAlways(Operation.WRITE, path -> path.toString().contains("a-0"));
            world.startAgain();
            disk.mend();
            assertThat(LogWorld.values(world.open(B, "b"), 0)).containsExactly("y");
            world.crash();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x");
        }
    }

    @Test
    void shouldLoseNothingWhenTheNumberOfShardsChanges() throws IOException {
        for (int seed = 1; seed < 200; seed++) {
            Random random = new Random(seed);
            LogWorld world = new LogWorld(seed);
            SimulatedFileStore disk = world.simulator.files();
            List<PartitionId> ids = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ids.add(LogWorld.id(i + 1, 0));
            }
            for (int life = 0; life < 4; life++) {
                for (PartitionId id : ids) {
                    PartitionLog log = world.open(id, "t" + id.topicId());
                    assertThat(log.offsets().logEnd())
                            .as("seed %d, life %d", seed, life)
                            .isEqualTo(2L * life);
                    assertThat(LogWorld.values(log, log.offsets().logStart())).hasSizeBetween(0, 2 * life);
                    world.append(log, "x" + life, "y" + life);
                    if (random.nextInt(3) == 0) {
                        world.get(log.roll());
                        long start = world.get(log.deleteRecords(log.offsets().logEnd() - 1));
                        assertThat(start).isEqualTo(2 * life + 1);
                        world.simulator.advanceMs(random.nextInt(100_000));
                    }
                }
                startSomehow(world, disk, random);
            }
        }
    }

    private static void startSomehow(LogWorld world, SimulatedFileStore disk, Random random) throws IOException {
        world.simulator.crash();
        for (int attempt = 0; attempt < 3; attempt++) {
            disk.crashAtOperation(random.nextInt(60));
            try {
                world.startAgain(1 + random.nextInt(3));
                break;
            } catch (SimulatedCrash crash) {
                world.simulator.crash();
            }
        }
        disk.crashAtOperation(Long.MAX_VALUE / 2);
        world.simulator.kill();
        world.startAgain(1 + random.nextInt(3));
    }

    @Test
    void shouldNotWipeTheNamesakeWhoseJournalIsReplayed() throws IOException {
        for (int seed = 1; seed < 50; seed++) {
            LogWorld world = new LogWorld(seed);
            world.append(world.open(A, "a"), "old");
            world.get(world.store.delete(A));
            String large = "x".repeat(100_000);
            PartitionLog namesake = world.open(B, "a");
            world.append(namesake, "new");
            world.append(namesake, large);
            if (seed % 2 == 0) {
                world.crash();
            } else {
                world.kill();
            }
            assertThat(LogWorld.values(world.open(B, "a"), 0)).containsExactly("new", large);
            assertThat(world.store.unopened()).isEmpty();
        }
    }

    @Test
    void shouldNotWipeTheNamesakeOfATopicWhoseOpeningIsPinnedAndItsDeletionForgotten() throws IOException {
        for (int seed = 1; seed < 30; seed++) {
            LogWorld world = new LogWorld(seed);
            SimulatedFileStore disk = world.simulator.files();
            PartitionId pinning = LogWorld.id(4, 0);
            world.append(world.open(pinning, "p"), "pinned");
            world.append(world.open(A, "a"), "old");
            disk.failAlways(Operation.SYNC, path -> path.toString().contains("p-0"));
            world.simulator.advanceMs(61_000);
            assertThat(world.store.get(pinning).orElseThrow().offlineReason()).isPresent();
            disk.mend();
            PartitionLog other = world.open(C, "c");
            fillJournal(world, other);
            world.get(world.store.delete(A));
            world.append(world.open(B, "a"), "new");
            fillJournal(world, other);
            world.append(world.open(B, "a"), "newer");
            if (seed % 3 == 0) {
                disk.flipBit(LogWorld.DIRECTORY.resolve("journal-0/checkpoint"), 40, 0);
            }
            world.crash();
            assertThat(LogWorld.values(world.open(B, "a"), 0)).containsExactly("new", "newer");
            assertThat(LogWorld.values(world.open(pinning, "p"), 0)).containsExactly("pinned");
            assertThat(LogWorld.values(world.open(C, "c"), 0)).hasSize(80);
        }
    }

    @Test
    void shouldNotTrustWhatTheOperatingSystemCallsCleanAfterAFailedSync() throws IOException {
        for (String file : List.of(".log", ".index", ".timeindex", "partition.metadata")) {
            for (int seed = 1; seed < 40; seed++) {
                LogWorld world = new LogWorld(seed);
                SimulatedFileStore disk = world.simulator.files();
                world.append(world.open(A, "a"), "x", "y");
                world.append(world.open(A, "a"), "z".repeat(5_000));
                disk.failNext(Operation.SYNC, path -> path.toString().endsWith(file));
                world.simulator.advanceMs(61_000);
                world.kill();
                assertThat(world.store.recovery().clean()).isFalse();
                world.crash();
                assertThat(LogWorld.values(world.open(A, "a"), 0))
                        .as("%s, seed %d", file, seed)
                        .containsExactly("x", "y", "z".repeat(5_000));
            }
        }
    }

    @Test
    void shouldNotLetAPartitionThatDidNotComeBackLookEmpty() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.store.close();
        world.simulator.files().flipBit(FIRST_SEGMENT, MAGIC_POSITION, 0);
        world.startAgain();
        PartitionLog log = world.open(A, "a");
        assertThatThrownBy(() -> LogWorld.poll(log, 0, 100)).hasMessageContaining("recovery of a-0 failed");
        assertThatThrownBy(log::offsets).hasMessageContaining("recovery of a-0 failed");
        assertThatThrownBy(() -> log.firstAtOrAfter(0)).hasMessageContaining("recovery of a-0 failed");
        assertThatThrownBy(() -> log.endOfEpoch(0)).hasMessageContaining("recovery of a-0 failed");
    }

    @Test
    void shouldKnowItsLeaderEpochAtOnceAndAlsoWithoutRecords() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.store.close();
        world.simulator
                .files()
                .replaceAtomically(
                        LogWorld.DIRECTORY.resolve("topics/a-0/leader-epoch-checkpoint"),
                        "0\n1\n3 0\n".getBytes(StandardCharsets.UTF_8));
        world.startAgain();
        PartitionLog log = world.store.open(A, "a", LogConfig.DEFAULT);
        log.bringBack();
        assertThat(log.leaderEpoch()).isEqualTo(3);
        world.get(log.deleteRecords(-1));
        world.restart();
        assertThat(world.open(A, "a").leaderEpoch()).isEqualTo(3);
    }

    @Test
    void shouldRefuseADirectoryThatIsNotItsOwn() throws IOException {
        LogWorld world = new LogWorld(1);
        SimulatedFileStore disk = world.simulator.files();
        Path directory = LogWorld.DIRECTORY.resolve("topics/a-0");
        PartitionLog log = world.open(A, "a");
        disk.createDirectories(directory);
        disk.open(directory.resolve("00000000000000000000.log"), FileStore.Mode.CREATE)
                .close();
        Append refused = log.append(world.batch("x"), AppendOptions.CLIENT);
        assertThat(PartitionLogTest.codeOf(world, refused)).isEqualTo(ErrorCode.PARTITION_OFFLINE);
        assertThat(disk.readAll(directory.resolve("00000000000000000000.log"))).isEmpty();
    }

    /** More than the journal holds: whatever can be released is written over. */
    private static void fillJournal(LogWorld world, PartitionLog log) {
        for (int i = 0; i < 40; i++) {
            world.append(log, "f".repeat(10_000));
        }
    }

    @Test
    void shouldGoOnWithWhatSegmentsHoldWhenTheCheckpointIsLost() throws IOException {
        LogConfig small = new LogConfig(BatchRules.DEFAULT, 200, 1L << 40, 0, 4096, 10 << 20, -1, -1, 60_000);
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(A, "a", small);
        for (int i = 0; i < 5; i++) {
            world.append(log, i + "x".repeat(100));
        }
        world.get(log.deleteRecords(3));
        fillJournal(world, world.open(B, "b"));
        world.restart();
        world.simulator.kill();
        world.simulator.files().flipBit(LogWorld.DIRECTORY.resolve("journal-0/checkpoint"), 40, 0);
        world.startAgain();
        log = world.open(A, "a", small);
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(3, 5, 5, 5));
        assertThat(LogWorld.values(log, 3)).containsExactly("3" + "x".repeat(100), "4" + "x".repeat(100));
    }

    private static List<Path> heldJournals(SimulatedFileStore disk) {
        return disk.list(LogWorld.DIRECTORY).stream()
                .filter(path -> String.valueOf(path.getFileName()).startsWith("journal-held"))
                .toList();
    }
}
