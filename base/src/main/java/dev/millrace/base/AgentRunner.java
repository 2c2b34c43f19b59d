package dev.millrace.base;

import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of an {@link Agent}: runs its duty cycle while there is work, and parks when there is none.
 *
 * <p>{@link #wake()} is cheap when the agent is awake: one volatile read. An agent that throws is a defect: the thread logs it and
 * ends, and {@link #isAlive()} tells.
 */
public final class AgentRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AgentRunner.class);

    private final Agent agent;
    private final Thread thread;
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

    /**
     * Makes sure that a duty cycle starts after this call. Thread-safe. The caller has already published what there is to
     * do, by a volatile write or stronger.
     */
    public void wake() {
        if (parked) {
            parked = false;
            LockSupport.unpark(thread);
        }
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Ends after a last duty cycle that finds nothing to do, and waits for that. */
    @Override
    public void close() {
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
                }
                parked = false;
            }
        } catch (Throwable t) {
            log.error("event=agent-died agent={}", agent.name(), t);
        } finally {
            agent.onClose();
        }
    }
}
