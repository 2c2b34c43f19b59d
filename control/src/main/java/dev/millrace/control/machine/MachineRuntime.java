package dev.millrace.control.machine;

import dev.millrace.base.AgentHost;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts machines: many instances on few threads, each instance single-threaded and bound to one partition, its log. Thread-safe.
 *
 * <pre>
 *   command → handle → facts ──append──→ accepted ──→ durable ──→ answers
 *                        └── replay, at once
 * </pre>
 *
 * <p>The facts of turns that pile up while an append waits for its acceptance share the next batch. An instance that has nothing to
 * do costs nothing but memory.
 */
public final class MachineRuntime implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MachineRuntime.class);
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final Clock clock;
    private final Scheduler scheduler;
    private final Executor loader;
    private final List<MachineAgent> agents = new ArrayList<>();
    private final AtomicInteger instancesCount = new AtomicInteger();
    private final Set<MachineInstance<?>> instances = ConcurrentHashMap.newKeySet();

    /**
     * Starts the machine threads.
     *
     * @param loader runs replays, which wait for disks: virtual threads in production
     * @param threadsCount machine threads, at least 1
     */
    public MachineRuntime(Clock clock, Scheduler scheduler, Executor loader, AgentHost host, int threadsCount) {
        this.clock = clock;
        this.scheduler = scheduler;
        this.loader = loader;
        for (int i = 0; i < threadsCount; i++) {
            agents.add(new MachineAgent("machine-" + i, host));
        }
    }

    /**
     * Opens an instance: replays its log in the background, then leads. Commands wait until then.
     *
     * @param factory makes an empty machine; called again when the machine starts over after a refused append
     */
    public <C> MachineInstance<C> open(
            Supplier<? extends Machine<C>> factory, MachineLog machineLog, MachineOptions options) {
        MachineAgent agent = agents.get(instancesCount.getAndIncrement() % agents.size());
        MachineInstance<C> instance =
                new MachineInstance<>(factory, machineLog, options, clock, scheduler, loader, agent);
        instances.add(instance);
        var _ = instance.closed().whenComplete((done, failure) -> instances.remove(instance));
        instance.load();
        return instance;
    }

    /** Lets every instance finish what is in flight, for at most five seconds, and ends the threads. */
    @Override
    public void close() {
        List<CompletableFuture<?>> closing = new ArrayList<>();
        for (MachineInstance<?> instance : instances) {
            instance.close();
            closing.add(instance.closed());
        }
        try {
            CompletableFuture.allOf(closing.toArray(new CompletableFuture<?>[0]))
                    .get(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("event=machines-not-drained timeoutMs={} open={}", CLOSE_TIMEOUT_MS, instances.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("closing a machine never fails", e);
        }
        agents.forEach(MachineAgent::stop);
    }
}
