package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.records.BatchRules;
import dev.millrace.testkit.files.SimulatedFileStore;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Partitions that a start leaves alone: what is known of them, and what happens when somebody uses one. */
class RestingPartitionTest {

    private static final PartitionId A = LogWorld.id(1, 0);
    private static final PartitionId B = LogWorld.id(2, 0);
    private static final Path HOME = LogWorld.DIRECTORY.resolve("topics/a-0");
    private static final Path METADATA = HOME.resolve("partition.metadata");
    private static final Path JOURNAL = LogWorld.DIRECTORY.resolve("journal-0");
    private static final Path CHECKPOINT = JOURNAL.resolve("checkpoint");

    @Test
    void shouldOpenNoPartitionAfterACleanShutdown() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x", "y");
        long sizeBytes = world.open(A, "a").sizeBytes();
        world.store.close();
        SimulatedFileStore disk = world.simulator.files();
        disk.failAlways(Operation.OPEN, path -> path.startsWith(HOME));
        world.startAgain();
        PartitionLog log = world.open(A, "a");
        assertThat(log.isResting()).isTrue();
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(0, 2, 2, 2));
        assertThat(log.sizeBytes()).isEqualTo(sizeBytes);
        assertThat(log.endOfEpoch(0)).contains(new EpochEnd(0, 2));
        assertThat(LogWorld.poll(log, 2, 100)).isEmpty();
        assertThat(log.isResting()).isTrue();
        disk.mend();
        world.restart();
        log = world.open(A, "a");
        assertThat(log.isResting()).isTrue();
        assertThat(LogWorld.values(log, 0)).containsExactly("x", "y");
        assertThat(log.isResting()).isFalse();
        world.append(log, "z");
        world.crash();
        assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x", "y", "z");
    }

    @Test
    void shouldLookAfterACrashOnlyAtPartitionsThatTheJournalNames() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.append(world.open(B, "b"), "y");
        world.restart();
        world.append(world.open(B, "b"), "z");
        world.crash();
        assertThat(world.open(A, "a").isResting()).isTrue();
        assertThat(world.open(B, "b").isResting()).isFalse();
        assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x");
        assertThat(LogWorld.values(world.open(B, "b"), 0)).containsExactly("y", "z");
    }

    @Test
    void shouldKnowAlsoThePartitionsWhoseAppendsTheJournalDoesNotHold() throws IOException {
        String large = "x".repeat(100_000);
        for (int seed = 1; seed < 30; seed++) {
            LogWorld world = new LogWorld(seed);
            world.append(world.open(A, "a"), "x");
            world.restart();
            world.append(world.open(A, "a"), large);
            world.append(world.open(B, "b"), large);
            world.crash();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x", large);
            assertThat(LogWorld.values(world.open(B, "b"), 0)).containsExactly(large);
        }
    }

    @Test
    void shouldLookAtAllPartitionsAfterACrashWithoutAJournal() throws IOException {
        LogWorld world = new LogWorld(1, LogWorld.SMALL.withDurability(Durability.OS));
        world.append(world.open(A, "a"), "x");
        world.restart();
        assertThat(world.open(A, "a").isResting()).isTrue();
        world.append(world.open(A, "a"), "y");
        world.kill();
        assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x", "y");
    }

    @Test
    void shouldCutAwayWhatNobodyWasToldOf() throws IOException {
        for (int seed = 1; seed < 30; seed++) {
            LogWorld world = new LogWorld(seed);
            world.append(world.open(A, "a"), "x");
            world.restart();
            // As if the process had been killed between the write to the segment and the one to the journal.
            ByteBuffer batch = world.batch("never acknowledged");
            batch.putLong(0, 1);
            world.simulator.kill();
            SimulatedFileStore disk = world.simulator.files();
            try (var file = disk.open(HOME.resolve("00000000000000000000.log"), FileStore.Mode.WRITE)) {
                file.write(batch, file.sizeBytes());
            }
            world.startAgain();
            PartitionLog log = world.open(A, "a");
            assertThat(log.offsets().logEnd()).isEqualTo(1);
            world.append(log, "y");
            world.crash();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x", "y");
        }
    }

    @Test
    void shouldKeepWhatMayHaveBeenInTheJournalThatIsDamaged() throws IOException {
        Path older = JOURNAL.resolve("0.journal");
        for (int headerOrEntry : List.of(8, 50, -1)) {
            LogWorld world = new LogWorld(1);
            world.append(world.open(A, "a"), "x");
            world.restart();
            world.append(world.open(B, "b"), "before");
            world.append(world.open(A, "a"), "y");
            for (int i = 0; i < 12; i++) {
                world.append(world.open(B, "b"), "o".repeat(10_000));
            }
            world.simulator.kill();
            SimulatedFileStore disk = world.simulator.files();
            assertThat(disk.exists(JOURNAL.resolve("1.journal"))).isTrue();
            if (headerOrEntry < 0) {
                disk.delete(older);
            } else {
                disk.flipBit(older, headerOrEntry, 0);
            }
            world.startAgain();
            PartitionLog log = world.open(A, "a");
            assertThat(LogWorld.values(log, 0)).containsExactly("x", "y");
            world.restart();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x", "y");
        }
    }

    @Test
    void shouldReportADamagedFileAtFirstUse() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.append(world.open(B, "b"), "y");
        world.store.close();
        world.simulator.files().delete(HOME.resolve("00000000000000000000.log"));
        world.startAgain();
        PartitionLog log = world.open(A, "a");
        Append refused = log.append(world.batch("z"), AppendOptions.CLIENT);
        world.simulator.runToRest();
        assertThat(refused.durable()).isCompletedExceptionally();
        assertThat(log.offlineReason().orElseThrow()).contains("a-0").contains("was durable");
        assertThatThrownBy(log::offsets).hasMessageContaining("recovery of a-0 failed");
        assertThat(LogWorld.values(world.open(B, "b"), 0)).containsExactly("y");
        world.restart();
        assertThat(world.open(A, "a").offlineReason()).isPresent();
    }

    @Test
    void shouldNotServeAPartitionWhoseReturnAnErrorEnds() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.restart();
        PartitionLog log = world.open(A, "a");
        world.simulator.files().failNext(Operation.OPEN, path -> {
            if (path.startsWith(HOME)) {
                throw new OutOfMemoryError("simulated");
            }
            return false;
        });
        assertThatThrownBy(log::bringBack).isInstanceOf(OutOfMemoryError.class);
        world.simulator.files().mend();
        assertThatThrownBy(log::offsets).hasMessageContaining("recovery of a-0 failed");
    }

    @Test
    void shouldKeepAPartitionWhoseMetadataIsDamaged() throws IOException {
        for (boolean killed : List.of(false, true)) {
            LogWorld world = new LogWorld(1);
            world.append(world.open(A, "a"), "x");
            world.restart();
            SimulatedFileStore disk = world.simulator.files();
            byte[] metadata = disk.readAll(METADATA);
            if (killed) {
                world.append(world.open(A, "a"), "y");
                world.simulator.kill();
            } else {
                world.store.close();
            }
            disk.replaceAtomically(METADATA, new byte[40]);
            for (int start = 0; start < 3; start++) {
                world.startAgain();
                PartitionLog log = world.open(A, "a");
                log.bringBack();
                assertThat(log.offlineReason().orElseThrow()).contains(METADATA.toString());
                world.simulator.kill();
            }
            disk.replaceAtomically(METADATA, metadata);
            world.startAgain();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).isEqualTo(killed ? List.of("x", "y") : List.of("x"));
        }
    }

    @Test
    void shouldKeepADirectoryThatNothingSaysWhoseItIs() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.restart();
        world.store.close();
        SimulatedFileStore disk = world.simulator.files();
        byte[] metadata = disk.readAll(METADATA);
        disk.delete(METADATA);
        disk.flipBit(CHECKPOINT, 40, 0);
        deleteJournal(disk);
        for (int start = 0; start < 3; start++) {
            world.startAgain();
            PartitionLog log = world.open(A, "a");
            assertThatThrownBy(log::offsets).hasMessageContaining(METADATA.toString());
            world.simulator.kill();
        }
        disk.replaceAtomically(METADATA, metadata);
        world.startAgain();
        assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x");
    }

    @Test
    void shouldMakeADirectoryAnewAllOfWhichTheJournalHolds() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.restart();
        world.store.close();
        world.simulator.files().delete(METADATA);
        world.simulator.files().flipBit(CHECKPOINT, 40, 0);
        for (int start = 0; start < 3; start++) {
            world.startAgain();
            assertThat(LogWorld.values(world.open(A, "a"), 0)).containsExactly("x");
            world.simulator.kill();
        }
    }

    /** As if it had gone round since: it knows of the opening no more. */
    private static void deleteJournal(FileStore files) throws IOException {
        for (Path file : files.list(JOURNAL)) {
            if (!file.equals(CHECKPOINT)) {
                files.delete(file);
            }
        }
    }

    @Test
    void shouldApplyRetentionToAPartitionThatRests() throws IOException {
        LogConfig byTime = new LogConfig(BatchRules.DEFAULT, 200, 1L << 40, 0, 4096, 10 << 20, 500_000, -1, 60_000);
        LogWorld world = new LogWorld(1);
        PartitionLog log = world.open(A, "a", byTime);
        for (int i = 0; i < 5; i++) {
            world.append(log, "x".repeat(100));
        }
        world.restart();
        log = world.open(A, "a", byTime);
        world.simulator.advanceMs(301_000);
        assertThat(log.isResting()).isTrue();
        world.simulator.advanceMs(600_000);
        assertThat(log.isResting()).isFalse();
        assertThat(log.offsets()).isEqualTo(new PartitionOffsets(5, 5, 5, 5));
    }

    @Test
    void shouldNeverOpenAPartitionThatIsGone() throws IOException {
        LogWorld world = new LogWorld(1);
        world.append(world.open(A, "a"), "x");
        world.restart();
        PartitionLog old = world.open(A, "a");
        world.get(world.store.delete(A));
        PartitionLog namesake = world.open(B, "a");
        world.append(namesake, "y");
        old.bringBack();
        assertThatThrownBy(() -> LogWorld.poll(old, 0, 100)).hasMessageContaining("was deleted");
        assertThat(LogWorld.values(namesake, 0)).containsExactly("y");
    }
}
