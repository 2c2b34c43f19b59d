package dev.millrace.base;

/**
 * A single-threaded owner of state: one thread calls {@link #doWork} again and again, and nobody else touches what the
 * agent owns. In production {@link AgentRunner} is that thread; in a simulation the simulator is.
 */
public interface Agent {

    /** A name for the thread and for the log, e.g. {@code log-shard-0}. */
    String name();

    /**
     * One duty cycle: takes what has piled up and handles it.
     *
     * @return how much was done; 0 means that the runner may park until {@link AgentRunner#wake()}
     */
    int doWork();

    /** Called once on the agent's thread after the last duty cycle. */
    default void onClose() {}
}
