package dev.millrace.control.machine;

import dev.millrace.base.Agent;
import dev.millrace.base.AgentHost;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One machine thread: runs the instances that have something in their mailbox, in the order in which they got it. */
final class MachineAgent implements Agent {

    private final String name;
    private final ConcurrentLinkedQueue<MachineInstance<?>> ready = new ConcurrentLinkedQueue<>();
    private final AgentHost.Handle handle;

    @SuppressWarnings(
            "this-escape") // The host calls this agent from another thread, which sees the queue: it starts that thread
    // here.
    MachineAgent(String name, AgentHost host) {
        this.name = name;
        this.handle = host.start(this);
    }

    void stop() {
        handle.close();
    }

    /** Has {@code instance} run soon. The instance sees to it that it is not in the queue twice. Thread-safe. */
    void schedule(MachineInstance<?> instance) {
        ready.add(instance);
        handle.wake();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int doWork() {
        int done = 0;
        MachineInstance<?> instance = ready.poll();
        while (instance != null) {
            done += instance.run();
            instance = ready.poll();
        }
        return done;
    }
}
