package dev.millrace.testkit.simulation;

import dev.millrace.base.Agent;
import dev.millrace.base.AgentHost;
import dev.millrace.base.Check;
import dev.millrace.testkit.files.SimulatedFileStore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A machine with its threads, its clock and its disk, simulated on the caller's thread. The same seed and the same calls give the
 * same run.
 *
 * <p>What would run at the same time takes turns here, in random order: a duty cycle of an agent that is awake, a background task, the
 * next timer that is due. An agent that returned 0 sleeps until somebody wakes it, so a wake-up that the code forgets shows as a
 * stall. Time stands still until there is nothing left to do and somebody asks for more.
 *
 * <p>A crash ({@link #crash}) forgets agents, tasks and timers where they stand, and the disk's promises decide what is left. Arm
 * {@link SimulatedFileStore#crashAtOperation} to crash in the middle of a duty cycle: then whoever drives the simulator catches
 * {@link dev.millrace.testkit.files.SimulatedCrash}, calls {@link #crash} and starts anew.
 */
public final class Simulator implements AgentHost {

    private static final int MAX_STEPS_TO_REST = 1_000_000;

    private final long seed;
    private final Random random;
    private final SimulatedClock clock = new SimulatedClock();
    private final SimulatedScheduler scheduler = new SimulatedScheduler(clock);
    private final SimulatedFileStore files;
    private final List<RunningAgent> agents = new ArrayList<>();
    private final List<Runnable> background = new ArrayList<>();

    public Simulator(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.files = new SimulatedFileStore(random.nextLong());
    }

    public SimulatedClock clock() {
        return clock;
    }

    public SimulatedScheduler scheduler() {
        return scheduler;
    }

    public SimulatedFileStore files() {
        return files;
    }

    /** The run's own source of choices, for the test's use too. */
    public Random random() {
        return random;
    }

    /** Takes the place of virtual threads: tasks wait here and run in random order, each as one step. */
    public Executor background() {
        return background::add;
    }

    @Override
    public Handle start(Agent agent) {
        RunningAgent running = new RunningAgent(agent);
        agents.add(running);
        return running;
    }

    /** Does one thing, chosen at random among all that could happen now; {@code false} if nothing could. */
    public boolean step() {
        List<RunningAgent> awake = agents.stream().filter(a -> a.awake).toList();
        int choices = awake.size() + background.size() + (scheduler.hasDue() ? 1 : 0);
        if (choices == 0) {
            return false;
        }
        int choice = random.nextInt(choices);
        if (choice < awake.size()) {
            awake.get(choice).cycle();
        } else if (choice < awake.size() + background.size()) {
            background.remove(choice - awake.size()).run();
        } else {
            scheduler.runNext();
        }
        return true;
    }

    /** Steps until nothing could happen without time passing. */
    public void runToRest() {
        for (int steps = 0; step(); steps++) {
            Check.that(steps < MAX_STEPS_TO_REST, "the simulation comes to rest (seed " + seed + ")");
        }
    }

    /**
     * Steps until {@code condition} holds, letting time pass to the next timer whenever nothing else could happen.
     *
     * @param what names the condition in the error
     * @throws AssertionError if nothing could happen any more, or after ten simulated minutes
     */
    public void runUntil(String what, BooleanSupplier condition) {
        long endNs = clock.monotonicNs() + TimeUnit.MINUTES.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (step()) {
                continue;
            }
            OptionalLong next = scheduler.nextDueNs();
            if (next.isEmpty() || next.getAsLong() > endNs) {
                throw new AssertionError("stalled before: " + what + " (seed " + seed + ")");
            }
            clock.advanceNs(Math.max(0, next.getAsLong() - clock.monotonicNs()));
        }
    }

    /** Lets {@code durationMs} pass, coming to rest at each timer on the way and at the end. */
    public void advanceMs(long durationMs) {
        long endNs = clock.monotonicNs() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        while (true) {
            runToRest();
            OptionalLong next = scheduler.nextDueNs();
            if (next.isEmpty() || next.getAsLong() > endNs) {
                break;
            }
            clock.advanceNs(Math.max(0, next.getAsLong() - clock.monotonicNs()));
        }
        clock.advanceNs(Math.max(0, endNs - clock.monotonicNs()));
        runToRest();
    }

    /** The power fails: nothing is left but the disk, and of that what it promised and whatever else it happened to keep. */
    public void crash() {
        agents.clear();
        background.clear();
        scheduler.close();
        files.crash();
    }

    /** The process ends and the machine goes on: what was written and not synced stays. */
    public void kill() {
        agents.clear();
        background.clear();
        scheduler.close();
        files.kill();
    }

    private final class RunningAgent implements Handle {

        private final Agent agent;
        private boolean awake = true;
        private boolean inCycle;

        RunningAgent(Agent agent) {
            this.agent = agent;
        }

        void cycle() {
            awake = false; // Before the work, so that a wake-up from inside it counts.
            inCycle = true;
            try {
                if (agent.doWork() != 0) {
                    awake = true;
                }
            } finally {
                inCycle = false;
            }
        }

        @Override
        public void wake() {
            awake = true;
        }

        @Override
        public void wakeOrRun() {
            if (awake || inCycle) {
                awake = true;
                return;
            }
            inCycle = true;
            try {
                awake |= agent.doBriefWork() != 0;
            } finally {
                inCycle = false;
            }
        }

        @Override
        public void close() {
            if (!agents.remove(this)) {
                return;
            }
            for (int cycles = 0; agent.doWork() != 0; cycles++) {
                Check.that(cycles < MAX_STEPS_TO_REST, agent.name() + " comes to rest when closed (seed " + seed + ")");
            }
            agent.onClose();
        }
    }
}
