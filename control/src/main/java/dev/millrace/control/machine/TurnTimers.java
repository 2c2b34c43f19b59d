package dev.millrace.control.machine;

import dev.millrace.base.time.Scheduler;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The timers of one machine, by name. A timer only announces itself; whether it still counts is decided on the machine's thread, so
 * that one that was cancelled or replaced never comes.
 */
final class TurnTimers<C> {

    private final Scheduler scheduler;
    private final Consumer<Timer<C>> onFired;
    private final Map<String, Timer<C>> timers = new HashMap<>();

    /** @param onFired called on the scheduler's thread */
    TurnTimers(Scheduler scheduler, Consumer<Timer<C>> onFired) {
        this.scheduler = scheduler;
        this.onFired = onFired;
    }

    void set(String name, long delayMs, C command) {
        cancel(name);
        Timer<C> timer = new Timer<>(name, command);
        timers.put(name, timer);
        timer.scheduled = Optional.of(scheduler.schedule(delayMs, () -> onFired.accept(timer)));
    }

    void cancel(String name) {
        Timer<C> timer = timers.remove(name);
        if (timer != null) {
            timer.scheduled.ifPresent(Scheduler.Scheduled::cancel);
        }
    }

    void cancelAll() {
        for (Timer<C> timer : timers.values()) {
            timer.scheduled.ifPresent(Scheduler.Scheduled::cancel);
        }
        timers.clear();
    }

    /** The command of a timer that has fired, unless it was cancelled or replaced since. */
    Optional<C> take(Timer<C> fired) {
        return timers.remove(fired.name, fired) ? Optional.of(fired.command) : Optional.empty();
    }

    /** A timer that waits; its identity tells it from an earlier one of the same name. */
    static final class Timer<C> {
        private final String name;
        private final C command;
        private Optional<Scheduler.Scheduled> scheduled = Optional.empty();

        private Timer(String name, C command) {
            this.name = name;
            this.command = command;
        }
    }
}
