package dev.millrace.log.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.files.TransactionIndexFacts;
import dev.millrace.log.segment.AbortedSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the tools say of transactions. */
class TransactionCheckTest {

    private static final PartitionId ID = LogWorld.id(1, 0);
    private static final Path DIRECTORY = LogWorld.DIRECTORY.resolve("topics/a-0");
    private static final SegmentPaths SEGMENT = new SegmentPaths(DIRECTORY, 0);

    private final LogWorld world;

    TransactionCheckTest() throws IOException {
        world = new LogWorld(1);
        PartitionLog log = world.open(ID, "a");
        world.begin(log, 7, 0, 0, "x");
        world.end(log, 7, 1, false);
        world.begin(log, 7, 1, 0, "y");
        world.end(log, 7, 2, true);
        world.store.close();
    }

    @Test
    void shouldAgreeWithWhatTheLogWrote() throws IOException {
        assertThat(check().findings()).isEmpty();
    }

    @Test
    void shouldHoldTheIndexAgainstTheMarkersWhereNothingElseTellsOfIt() throws IOException {
        world.simulator.files().delete(DIRECTORY.resolve(TransactionIndexFacts.NAME));
        world.simulator.files().flipBit(SEGMENT.transactionIndex(), 9, 0);
        assertThat(check().findings()).anySatisfy(finding -> {
            assertThat(finding.file()).isEqualTo(SEGMENT.transactionIndex());
            assertThat(finding.what()).contains("producer 6 from 0 to 1", "which the log does not have");
        });
        world.simulator.files().delete(SEGMENT.transactionIndex());
        assertThat(check().findings()).anySatisfy(finding -> {
            assertThat(finding.file()).isEqualTo(SEGMENT.transactionIndex());
            assertThat(finding.what()).contains("no entry for the transaction of producer 7 from 0 to 1");
        });
    }

    @Test
    void shouldPrintMarkersAndEntries() throws IOException {
        SegmentDump dump = new SegmentDump(world.simulator.files());
        List<String> lines = new ArrayList<>();
        dump.batches(SEGMENT.log(), true, batch -> lines.add(SegmentDump.describe(batch)));
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).contains("transactional").doesNotContain("control");
        assertThat(lines.get(1)).contains("control  ABORT  coordinator epoch 0");
        assertThat(lines.get(3)).contains("control  COMMIT  coordinator epoch 0");
        assertThat(SegmentDump.kindOf(SEGMENT.transactionIndex())).contains(SegmentDump.Kind.TRANSACTION_INDEX);
        assertThat(dump.transactionIndex(SEGMENT.transactionIndex())).containsExactly(new AbortedSpan(7, 0, 1, 2));
        assertThat(SegmentDump.describe(new AbortedSpan(7, 0, 1, 2)))
                .isEqualTo("producer 7  aborted 0-1  lastStable 2");
    }

    private CheckReport check() throws IOException {
        return new DirectoryCheck(world.simulator.files()).run(LogWorld.DIRECTORY, CheckProgress.NONE);
    }
}
