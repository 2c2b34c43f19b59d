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
     * @return how much was done; 0 means that the runner may park until {@link AgentRunner#wake()}; or {@link #SOON}
     */
    int doWork();

    /** What {@link #doWork} says when there is something to do that gets cheaper if more comes: another cycle follows in a moment. */
    int SOON = -2;

    /** What {@link #doBriefWork} says when what is left is for the agent's own thread. */
    int NOT_HERE = -1;

    /**
     * As {@link #doWork}, on the thread of whoever has something to do and finds the agent asleep; never at the same time as another
     * cycle. Does only what is sure to be brief, and never waits.
     *
     * @return how much was done, or {@link #NOT_HERE}
     */
    default int doBriefWork() {
        return NOT_HERE;
    }

    /** Called once on the agent's thread after the last duty cycle. */
    default void onClose() {}
}
