package dev.millrace.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of an {@link Agent}: runs its duty cycle while there is work, and parks when there is none. While it is parked, somebody
 * else may borrow the agent for {@link Agent#doBriefWork brief work}.
 *
 * <pre>
 *                 ┌────── wake ──────┬──────── wake (unparks) ─────────┐
 *                 ↓                  │                                 │
 *               AWAKE ── no work → DOZING ── looked once more ─────→ PARKED ←──────────────────────┐
 *                 ↑                                                    │ wakeOrRun                 │
 *                 │                                                    ↓                           │
 *                 └───────────── not brief (unparks) ───────────── BORROWED ── no work → BORROWED_DOZING
 *                                                                      ↑───────── wake ────────────┘
 * </pre>
 *
 * <p>{@link #wake()} is cheap when the agent is awake: one volatile read. Of several that wake a sleeping agent at once, one pays
 * for the system call. An agent that throws is a defect: the thread logs it and ends, and {@link #isAlive()} tells.
 *
 * <p>Why no wake-up is lost: the waker publishes work and then reads the state; whoever runs the agent says that it dozes and then looks
 * for work. Both are volatile, so at least one sees the other. A dozing agent parks only if nobody has changed the state since.
 */
public final class AgentRunner implements AgentHost.Handle {

    private static final Logger log = LoggerFactory.getLogger(AgentRunner.class);

    private static final int AWAKE = 0;
    private static final int DOZING = 1;
    private static final int PARKED = 2;
    private static final int BORROWED = 3;
    private static final int BORROWED_DOZING = 4;

    /** Whoever borrows the agent has its own work: after so many cycles the agent's thread takes over. */
    private static final int BORROWED_CYCLES_MAX = 8;

    /** What {@link Agent#SOON} means. The kernel adds about 0.05 ms; who submits work meanwhile need not wake anybody. */
    private static final long SOON_NS = 100_000;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(AgentRunner.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Agent agent;
    private final Thread thread;
    private volatile int state = AWAKE;
    private volatile boolean closing;

    /** Thrown by the agent while it was borrowed; written before the state that lets its thread look. */
    private @Nullable Throwable failure;

    public AgentRunner(Agent agent) {
        this.agent = agent;
        this.thread = Thread.ofPlatform().name(agent.name()).unstarted(this::run);
    }

    public AgentRunner start() {
        thread.start();
        return this;
    }

    @Override
    public void wake() {
        while (true) {
            switch (state) {
                case PARKED -> {
                    if (STATE.compareAndSet(this, PARKED, AWAKE)) {
                        LockSupport.unpark(thread);
                        return;
                    }
                }
                case DOZING -> {
                    if (STATE.compareAndSet(this, DOZING, AWAKE)) {
                        return;
                    }
                }
                case BORROWED_DOZING -> {
                    if (STATE.compareAndSet(this, BORROWED_DOZING, BORROWED)) {
                        return;
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    @Override
    public void wakeOrRun() {
        if (state == PARKED && STATE.compareAndSet(this, PARKED, BORROWED)) {
            boolean done = false;
            try {
                done = runBorrowed();
            } catch (Throwable t) {
                failure = t;
            } finally {
                if (!done) {
                    state = AWAKE;
                    LockSupport.unpark(thread);
                }
            }
        } else {
            wake();
        }
    }

    /** Whether everything is done, and the agent parked again; else it is still borrowed. */
    private boolean runBorrowed() {
        for (int cycle = 0; cycle < BORROWED_CYCLES_MAX; cycle++) {
            int done = agent.doBriefWork();
            if (done == 0) {
                state = BORROWED_DOZING;
                done = agent.doBriefWork();
                if (done == 0 && STATE.compareAndSet(this, BORROWED_DOZING, PARKED)) {
                    if (closing) {
                        LockSupport.unpark(thread);
                    }
                    return true;
                }
                state = BORROWED;
            }
            if (done == Agent.NOT_HERE) {
                return false;
            }
        }
        return false;
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        Check.that(Thread.currentThread() != thread, "an agent does not wait for its own end");
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                int done = agent.doWork();
                if (done == Agent.SOON) {
                    LockSupport.parkNanos(this, SOON_NS);
                }
                if (done != 0) {
                    continue;
                }
                // Announce the nap, then look once more: work published before the state was seen would be missed.
                state = DOZING;
                if (agent.doWork() != 0) {
                    state = AWAKE;
                } else if (closing) {
                    return;
                } else if (STATE.compareAndSet(this, DOZING, PARKED)) {
                    park();
                }
            }
        } catch (Throwable t) {
            log.error("event=agent-died agent={}", agent.name(), t);
        } finally {
            end();
        }
    }

    /** Returns when the agent is this thread's again. */
    private void park() throws Throwable {
        while (state != AWAKE && !(closing && STATE.compareAndSet(this, PARKED, AWAKE))) {
            LockSupport.park(this);
            // Nobody has a reason to interrupt an agent; a left-over flag would make park return at once.
            Thread.interrupted();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void end() {
        try {
            agent.onClose();
        } catch (Throwable t) {
            log.error("event=agent-close-failed agent={}", agent.name(), t);
        }
    }
}
