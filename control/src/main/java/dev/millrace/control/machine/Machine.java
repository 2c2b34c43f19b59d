package dev.millrace.control.machine;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A state machine of the control plane, as a pure function of its log.
 *
 * <p>Two kinds of state, never mixed: <em>hard</em> state is changed by {@link #replay} alone, and so is exactly what the records
 * say; <em>soft</em> state (session deadlines, parked replies) is changed by {@link #handle} alone, is never logged, and is gone after a restart.
 *
 * <p>Not thread-safe: the runtime calls every method from one thread.
 *
 * @param <C> the commands, a sealed interface of records; a command that wants an answer carries its {@link Reply}
 */
public interface Machine<C> {

    /**
     * Decides. Reads state; records facts, answers and timers into {@code turn}. The facts are replayed as soon as this returns, so
     * this method still sees the state before them.
     *
     * <p>A user's mistake is an answer, not an exception. Whatever is thrown here fences the machine.
     */
    void handle(C command, Turn<C> turn);

    /**
     * Applies one fact. Deterministic, total, and independent of the clock: old records always replay. A fact that is replayed into a
     * state that it already describes changes nothing.
     */
    void replay(MachineRecord record);

    /** The hard state as records: replayed into an empty machine they give the same state. */
    void snapshot(Consumer<MachineRecord> out);

    /**
     * Called right after the facts of a turn were replayed, and once before {@link #onLeading}: what it gives runs on the machine's thread
     * when they are durable, before the answers of that turn are heard. This is how a machine publishes to other threads what no crash undoes.
     */
    default Optional<Runnable> whenDurable() {
        return Optional.empty();
    }

    /** Called once when the log has been replayed and this node leads: arms timers from hard state. */
    default void onLeading(Turn<C> turn) {}
}
