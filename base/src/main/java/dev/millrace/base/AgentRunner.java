package dev.millrace.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of an {@link Agent}: runs its duty cycle while there is work, and parks when there is none.
 *
 * <p>{@link #wake()} is cheap when the agent is awake: one volatile read. Of several that wake a sleeping agent at once, one pays
 * for the system call. An agent that throws is a defect: the thread logs it and ends, and {@link #isAlive()} tells.
 *
 * <p>Why no wake-up is lost: the waker publishes work and then reads {@code parked}; the agent sets {@code parked} and then looks for
 * work. Both are volatile, so at least one sees the other. Who clears {@code parked} always unparks afterwards, and a permit that is
 * given before the agent parks is kept: one that comes late only costs a duty cycle that finds nothing.
 */
public final class AgentRunner implements AgentHost.Handle {

    private static final Logger log = LoggerFactory.getLogger(AgentRunner.class);

    private static final VarHandle PARKED;

    static {
        try {
            PARKED = MethodHandles.lookup().findVarHandle(AgentRunner.class, "parked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Agent agent;
    private final Thread thread;
    /** Written through {@link #PARKED} where several threads race; the agent's thread sets it, whoever wakes it clears it. */
    private volatile boolean parked;

    private volatile boolean closing;

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
        if (parked && PARKED.compareAndSet(this, true, false)) {
            LockSupport.unpark(thread);
        }
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
                if (agent.doWork() > 0) {
                    continue;
                }
                // Announce the nap, then look once more: work published before `parked` was seen true would be missed.
                parked = true;
                if (agent.doWork() > 0) {
                    parked = false;
                    continue;
                }
                if (closing) {
                    return;
                }
                if (parked) {
                    LockSupport.park(this);
                    Thread.interrupted(); // Nobody has a reason to interrupt an agent; a left-over flag would make
                    // park return at once.
                }
                parked = false;
            }
        } catch (Throwable t) {
            log.error("event=agent-died agent={}", agent.name(), t);
        } finally {
            end();
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
