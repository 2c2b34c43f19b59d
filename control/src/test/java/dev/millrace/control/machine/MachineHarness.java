package dev.millrace.control.machine;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Scheduler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs one machine alone: no log, no threads, virtual time. Every command is handled at once, its facts are durable at once, and
 * replies that it answers are complete when the call returns. Not thread-safe.
 *
 * <pre>{@code
 * var harness = new MachineHarness<>(GroupMachine::new);
 * CompletableFuture<Joined> joined = harness.ask(reply -> new Join("g", reply));
 * harness.advanceMs(3_000);
 * harness.restart();
 * }</pre>
 */
public final class MachineHarness<C> {

    private final Supplier<? extends Machine<C>> factory;
    private final VirtualScheduler scheduler = new VirtualScheduler();
    private final TurnTimers<C> timers = new TurnTimers<>(scheduler, this::fire);
    private final Set<Reply<?>> openReplies = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<MachineRecord> facts = new ArrayList<>();
    private Machine<C> machine;

    /** Starts an empty machine at 1,700,000,000,000 ms of wall-clock time. */
    public MachineHarness(Supplier<? extends Machine<C>> factory) {
        this.factory = factory;
        this.machine = factory.get();
        lead();
    }

    public <R> CompletableFuture<R> ask(Function<Reply<R>, ? extends C> command) {
        Reply<R> reply = new Reply<>();
        C asked = command.apply(reply);
        openReplies.add(reply);
        handle(asked);
        return reply.future();
    }

    public void submit(C command) {
        handle(command);
    }

    /** Moves time on, and runs the timers that come due, each at its own time. */
    public void advanceMs(long durationMs) {
        scheduler.advanceTo(scheduler.nowMs + durationMs);
    }

    public long wallMs() {
        return scheduler.nowMs;
    }

    /** The machine, to look into. */
    public Machine<C> machine() {
        return machine;
    }

    /** Every fact so far, in order; after {@link #restartFromSnapshot} those of the snapshot and what came after. */
    public List<MachineRecord> facts() {
        return List.copyOf(facts);
    }

    /** The hard state as the machine would write it now. */
    public List<MachineRecord> snapshot() {
        List<MachineRecord> snapshot = new ArrayList<>();
        machine.snapshot(snapshot::add);
        return snapshot;
    }

    /** Replies that were asked for and not answered: parked. */
    public int parkedCount() {
        return openReplies.size();
    }

    /** As after a crash: a new machine replays all facts; timers are gone, parked replies fail with COORDINATOR_NOT_AVAILABLE. */
    public void restart() {
        stop();
        facts.forEach(machine::replay);
        lead();
    }

    /** As {@link #restart}, from a snapshot alone. */
    public void restartFromSnapshot() {
        List<MachineRecord> snapshot = snapshot();
        facts.clear();
        facts.addAll(snapshot);
        restart();
    }

    /** As {@link #restart} after a crash in the middle of a snapshot: all facts, and then the state once more. */
    public void restartWithSnapshotBehindFacts() {
        facts.addAll(snapshot());
        restart();
    }

    private void stop() {
        scheduler.tasks.clear();
        timers.cancelAll();
        openReplies.forEach(reply -> reply.completeExceptionally(
                new MillraceException(ErrorCode.COORDINATOR_NOT_AVAILABLE, "the machine was restarted")));
        openReplies.clear();
        machine = factory.get();
    }

    private void lead() {
        machine.whenDurable().ifPresent(Runnable::run);
        MachineTurn<C> turn = newTurn();
        machine.onLeading(turn);
        carryOut(turn);
    }

    private void handle(C command) {
        MachineTurn<C> turn = newTurn();
        machine.handle(command, turn);
        carryOut(turn);
    }

    private void fire(TurnTimers.Timer<C> timer) {
        timers.take(timer).ifPresent(this::handle);
    }

    private void carryOut(MachineTurn<C> turn) {
        facts.addAll(turn.facts());
        turn.facts().forEach(machine::replay);
        if (!turn.facts().isEmpty()) {
            machine.whenDurable().ifPresent(Runnable::run);
        }
        turn.answers().forEach(Runnable::run);
    }

    private MachineTurn<C> newTurn() {
        return new MachineTurn<>(scheduler.nowMs, scheduler.nowMs, timers, openReplies::remove);
    }

    /** Runs tasks when time is moved, in the order in which they are due. */
    private static final class VirtualScheduler implements Scheduler {

        private final PriorityQueue<Task> tasks =
                new PriorityQueue<>(Comparator.comparingLong(Task::dueMs).thenComparingLong(Task::number));
        private long nowMs = 1_700_000_000_000L;
        private long tasksCount;

        private record Task(long dueMs, long number, Runnable runnable) {}

        @Override
        public Scheduled schedule(long delayMs, Runnable runnable) {
            Task task = new Task(nowMs + Math.max(0, delayMs), tasksCount++, runnable);
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        void advanceTo(long untilMs) {
            for (Optional<Task> due = due(untilMs); due.isPresent(); due = due(untilMs)) {
                nowMs = due.get().dueMs();
                due.get().runnable().run();
            }
            nowMs = untilMs;
        }

        private Optional<Task> due(long untilMs) {
            Task next = tasks.peek();
            return next == null || next.dueMs() > untilMs ? Optional.empty() : Optional.of(tasks.remove());
        }

        @Override
        public void close() {
            tasks.clear();
        }
    }
}
