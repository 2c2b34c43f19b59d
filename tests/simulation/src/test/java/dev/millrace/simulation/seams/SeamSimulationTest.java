package dev.millrace.simulation.seams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Transactions under crashes and zombies. The long form is that of the log simulation. */
class SeamSimulationTest {
    private static final int SEEDS_UNTIL_CAUGHT = 60;

    @SeededTest
    void shouldKeepTransactionsWholeUnderCrashes(long seed) throws IOException {
        SeamSimulation simulation = new SeamSimulation(seed, UnaryOperator.identity(), UnaryOperator.identity());
        simulation.run();
        assertThat(simulation.restartsCount).isPositive();
        assertThat(simulation.committedCount).isPositive();
    }

    @Test
    void shouldBeCaughtWhenRecordsAreAcknowledgedBeforeTheyAreSynced() {
        assertThat(anomaliesOf(UnaryOperator.identity(), BrokenSeams::acknowledgingBeforeSync, "lost-write"))
                .contains("lost-write", "The shortest history that shows the first");
    }

    @Test
    void shouldBeCaughtWhenAFenceIsSkipped() {
        assertThat(anomaliesOf(UnaryOperator.identity(), BrokenSeams::skippingFences, "aborted-read"))
                .contains("aborted-read", "The shortest history that shows the first");
    }

    @Test
    void shouldBeCaughtWhenAMarkerIsDropped() {
        assertThat(anomaliesOf(BrokenSeams::droppingMarkers, UnaryOperator.identity(), "torn-transaction"))
                .contains("torn-transaction", "The shortest history that shows the first");
    }

    /** What the checker says about brokers that break a promise: one of the first seeds finds it. */
    private static String anomaliesOf(
            UnaryOperator<Markers> breakMarkers, UnaryOperator<TransactionSeam> breakSeam, String expected) {
        StringBuilder found = new StringBuilder();
        for (long seed = 1; seed <= SEEDS_UNTIL_CAUGHT && found.indexOf(expected) < 0; seed++) {
            try {
                SeamSimulation simulation = new SeamSimulation(seed, breakMarkers, breakSeam);
                try {
                    simulation.run();
                } finally {
                    // A report tells the first findings only, and which those are is not what this is about.
                    simulation
                            .anomalies()
                            .forEach(anomaly -> found.append(anomaly).append('\n'));
                }
            } catch (AssertionError | IOException | RuntimeException e) {
                found.append(e.getMessage()).append('\n');
            }
        }
        return found.toString();
    }
}
