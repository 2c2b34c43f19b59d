package dev.millrace.control.machine;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.Scheduler;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One machine on its log: a mailbox, and serial execution on a machine thread.
 *
 * <pre>
 *   LOADING ──replayed──→ LEADING ──close──→ ENDED
 *      ↑                     │ │                ↑
 *      └──1 s──── refused ───┘ └─── fenced ─────┘
 * </pre>
 *
 * <p><em>Refused</em>: the log had no room for a batch, and took nothing. Every open reply fails with COORDINATOR_NOT_AVAILABLE, and an
 * empty machine replays the log again. <em>Fenced</em>: a batch may be lost, the log cannot be read, or the machine threw. This is
 * final until the process restarts.
 *
 * <p>{@link #ask}, {@link #submit} and {@link #close} are thread-safe; everything else happens on the machine's thread.
 *
 * @param <C> the machine's commands
 */
public final class MachineInstance<C> {

    private static final Logger log = LoggerFactory.getLogger(MachineInstance.class);
    private static final int MESSAGES_PER_RUN = 256;
    private static final long START_OVER_DELAY_MS = 1_000;

    private enum State {
        LOADING,
        LEADING,
        CLOSING,
        ENDED
    }

    /** What waits for the machine: a command, with the reply that it carries, or a timer that has fired. */
    private sealed interface Message<C> {
        record Command<C>(C command, Optional<Reply<?>> reply) implements Message<C> {}

        record Fired<C>(TurnTimers.Timer<C> timer) implements Message<C> {}
    }

    private final Supplier<? extends Machine<C>> factory;
    private final MachineLog machineLog;
    private final MachineOptions options;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Executor loader;
    private final MachineAgent agent;

    private final ConcurrentLinkedQueue<Message<C>> mailbox = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final CompletableFuture<Void> leading = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private final TurnTimers<C> timers;
    private final Set<Reply<?>> openReplies = Collections.newSetFromMap(new IdentityHashMap<>());
    private Machine<C> machine;
    private Outbox outbox;
    private Snapshots snapshots;
    private State state = State.LOADING;
    private volatile boolean fenced;

    MachineInstance(
            Supplier<? extends Machine<C>> factory,
            MachineLog machineLog,
            MachineOptions options,
            Clock clock,
            Scheduler scheduler,
            Executor loader,
            MachineAgent agent) {
        this.factory = factory;
        this.machineLog = machineLog;
        this.options = options;
        this.clock = clock;
        this.scheduler = scheduler;
        this.loader = loader;
        this.agent = agent;
        this.timers = new TurnTimers<>(scheduler, timer -> tell(new Message.Fired<>(timer)));
        this.machine = factory.get();
        this.outbox = newOutbox();
        this.snapshots = new Snapshots(machineLog, options);
    }

    /**
     * Asks the machine: {@code command} makes the command around the reply that the runtime provides.
     *
     * @return the answer, completed on the machine's thread: dependents must be short. Fails with COORDINATOR_NOT_AVAILABLE when the
     *     machine is fenced, closed, or starts over before it has answered
     */
    public <R> CompletableFuture<R> ask(Function<Reply<R>, ? extends C> command) {
        Reply<R> reply = new Reply<>();
        tell(new Message.Command<>(command.apply(reply), Optional.of(reply)));
        return reply.future();
    }

    /** Gives the machine a command that nobody waits for. */
    public void submit(C command) {
        tell(new Message.Command<>(command, Optional.empty()));
    }

    /** Completes when the machine has replayed its log for the first time; fails when that was not possible. */
    public CompletableFuture<Void> leading() {
        return leading;
    }

    /** Whether the machine has given up, until the process restarts. */
    public boolean fenced() {
        return fenced;
    }

    /** Handles what is in the mailbox, waits until it is durable, and ends; what is parked then fails. */
    public void close() {
        post(() -> {
            if (state == State.LEADING) {
                state = State.CLOSING;
            } else if (state == State.LOADING) {
                end("the machine is closing", Optional.empty());
            }
        });
    }

    /** Completes when the machine has ended, in whatever way. Never fails. */
    public CompletableFuture<Void> closed() {
        return closed;
    }

    /** Runs what has piled up, on the machine's thread. */
    int run() {
        // First: what is added from here on schedules another run.
        scheduled.set(false);
        int done = 0;
        try {
            done += runEvents();
            done += handleMessages();
            finish();
        } catch (Throwable t) {
            fence("the machine failed", t);
            done++;
        }
        if (!events.isEmpty() || (state != State.LOADING && !mailbox.isEmpty())) {
            schedule();
        }
        return done;
    }

    /** Replays the log into the machine, on the loader; then leads. */
    void load() {
        Machine<C> loading = machine;
        loader.execute(() -> {
            try {
                Replay.Result result = Replay.replay(machineLog, loading);
                post(() -> onLoaded(result));
            } catch (Throwable t) {
                post(() -> fence("its log cannot be replayed", t));
            }
        });
    }

    private void onLoaded(Replay.Result result) {
        if (state != State.LOADING) {
            return;
        }
        state = State.LEADING;
        snapshots.onReplayed(result);
        log.info(
                "event=machine-leading log={} facts={} sizeBytes={}",
                machineLog.name(),
                result.factsCount(),
                result.sizeBytes());
        machine.whenDurable().ifPresent(Runnable::run);
        MachineTurn<C> turn = newTurn();
        machine.onLeading(turn);
        carryOut(turn);
        leading.complete(null);
    }

    private int runEvents() {
        int done = 0;
        Runnable event = events.poll();
        while (event != null) {
            event.run();
            done++;
            event = events.poll();
        }
        return done;
    }

    private int handleMessages() {
        int done = 0;
        while (done < MESSAGES_PER_RUN && state != State.LOADING) {
            Message<C> message = mailbox.poll();
            if (message == null) {
                break;
            }
            done++;
            if (state == State.ENDED) {
                refuse(message);
            } else {
                handle(message);
            }
        }
        return done;
    }

    private void handle(Message<C> message) {
        MachineTurn<C> turn = newTurn();
        switch (message) {
            case Message.Command<C>(C command, Optional<Reply<?>> reply) -> {
                reply.ifPresent(openReplies::add);
                machine.handle(command, turn);
            }
            case Message.Fired<C>(TurnTimers.Timer<C> timer) ->
                timers.take(timer).ifPresent(command -> machine.handle(command, turn));
        }
        carryOut(turn);
    }

    private void carryOut(MachineTurn<C> turn) {
        List<MachineRecord> facts = turn.facts();
        outbox.add(facts, turn.wallMs(), List.of());
        if (!facts.isEmpty()) {
            facts.forEach(machine::replay);
            machine.whenDurable().ifPresent(publish -> outbox.afterAll(List.of(publish)));
        }
        outbox.afterAll(turn.answers());
    }

    /** The end of a run: offers what was decided to the log, rewrites the log if it has grown, and ends if it is time. */
    private void finish() {
        if (state == State.LEADING && snapshots.isDue(outbox)) {
            snapshots.write(machine, outbox, clock.wallMs());
        }
        outbox.pump();
        if (state == State.CLOSING && mailbox.isEmpty() && outbox.isEmpty()) {
            end("the machine is closed", Optional.empty());
        }
    }

    private void startOver(Throwable cause) {
        log.warn(
                "event=machine-append-refused log={} retryMs={} reason=\"{}\"",
                machineLog.name(),
                START_OVER_DELAY_MS,
                String.valueOf(cause.getMessage()));
        boolean closing = state == State.CLOSING;
        state = State.LOADING;
        outbox.discard();
        timers.cancelAll();
        failOpenReplies("its log refused an append: " + cause.getMessage());
        if (closing) {
            end("the machine is closing", Optional.empty());
            return;
        }
        Outbox draining = outbox;
        draining.afterAll(List.of(() -> scheduler.schedule(START_OVER_DELAY_MS, () -> post(this::reload))));
    }

    private void reload() {
        if (state == State.LOADING) {
            machine = factory.get();
            outbox = newOutbox();
            snapshots = new Snapshots(machineLog, options);
            load();
        }
    }

    private void fence(String what, Throwable cause) {
        if (state == State.ENDED) {
            return;
        }
        fenced = true;
        log.error(
                "event=machine-fenced log={} reason=\"{}\" action=\"find the cause in this log, then restart\"",
                machineLog.name(),
                what,
                cause);
        end(what, Optional.of(cause));
    }

    private void end(String why, Optional<Throwable> cause) {
        state = State.ENDED;
        outbox.discard();
        timers.cancelAll();
        failOpenReplies(why);
        leading.completeExceptionally(
                unavailable(why + cause.map(c -> ": " + c.getMessage()).orElse("")));
        closed.complete(null);
    }

    private void failOpenReplies(String why) {
        openReplies.forEach(reply -> reply.completeExceptionally(unavailable(why)));
        openReplies.clear();
    }

    private void refuse(Message<C> message) {
        if (message instanceof Message.Command<C> command) {
            command.reply().ifPresent(open -> open.completeExceptionally(unavailable("the machine has ended")));
        }
    }

    private MillraceException unavailable(String why) {
        return new MillraceException(
                ErrorCode.COORDINATOR_NOT_AVAILABLE, machineLog.name() + " cannot answer now: " + why);
    }

    private MachineTurn<C> newTurn() {
        return new MachineTurn<>(clock.wallMs(), clock.monotonicNs() / 1_000_000, timers, openReplies::remove);
    }

    private Outbox newOutbox() {
        return new Outbox(machineLog, options.maxBatchBytes(), this::post, new Outbox.Listener() {
            @Override
            public void onRefused(Throwable cause) {
                startOver(cause);
            }

            @Override
            public void onLost(Throwable cause) {
                fence("a batch may be lost", cause);
            }
        });
    }

    private void tell(Message<C> message) {
        mailbox.add(message);
        schedule();
    }

    private void post(Runnable event) {
        events.add(event);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            agent.schedule(this);
        }
    }
}
