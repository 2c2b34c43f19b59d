package dev.millrace.control.machine;

import dev.millrace.base.error.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The turn of one command: gathers what the machine decides, for the instance to carry out once {@code handle} has returned. */
final class MachineTurn<C> implements Turn<C> {

    private final long wallMs;
    private final long monotonicMs;
    private final TurnTimers<C> timers;
    private final Consumer<Reply<?>> onAnswered;
    private final List<MachineRecord> facts = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();

    /** @param onAnswered hears of each reply right before it is completed */
    MachineTurn(long wallMs, long monotonicMs, TurnTimers<C> timers, Consumer<Reply<?>> onAnswered) {
        this.wallMs = wallMs;
        this.monotonicMs = monotonicMs;
        this.timers = timers;
        this.onAnswered = onAnswered;
    }

    List<MachineRecord> facts() {
        return facts;
    }

    /** Completes one reply each; to be run when the facts are durable. */
    List<Runnable> answers() {
        return answers;
    }

    @Override
    public long wallMs() {
        return wallMs;
    }

    @Override
    public long monotonicMs() {
        return monotonicMs;
    }

    @Override
    public void record(MachineRecord fact) {
        facts.add(fact);
    }

    @Override
    public <R> void answer(Reply<R> reply, R value) {
        answers.add(() -> {
            onAnswered.accept(reply);
            reply.complete(value);
        });
    }

    @Override
    public void fail(Reply<?> reply, MillraceException failure) {
        answers.add(() -> {
            onAnswered.accept(reply);
            reply.completeExceptionally(failure);
        });
    }

    @Override
    public void timer(String name, long delayMs, C command) {
        timers.set(name, delayMs, command);
    }

    @Override
    public void cancelTimer(String name) {
        timers.cancel(name);
    }
}
