package dev.millrace.control.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.Agent;
import dev.millrace.base.AgentHost;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.Scheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Runs a machine in virtual time under crashes, full disks and slow logs, seed after seed. */
class MachineSimulationTest {

    private static final int STEPS_COUNT = 600;
    private static final MachineOptions OPTIONS = new MachineOptions(200, 1_000, 2);

    @Test
    void shouldNeverAnswerWhatACrashUndoes() {
        long seedsCount = Long.getLong("millrace.seeds", 200);
        int droppedCount = 0;
        int refusedCount = 0;
        for (long seed = 1; seed <= seedsCount; seed++) {
            Simulation simulation = new Simulation(seed);
            try {
                simulation.run();
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed + " fails", t);
            }
            droppedCount += simulation.log.droppedCount;
            refusedCount += simulation.log.refusedCount;
        }
        // The simulation is worth something only if it went through snapshots and refusals.
        assertThat(droppedCount).isPositive();
        assertThat(refusedCount).isPositive();
    }

    private static final class Simulation implements Clock, Scheduler, AgentHost {
        private final Random random;
        private final SimulatedMachineLog log = new SimulatedMachineLog();
        private final Map<String, Long> answered = new HashMap<>();
        private final List<Agent> agents = new ArrayList<>();
        private final List<Timer> timers = new ArrayList<>();
        private final List<CompletableFuture<Long>> asked = new ArrayList<>();
        private CounterMachine machine = new CounterMachine();
        private MachineInstance<CounterMachine.Command> instance;
        private long nowMs = 1_000;

        private record Timer(long dueMs, Runnable task) {}

        @SuppressWarnings("this-escape")
        Simulation(long seed) {
            random = new Random(seed);
            instance = start();
        }

        void run() {
            for (int step = 0; step < STEPS_COUNT; step++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> ask();
                    case 3, 4, 5, 6 -> runAgents();
                    case 7, 8, 9 -> log.step(random);
                    case 10 -> advance();
                    default -> rarely();
                }
            }
            log.fill(false);
            settle();
            assertThat(asked).allMatch(CompletableFuture::isDone);
            crash();
        }

        private void rarely() {
            switch (random.nextInt(6)) {
                case 0 -> crash();
                case 1 -> log.fill(true);
                default -> log.fill(false);
            }
        }

        private void ask() {
            String name = "counter-" + random.nextInt(5);
            CompletableFuture<Long> answer = random.nextInt(3) == 0
                    ? instance.ask(reply -> new CounterMachine.Command.Read(name, reply))
                    : instance.ask(reply -> new CounterMachine.Command.Increment(List.of(name, name + "-twin"), reply));
            asked.add(answer);
            var _ = answer.thenAccept(value -> answered.merge(name, value, Math::max));
        }

        /** Whatever was answered must be there after the crash, and the two facts of a turn together or not at all. */
        private void crash() {
            agents.clear();
            timers.clear();
            asked.clear();
            log.crash(random);
            instance = start();
            settle();
            assertThat(instance.leading()).isCompleted();
            answered.forEach((name, value) ->
                    assertThat(machine.counters().getOrDefault(name, 0L)).isGreaterThanOrEqualTo(value));
            machine.counters().forEach((name, value) -> {
                if (!name.endsWith("-twin")) {
                    assertThat(machine.counters()).containsEntry(name + "-twin", value);
                }
            });
        }

        private MachineInstance<CounterMachine.Command> start() {
            MachineRuntime runtime = new MachineRuntime(this, this, Runnable::run, this, 1);
            return runtime.open(
                    () -> {
                        machine = new CounterMachine();
                        return machine;
                    },
                    log,
                    OPTIONS);
        }

        private void settle() {
            boolean busy = true;
            while (busy) {
                boolean ran = runAgents();
                boolean stepped = log.step(random);
                boolean waited = advance();
                busy = ran || stepped || waited;
            }
        }

        private boolean runAgents() {
            int done = 0;
            for (Agent agent : agents) {
                done += agent.doWork();
            }
            return done > 0;
        }

        private boolean advance() {
            nowMs += 500;
            List<Timer> due =
                    timers.stream().filter(timer -> timer.dueMs <= nowMs).toList();
            timers.removeAll(due);
            due.forEach(timer -> timer.task.run());
            return !timers.isEmpty() || !due.isEmpty();
        }

        @Override
        public long wallMs() {
            return nowMs;
        }

        @Override
        public long monotonicNs() {
            return nowMs * 1_000_000;
        }

        @Override
        public Scheduled schedule(long delayMs, Runnable task) {
            Timer timer = new Timer(nowMs + delayMs, task);
            timers.add(timer);
            return () -> timers.remove(timer);
        }

        @Override
        public Handle start(Agent agent) {
            agents.add(agent);
            return new Handle() {
                @Override
                public void wake() {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void close() {}
    }
}
