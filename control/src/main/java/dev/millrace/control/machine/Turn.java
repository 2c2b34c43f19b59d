package dev.millrace.control.machine;

import dev.millrace.base.error.MillraceException;

/**
 * What one command decides: facts, answers, timers. Valid only inside {@link Machine#handle}.
 *
 * @param <C> the machine's commands
 */
public interface Turn<C> {

    /** Wall-clock time, ms since the epoch: the same during the whole turn. */
    long wallMs();

    /** Monotonic time in ms, for deadlines of soft state: the same during the whole turn. */
    long monotonicMs();

    /** Adds a fact. All facts of a turn become one batch: a crash keeps all of them or none. */
    void record(MachineRecord fact);

    /**
     * Answers. The caller hears it when every fact recorded up to now, by this turn and all before it, is durable: an answer never
     * shows what a crash could undo. A reply that is kept in soft state is parked, and answered in a later turn.
     */
    <R> void answer(Reply<R> reply, R value);

    /** As {@link #answer}, with a failure. */
    void fail(Reply<?> reply, MillraceException failure);

    /** Submits {@code command} after {@code delayMs}; takes the place of an earlier timer of the same name. */
    void timer(String name, long delayMs, C command);

    /** Drops the timer of this name, if there is one. A command that it has already submitted still comes: check in {@code handle}. */
    void cancelTimer(String name);
}
