package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.check.Finding;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.files.TransactionIndexFacts;
import dev.millrace.testkit.files.SimulatedCrash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compaction of partitions with transactions: what was aborted is never given to anybody, what was committed never hidden. */
final class CompactionTransactionsTest {

    private static final Path FACTS = TableWorld.DIRECTORY.resolve(TransactionIndexFacts.NAME);
    private static final Path INDEX = new SegmentPaths(TableWorld.DIRECTORY, 0).transactionIndex();

    /** Seven segments; transactions reach over their ends, and some end behind what may be compacted. */
    private static TableWorld filled(long seed) throws IOException {
        TableWorld table = new TableWorld(seed);
        table.put("a", "1", "b", "1"); // 0, 1
        table.put(7, 0, "a", "aborted", "c", "aborted"); // 2, 3
        table.roll();
        table.put(8, 0, "b", "2", "d", "1"); // 4, 5
        table.end(7, false); // 6
        table.put(7, 2, "d", "2"); // 7
        table.roll();
        table.end(8, true); // 8
        table.put("e", "1"); // 9
        table.end(7, true); // 10
        table.roll();
        table.put(9, 0, "a", "aborted"); // 11
        table.end(9, false); // 12
        table.put("e", "2"); // 13
        table.roll();
        table.put(8, 2, "f", "aborted"); // 14
        table.roll();
        table.put(8, 3, "f", "aborted"); // 15
        table.put("b", "3"); // 16
        table.end(8, false); // 17
        table.roll();
        return table;
    }

    private static final List<String> LATEST = List.of("0:a=1", "7:d=2", "13:e=2", "16:b=3");

    @Test
    void shouldGiveWhatWasCommittedAndNothingElse() throws IOException {
        TableWorld table = filled(1);

        table.rest();

        assertThat(table.committed()).isEqualTo(LATEST);
        assertThat(table.findings()).isEmpty();
        table.world.restart();
        table.open();
        assertThat(table.committed()).isEqualTo(LATEST);
        assertThat(table.world.store.recovery().findings()).isEmpty();
        table.put("a", "2");
        table.roll();
        table.rest();
        assertThat(table.committed()).containsExactly("7:d=2", "13:e=2", "16:b=3", "18:a=2");
        assertThat(table.findings()).isEmpty();
    }

    @Test
    void shouldMakeTheIndexOfACompactedSegmentAnew() throws IOException {
        for (Path lost : List.of(FACTS, INDEX)) {
            TableWorld table = filled(1);
            table.rest();
            table.world.store.close();
            table.world.simulator.files().delete(lost);
            table.world.startAgain();
            table.open();
            assertThat(table.committed()).isEqualTo(LATEST);

            table.world.restart();
            table.open();
            assertThat(table.committed()).isEqualTo(LATEST);
            assertThat(table.findings()).isEmpty();
            table.put("d", "3");
            table.roll();
            table.rest();
            assertThat(table.committed()).containsExactly("0:a=1", "13:e=2", "16:b=3", "18:d=3");
        }
    }

    @Test
    void shouldTakeMarkersAwayAfterTheirTimeAndGoOnWithoutThem() throws IOException {
        TableWorld table = new TableWorld(1, -1, 0);
        table.put(7, 0, "a", "1");
        table.end(7, true);
        table.put(7, 1, "a", "aborted");
        table.end(7, false);
        table.put("a", "2");
        for (int i = 0; i < 4; i++) {
            table.put("b", "" + i);
            table.roll();
            table.rest();
            table.world.restart();
            table.open();
        }

        assertThat(table.committed()).containsExactly("4:a=2", "8:b=3");
        table.put(7, 2, "a", "3");
        table.end(7, true);
        assertThat(table.committed()).containsExactly("4:a=2", "8:b=3", "9:a=3");
        assertThat(table.findings()).isEmpty();
    }

    @Test
    void shouldKeepWhatAProducerCommitsAfterAnAbortThatIsCompacted() throws IOException {
        TableWorld table = new TableWorld(1);
        table.put(7, 0, "a", "aborted", "b", "aborted"); // 0, 1
        table.end(7, false); // 2
        table.put("c", "1"); // 3
        table.roll();
        table.rest();
        table.put(7, 2, "a", "1", "d", "1"); // 4, 5
        table.end(7, true); // 6
        table.roll();
        table.rest();

        assertThat(table.committed()).containsExactly("3:c=1", "4:a=1", "5:d=1");
        table.put(7, 4, "d", "aborted"); // 7
        table.end(7, false); // 8
        table.put(7, 5, "e", "1"); // 9
        table.end(7, true); // 10
        table.roll();
        table.rest();
        assertThat(table.committed()).containsExactly("3:c=1", "4:a=1", "5:d=1", "9:e=1");
        assertThat(table.findings()).isEmpty();
    }

    @Test
    void shouldKeepWhatAProducerCommitsAfterAnAbortThatIsBeforeTheStartOfTheLog() throws IOException {
        TableWorld table = new TableWorld(1);
        table.put(7, 0, "a", "aborted", "b", "aborted"); // 0, 1
        table.end(7, false); // 2
        table.put("c", "1"); // 3
        table.roll();
        table.world.get(table.log.deleteRecords(3));
        table.put(7, 2, "a", "1", "d", "1"); // 4, 5
        table.end(7, true); // 6
        table.roll();
        table.rest();

        assertThat(table.committed()).containsExactly("3:c=1", "4:a=1", "5:d=1");
        assertThat(table.findings()).isEmpty();
    }

    @Test
    void shouldGiveTheSameWhereverThePowerFails() throws IOException {
        int operation = 1;
        for (boolean crashed = true; crashed; operation++) {
            TableWorld table = filled(operation);
            table.world.simulator.files().crashAtOperation(operation);
            crashed = false;
            try {
                table.rest();
            } catch (SimulatedCrash expected) {
                crashed = true;
            }
            table.world.simulator.files().crashAtOperation(Long.MAX_VALUE / 2);
            table.world.simulator.crash();
            List<String> before = table.findings().stream()
                    .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                    .map(String::valueOf)
                    .toList();
            assertThat(before).isEmpty();
            table.world.startAgain();
            table.open();
            assertThat(table.committed())
                    .containsAll(LATEST)
                    .allSatisfy(record -> assertThat(record).doesNotContain("aborted"));
            table.put("b", "4");
            table.roll();
            table.rest();
            assertThat(table.committed()).containsExactly("0:a=1", "7:d=2", "13:e=2", "18:b=4");
            table.world.restart();
            table.open();
            assertThat(table.committed()).containsExactly("0:a=1", "7:d=2", "13:e=2", "18:b=4");
            assertThat(table.world.store.recovery().findings()).isEmpty();
            assertThat(table.findings()).isEmpty();
        }
        assertThat(operation).isGreaterThan(30);
    }
}
