package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.testkit.files.SimulatedCrash;
import dev.millrace.testkit.files.SimulatedFileStore;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compaction beside what else happens to a partition: starts that leave it alone, retention, checks, records that it cannot take. */
final class CompactionRestTest {

    @Test
    void shouldBringBackAPartitionThatRestsToCompactIt() throws IOException {
        TableWorld table = new TableWorld(1);
        table.put("a", "1");
        table.roll();
        table.put("a", "2");
        table.roll();
        table.put("b", "1");
        table.world.restart();
        table.open();
        assertThat(table.log.isResting()).isTrue();

        table.rest();

        assertThat(table.log.isResting()).isFalse();
        assertThat(table.committed()).containsExactly("1:a=2", "2:b=1");
    }

    @Test
    void shouldLeaveAPartitionAloneThatIsCompacted() throws IOException {
        TableWorld table = new TableWorld(1);
        table.put("a", "1");
        table.put("a", "2");
        table.roll();
        table.put("b", "1");
        table.rest();
        long sizeBytes = table.log.sizeBytes();
        table.world.restart();
        table.open();

        table.rest();

        assertThat(table.log.isResting()).isTrue();
        assertThat(table.log.sizeBytes()).isEqualTo(sizeBytes);
        assertThat(table.committed()).containsExactly("1:a=2", "2:b=1");
    }

    @Test
    void shouldCompleteWhatWasCutShortAlsoOfAPartitionThatRests() throws IOException {
        int resting = 0;
        boolean crashed = true;
        for (int operation = 1; crashed; operation++) {
            TableWorld table = new TableWorld(operation);
            table.put("a", "1");
            table.roll();
            table.put("a", "2");
            table.roll();
            table.put("b", "1");
            table.world.restart();
            table.open();
            crashed = false;
            table.world.simulator.files().crashAtOperation(operation);
            try {
                table.rest();
            } catch (SimulatedCrash expected) {
                crashed = true;
            }
            table.world.simulator.files().crashAtOperation(Long.MAX_VALUE / 2);
            table.world.crash();
            table.open();
            resting += table.log.isResting() ? 1 : 0;
            assertThat(table.committed()).contains("1:a=2", "2:b=1");
            table.rest();
            assertThat(table.committed()).containsExactly("1:a=2", "2:b=1");
            assertThat(table.findings()).isEmpty();
        }
        assertThat(resting).isPositive();
    }

    @Test
    void shouldEndTheTurnAfterAnyFailure() throws IOException {
        for (Operation operation : List.of(Operation.OPEN, Operation.RENAME)) {
            TableWorld table = new TableWorld(1);
            SimulatedFileStore disk = table.world.simulator.files();
            table.put("a", "1");
            table.put("a", "2");
            table.roll();
            table.put("b", "1");
            disk.failAlways(operation, path -> {
                if (path.toString().endsWith(".cleaned") || path.toString().endsWith(".log.swap")) {
                    throw new IllegalStateException("not foreseen");
                }
                return false;
            });
            table.rest();
            disk.mend();

            table.world.simulator.advanceMs(61_000);
            table.rest();
            assertThat(table.committed()).containsExactly("1:a=2", "2:b=1");
            table.world.get(table.world.store.delete(TableWorld.ID));
            assertThat(disk.exists(TableWorld.DIRECTORY)).isFalse();
        }
    }

    @Test
    void shouldCloseInTheMiddle() throws IOException {
        for (int steps = 0; steps < 60; steps++) {
            TableWorld table = new TableWorld(1);
            table.put("a", "1");
            table.roll();
            table.put("a", "2");
            table.roll();
            table.put("b", "1");
            table.world.simulator.advanceMs(900);
            table.world.simulator.runToRest();
            table.world.simulator.advanceMs(100);
            for (int i = 0; i < steps; i++) {
                table.world.simulator.step();
            }

            table.world.restart();
            table.open();

            assertThat(table.committed()).contains("1:a=2", "2:b=1");
            table.rest();
            assertThat(table.committed()).containsExactly("1:a=2", "2:b=1");
        }
    }

    @Test
    void shouldDeleteOldSegmentsOfACompactedPartitionToo() throws IOException {
        TableWorld table = new TableWorld(1, 600_000, 1L << 50);
        table.put("a", "1");
        table.put("a", "2", "b", "1");
        table.roll();
        table.put("c", "1");
        table.rest();
        assertThat(table.committed()).containsExactly("1:a=2", "2:b=1", "3:c=1");

        table.world.simulator.advanceMs(700_000);
        table.put("c", "2");
        table.world.simulator.advanceMs(700_000);
        table.rest();
        assertThat(table.log.offsets().logStart()).isGreaterThanOrEqualTo(3);
        table.put("d", "1");
        table.roll();
        table.rest();
        table.world.crash();
        table.open();

        assertThat(table.committed()).contains("5:d=1").doesNotContain("1:a=2", "2:b=1");
        assertThat(table.findings()).isEmpty();
    }

    @Test
    void shouldFindNothingWrongWithWhatCompactionLeaves() throws IOException {
        TableWorld table = new TableWorld(1);
        for (int i = 0; i < 5; i++) {
            table.put("a", "" + i, "b" + i, "1");
            table.put("a", "x" + i);
            table.roll();
        }
        table.rest();
        assertThat(table.committed()).hasSize(6);
        table.world.store.close();

        assertThat(table.findings()).isEmpty();
    }

    @Test
    void shouldNameEachRecordWithoutAKey() throws IOException {
        TableWorld table = new TableWorld(1);
        Append refused = table.log.append(
                new RecordBatchBuilder()
                        .add(1, TableWorld.bytes("a"), TableWorld.bytes("1"))
                        .add(1, TableWorld.bytes("no key"))
                        .build(),
                AppendOptions.CLIENT);

        assertThat(refused.durable()).isCompletedExceptionally();
        MillraceException cause = (MillraceException) refused.durable().exceptionNow();
        assertThat(cause.code()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(cause.parts())
                .singleElement()
                .satisfies(part -> assertThat(part.index()).isEqualTo(1));
    }
}
