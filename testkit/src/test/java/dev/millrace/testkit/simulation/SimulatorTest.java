package dev.millrace.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.Agent;
import dev.millrace.base.AgentHost;
import dev.millrace.testkit.seeds.SeededTest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SimulatorTest {

    @SeededTest
    void shouldRunAgentsBackgroundTasksAndTimersUntilNothingIsLeft(Simulator simulator) {
        Echo echo = new Echo();
        AgentHost.Handle handle = simulator.start(echo);
        List<String> done = new ArrayList<>();
        simulator.runToRest();
        for (int i = 0; i < 10; i++) {
            int number = i;
            echo.inbox.add(() -> done.add("agent " + number));
            simulator.background().execute(() -> done.add("background " + number));
            simulator.scheduler().schedule(100L * i, () -> done.add("timer " + number));
        }
        handle.wake();
        simulator.runToRest();
        assertThat(done)
                .hasSize(21)
                .contains("agent 9", "background 9", "timer 0")
                .doesNotContain("timer 1");
        simulator.advanceMs(499);
        assertThat(done).hasSize(25);
        simulator.runUntil("the last timer", () -> done.contains("timer 9"));
        assertThat(simulator.clock().wallMs()).isEqualTo(SimulatedClock.START_WALL_MS + 900);
        handle.close();
        assertThat(echo.closed).isTrue();
    }

    @Test
    void shouldRunThingsInManyOrdersButTheSameForOneSeed() {
        Set<List<Integer>> orders = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            assertThat(order(seed)).isEqualTo(order(seed));
            orders.add(order(seed));
        }
        assertThat(orders).hasSize(24);
    }

    @Test
    void shouldShowAForgottenWakeUpAsAStall() {
        Simulator simulator = new Simulator(1);
        Echo echo = new Echo();
        simulator.start(echo);
        simulator.runToRest();
        List<String> done = new ArrayList<>();
        echo.inbox.add(() -> done.add("never"));
        assertThatThrownBy(() -> simulator.runUntil("the answer", () -> !done.isEmpty()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the answer")
                .hasMessageContaining("seed 1");
    }

    @Test
    void shouldForgetEverythingButTheDiskInACrash() {
        Simulator simulator = new Simulator(1);
        List<String> done = new ArrayList<>();
        AgentHost.Handle handle = simulator.start(new Echo());
        simulator.background().execute(() -> done.add("background"));
        simulator.scheduler().schedule(1, () -> done.add("timer"));
        simulator.crash();
        handle.wake();
        handle.close();
        simulator.advanceMs(1000);
        assertThat(simulator.step()).isFalse();
        assertThat(done).isEmpty();
    }

    @Test
    void shouldRunTimersInOrderOfTimeThenOfScheduling() {
        SimulatedClock clock = new SimulatedClock();
        List<Integer> ran = new ArrayList<>();
        try (SimulatedScheduler scheduler = new SimulatedScheduler(clock)) {
            scheduler.schedule(20, () -> ran.add(3));
            scheduler.schedule(10, () -> {
                ran.add(1);
                scheduler.schedule(5, () -> ran.add(2));
            });
            scheduler.schedule(20, () -> ran.add(4));
            scheduler.schedule(15, () -> ran.add(-1)).cancel();
            assertThat(scheduler.runNext()).isFalse();
            scheduler.advanceMs(19);
            assertThat(ran).containsExactly(1, 2);
            scheduler.advanceMs(1);
            assertThat(ran).containsExactly(1, 2, 3, 4);
            assertThat(scheduler.nextDueNs()).isEmpty();
        }
        clock.jumpWallMs(-5000);
        assertThat(clock.wallMs()).isEqualTo(SimulatedClock.START_WALL_MS + 20 - 5000);
        assertThat(clock.monotonicNs()).isEqualTo(20_000_000);
    }

    private static List<Integer> order(long seed) {
        Simulator simulator = new Simulator(seed);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            simulator.background().execute(() -> order.add(number));
        }
        simulator.runToRest();
        return order;
    }

    private static final class Echo implements Agent {

        private final Queue<Runnable> inbox = new ArrayDeque<>();
        private boolean closed;

        @Override
        public String name() {
            return "echo";
        }

        @Override
        public int doWork() {
            Runnable next = inbox.poll();
            if (next == null) {
                return 0;
            }
            next.run();
            return 1;
        }

        @Override
        public void onClose() {
            closed = true;
        }
    }
}
