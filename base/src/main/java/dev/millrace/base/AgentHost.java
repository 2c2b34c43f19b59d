package dev.millrace.base;

/** Where agents run: each on a thread of its own in production, all on one in a simulation. */
public interface AgentHost {

    /** Begins to call {@link Agent#doWork}. */
    Handle start(Agent agent);

    /** Every agent on its own thread. */
    static AgentHost threads() {
        return agent -> new AgentRunner(agent).start();
    }

    /** A running agent, seen from outside. */
    interface Handle extends AutoCloseable {

        /**
         * Makes sure that a duty cycle starts after this call. Cheap if the agent is awake. Thread-safe. The caller has already
         * published what there is to do, by a volatile write or stronger.
         */
        void wake();

        /**
         * As {@link #wake}; but if the agent sleeps, and has only {@link Agent#doBriefWork brief work} to do, that may be done here,
         * inside this call: it saves two hand-overs between threads. Not from inside a duty cycle that must not be entered again.
         */
        default void wakeOrRun() {
            wake();
        }

        /** Ends after a last duty cycle that finds nothing to do, and waits for that. Not from the agent's own thread. */
        @Override
        void close();
    }
}
