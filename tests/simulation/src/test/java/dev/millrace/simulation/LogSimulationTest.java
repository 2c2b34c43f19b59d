package dev.millrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.files.FileStore;
import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The log under crashes. The long form: {@code mvn -q -pl tests/simulation -am test -Dmillrace.seeds=10000}. */
class LogSimulationTest {

    @SeededTest
    void shouldKeepEveryPromiseUnderCrashes(long seed) throws IOException {
        LogSimulation simulation = new LogSimulation(seed, UnaryOperator.identity());
        simulation.run();
        assertThat(simulation.restartsCount).isPositive();
        assertThat(simulation.answersCount).isPositive();
    }

    @Test
    void shouldAlsoFindTopicsOfflineAtAStartAndLeaveOthersAlone() throws IOException {
        int offlineCount = 0;
        int restedCount = 0;
        for (long seed = 1; seed <= 20; seed++) {
            LogSimulation simulation = new LogSimulation(seed, UnaryOperator.identity());
            simulation.run();
            offlineCount += simulation.offlineCount;
            restedCount += simulation.restedCount;
        }
        assertThat(offlineCount).isGreaterThan(10);
        assertThat(restedCount).isGreaterThan(50);
    }

    @Test
    void shouldBeCaughtWhenTheJournalIsNotSynced() {
        assertThat(anomalies(files ->
                        new LyingFileStore(files, path -> path.toString().endsWith(".journal"))))
                .contains("lost-write");
    }

    @Test
    void shouldBeCaughtWhenSegmentsAreNotFlushed() {
        assertThat(anomalies(files ->
                        new LyingFileStore(files, path -> !path.toString().endsWith(".journal"))))
                .contains("lost-write");
    }

    /** What the checker says about a world in which some syncs do nothing: one of the first seeds finds it. */
    private static String anomalies(UnaryOperator<FileStore> files) {
        StringBuilder found = new StringBuilder();
        for (long seed = 1; seed <= 40 && found.indexOf("lost-write") < 0; seed++) {
            try {
                new LogSimulation(seed, files).run();
            } catch (AssertionError | IOException | RuntimeException e) {
                found.append(e.getMessage()).append('\n');
            }
        }
        return found.toString();
    }
}
