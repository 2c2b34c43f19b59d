package dev.millrace.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.ReadRequest.Bound;
import dev.millrace.log.ReadResult.AbortedTransaction;
import dev.millrace.log.check.CheckProgress;
import dev.millrace.log.check.CheckReport;
import dev.millrace.log.check.DirectoryCheck;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.files.TransactionIndexFacts;
import dev.millrace.testkit.files.SimulatedCrash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A transaction index that is damaged or gone below what is durable: nobody must ever be given what was aborted. */
class AbortedRebuildTest {

    private static final PartitionId ID = LogWorld.id(1, 0);
    private static final Path DIRECTORY = LogWorld.DIRECTORY.resolve("topics/a-0");
    private static final Path FACTS = DIRECTORY.resolve(TransactionIndexFacts.NAME);
    private static final long A = 7;
    private static final long B = 8;
    private static final int ENTRY_BYTES = 34;

    private final LogWorld world;
    private final List<Long> bases = new ArrayList<>();
    private PartitionLog log;

    /** Three segments with abort markers, and transactions that reach over their ends. */
    AbortedRebuildTest() throws IOException {
        world = new LogWorld(1);
        log = world.open(ID, "a");
        bases.add(0L);
        world.begin(log, A, 0, 0, "a0");
        world.begin(log, B, 0, 0, "b1");
        world.end(log, B, 0, false);
        bases.add(world.get(log.roll()));
        world.end(log, A, 0, false);
        world.begin(log, B, 0, 1, "b4");
        bases.add(world.get(log.roll()));
        world.begin(log, A, 0, 1, "a5");
        world.end(log, A, 0, true);
        world.end(log, B, 0, false);
    }

    private static final List<AbortedTransaction> ALL =
            List.of(new AbortedTransaction(B, 1), new AbortedTransaction(A, 0), new AbortedTransaction(B, 4));

    @Test
    void shouldFindNothingToMendWhereNothingWasDamaged() throws IOException {
        for (int life = 0; life < 3; life++) {
            world.store.close();
            assertThat(check().findings()).isEmpty();
            world.startAgain();
            assertThat(world.store.recovery().findings()).isEmpty();
            assertThat(aborted()).isEqualTo(ALL);
        }
        assertThat(world.simulator.files().readAll(FACTS))
                .asString(UTF_8)
                .startsWith("millrace-transaction-indexes 1\nsegment 0 1 ");
    }

    @Test
    void shouldMakeOneAnewThatIsGone() throws IOException {
        for (long base : bases) {
            damageAndRestart(() -> world.simulator.files().delete(index(base)));
            assertMended();
        }
    }

    @Test
    void shouldMakeAllAnewThatAreGone() throws IOException {
        damageAndRestart(() -> {
            for (long base : bases) {
                world.simulator.files().delete(index(base));
            }
        });
        assertMended();
    }

    @Test
    void shouldMakeOneAnewOfWhichABitHasFlipped() throws IOException {
        for (int position = 0; position < ENTRY_BYTES; position++) {
            long at = position;
            for (long base : bases) {
                damageAndRestart(() -> world.simulator.files().flipBit(index(base), at, 2));
                assertMended();
            }
        }
    }

    @Test
    void shouldMakeOneAnewThatIsCutShortOrTooLong() throws IOException {
        for (int sizeBytes : new int[] {0, 1, ENTRY_BYTES - 1, ENTRY_BYTES + 1}) {
            damageAndRestart(() -> resize(index(bases.get(1)), sizeBytes));
            assertMended();
        }
    }

    @Test
    void shouldDoubtAllWhenTheirFactsAreGoneOrDamaged() throws IOException {
        damageAndRestart(() -> world.simulator.files().delete(FACTS));
        assertMended();
        damageAndRestart(() -> world.simulator.files().flipBit(FACTS, 40, 1));
        assertMended();
        damageAndRestart(() -> resize(FACTS, 3));
        assertMended();
    }

    @Test
    void shouldMakeOneAnewWithoutTheProducerSnapshotWhereItsSegmentBegins() throws IOException {
        damageAndRestart(() -> {
            for (long base : bases) {
                world.simulator.files().delete(DIRECTORY.resolve(String.format("%020d.snapshot", base)));
            }
            world.simulator.files().delete(index(bases.getLast()));
        });
        assertMended();
    }

    @Test
    void shouldNotBelieveOneThatIsDamagedWhileItIsNotInMemory() throws IOException {
        world.restart();
        log = world.open(ID, "a");
        log.bringBack();
        world.simulator.files().delete(index(bases.get(1)));
        assertThatThrownBy(() -> abortedOf(log))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(index(bases.get(1)).toString());
        world.kill();
        assertMended();
    }

    @Test
    void shouldKnowThemAfterACrashAtAnyMoment() throws IOException {
        for (int moment = 1; moment < 120; moment++) {
            LogWorld other = new LogWorld(moment);
            other.simulator.files().crashAtOperation(moment);
            List<AbortedTransaction> acknowledged = new ArrayList<>();
            try {
                PartitionLog one = other.open(ID, "a");
                for (int i = 0; i < 6; i++) {
                    AppendResult first = other.begin(one, A, 0, i, "x");
                    other.end(one, A, 0, false);
                    acknowledged.add(new AbortedTransaction(A, first.baseOffset()));
                    if (i % 2 == 1) {
                        other.get(one.roll());
                    }
                }
                other.store.close();
            } catch (SimulatedCrash crashed) {
                // That is what it is about.
            }
            other.simulator.files().crashAtOperation(Long.MAX_VALUE / 2);
            other.crash();
            PartitionLog found = other.open(ID, "a");
            assertThat(abortedOf(found)).as("moment %d", moment).containsAll(acknowledged);
        }
    }

    private void damageAndRestart(Damage damage) throws IOException {
        world.store.close();
        damage.run();
        assertThat(check().isClean()).isFalse();
        world.startAgain();
    }

    private CheckReport check() throws IOException {
        return new DirectoryCheck(world.simulator.files()).run(LogWorld.DIRECTORY, CheckProgress.NONE);
    }

    /** When somebody uses the partition, which rests till then. */
    private void assertMended() throws IOException {
        assertThat(aborted()).isEqualTo(ALL);
        world.store.close();
        assertThat(check().findings()).isEmpty();
        world.startAgain();
        assertThat(aborted()).isEqualTo(ALL);
    }

    private List<AbortedTransaction> aborted() throws IOException {
        log = world.open(ID, "a");
        return abortedOf(log);
    }

    /** In the order of their markers, of all reads that there are. */
    private static List<AbortedTransaction> abortedOf(PartitionLog log) throws IOException {
        List<AbortedTransaction> all = new ArrayList<>();
        for (long offset = 0; offset < log.offsets().lastStable(); offset++) {
            for (AbortedTransaction one :
                    log.read(new ReadRequest(offset, 1, true, Bound.COMMITTED)).abortedTransactions()) {
                if (!all.contains(one)) {
                    all.add(one);
                }
            }
        }
        return all;
    }

    private void resize(Path path, int sizeBytes) throws IOException {
        try (StoreFile file = world.simulator.files().open(path, FileStore.Mode.WRITE)) {
            if (sizeBytes > file.sizeBytes()) {
                file.write(ByteBuffer.allocate((int) (sizeBytes - file.sizeBytes())), file.sizeBytes());
            } else {
                file.truncate(sizeBytes);
            }
        }
    }

    private static Path index(long base) {
        return new SegmentPaths(DIRECTORY, base).transactionIndex();
    }

    /** What happens between two lives. */
    private interface Damage {
        void run() throws IOException;
    }
}
