package dev.millrace.testkit.seeds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

@Isolated
final class SeedExtensionTest {

    private static final ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();
    private static volatile boolean running;
    private static final List<String> PROPERTIES = List.of("millrace.seed", "millrace.seeds", "millrace.seeds.first");

    private final List<String> before =
            PROPERTIES.stream().map(p -> System.getProperty(p, "")).toList();

    @AfterEach
    void restore() {
        running = false;
        for (int i = 0; i < PROPERTIES.size(); i++) {
            set(PROPERTIES.get(i), before.get(i));
        }
    }

    @Test
    void shouldRunAsManySeedsAsAskedFor() {
        set("millrace.seed", "");
        set("millrace.seeds", "8");
        set("millrace.seeds.first", "");
        TestExecutionSummary summary = run("shouldPassButForFive");
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(summary.getTestsFailedCount()).isEqualTo(1);
        Throwable failure = summary.getFailures().getFirst().getException();
        assertThat(failure)
                .hasMessageContaining("seed 5: ")
                .hasMessageContaining("mvn -q -pl testkit -am test -Dquick -Dtest='Example#shouldPassButForFive'")
                .hasMessageContaining("-Dmillrace.seed=5");
        assertThat(failure.getCause()).hasMessage("five");
    }

    @Test
    void shouldRepeatOneSeed() {
        set("millrace.seed", "5");
        assertThat(run("shouldPassButForFive").getTestsFailedCount()).isEqualTo(1);
        assertThat(seen).containsExactly(5L);
    }

    @Test
    void shouldBeginWhereItIsTold() {
        set("millrace.seed", "");
        set("millrace.seeds", "8");
        set("millrace.seeds.first", "100");
        assertThat(run("shouldRunSeldom").getTestsSucceededCount()).isEqualTo(2);
        assertThat(seen).containsExactly(100L, 101L);
    }

    private static TestExecutionSummary run(String method) {
        seen.clear();
        running = true;
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectMethod(
                                        Example.class,
                                        method,
                                        method.equals("shouldRunSeldom") ? "java.util.Random" : "long"))
                                .build(),
                        listener);
        return listener.getSummary();
    }

    private static void set(String property, String value) {
        if (value.isEmpty()) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    /** Fails only when the tests above run it. */
    static final class Example {

        @SeededTest
        void shouldPassButForFive(long seed) {
            seen.add(seed);
            if (seed == 5 && running) {
                throw new IllegalStateException("five");
            }
        }

        @SeededTest(oneIn = 4)
        void shouldRunSeldom(Random random) {
            seen.add(random.nextLong() == new Random(100).nextLong() ? 100L : 101L);
        }
    }
}
