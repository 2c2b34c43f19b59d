package dev.millrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Transactions in the log under crashes. The long form: {@code mvn -q -pl tests/simulation -am test -Dmillrace.seeds=10000}. */
class TransactionSimulationTest {

    @SeededTest
    void shouldKeepTransactionsWholeUnderCrashes(long seed) throws IOException {
        TransactionSimulation simulation = new TransactionSimulation(seed);
        simulation.run();
        assertThat(simulation.restartsCount).isPositive();
        assertThat(simulation.endedCount).isPositive();
    }

    /** Else the test above would say little. */
    @Test
    void shouldMeetWhatItIsAbout() throws IOException {
        int openCount = 0;
        int abortedCount = 0;
        int lateCount = 0;
        int mendedCount = 0;
        for (long seed = 1; seed <= 20; seed++) {
            TransactionSimulation simulation = new TransactionSimulation(seed);
            simulation.run();
            openCount += simulation.openCount;
            abortedCount += simulation.abortedCount;
            lateCount += simulation.lateCount;
            mendedCount += simulation.mendedCount;
        }
        assertThat(openCount).isGreaterThan(500);
        assertThat(abortedCount).isGreaterThan(100);
        assertThat(lateCount).isGreaterThan(30);
        assertThat(mendedCount).isGreaterThan(50);
    }
}
