package dev.millrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Compacted partitions under crashes. The long form is that of {@link LogSimulationTest}. */
class CompactionSimulationTest {

    @SeededTest
    void shouldKeepTheLastValuesUnderCrashes(long seed) throws IOException {
        CompactionSimulation simulation = new CompactionSimulation(seed);
        simulation.run();
        assertThat(simulation.restartsCount).isPositive();
    }

    @Test
    void shouldReallyCompact() throws IOException {
        long recordsMissing = 0;
        for (long seed = 1; seed <= 10; seed++) {
            CompactionSimulation simulation = new CompactionSimulation(seed);
            simulation.run();
            recordsMissing += simulation.recordsMissing;
        }
        assertThat(recordsMissing).isGreaterThan(1_000);
    }
}
