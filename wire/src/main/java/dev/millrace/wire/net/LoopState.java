package dev.millrace.wire.net;

import dev.millrace.base.time.Clock;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What an event loop knows beside its channels: its connections, and the mailbox of answers that other threads have completed.
 *
 * <p>The mailbox is a stack that is taken whole: completing an answer allocates nothing, and however many answers one group commit
 * completes, the loop is woken once and flushes each connection once. (Their order does not matter: each connection keeps its own.)
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails on a channel comes to Connection#exceptionCaught.
final class LoopState implements Runnable {

    private static final long SWEEP_MS = 5_000;

    private final EventLoop loop;
    private final Clock clock;
    private final AtomicReference<@Nullable InFlight> mailbox = new AtomicReference<>();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final List<Connection> touched = new ArrayList<>();
    private final Set<Runnable> afterBurst = new LinkedHashSet<>();
    private final Runnable endBurst = this::endBurst;
    private boolean sweeping;
    private volatile boolean used;

    LoopState(EventLoop loop, Clock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    /** Whether it ever had a connection, and so a thread. On any thread. */
    boolean isUsed() {
        return used;
    }

    EventLoop loop() {
        return loop;
    }

    /** Hands a completed request back to this loop. Thread-safe, allocation-free. */
    void post(InFlight request) {
        InFlight head;
        do {
            head = mailbox.get();
            request.nextAnswered = head;
        } while (!mailbox.compareAndSet(head, request));
        if (head == null && !loop.isShuttingDown()) {
            loop.execute(this);
        }
    }

    /**
     * Runs {@code task} when the sockets that are ready now have been read: the loop turns to its tasks then. A task that is asked for
     * again before it ran runs once. On the loop.
     */
    void afterBurst(Runnable task) {
        if (afterBurst.add(task) && afterBurst.size() == 1) {
            loop.execute(endBurst);
        }
    }

    private void endBurst() {
        List<Runnable> tasks = List.copyOf(afterBurst);
        afterBurst.clear();
        tasks.forEach(Runnable::run);
    }

    /** Empties the mailbox. */
    @Override
    public void run() {
        InFlight next = mailbox.getAndSet(null);
        while (next != null) {
            InFlight request = next;
            next = request.nextAnswered;
            request.nextAnswered = null;
            if (request.connection().answered(request)) {
                touched.add(request.connection());
            }
        }
        for (Connection connection : touched) {
            connection.writeAnswers();
        }
        touched.clear();
    }

    /** On the loop. */
    void add(Connection connection) {
        connections.add(connection);
        used = true;
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, SWEEP_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** On the loop. */
    void remove(Connection connection) {
        connections.remove(connection);
    }

    /** On the loop: a copy, so that connections may go away meanwhile. */
    List<Connection> connections() {
        return List.copyOf(connections);
    }

    private void sweep() {
        sweeping = false;
        if (connections.isEmpty()) {
            return;
        }
        long nowNs = clock.monotonicNs();
        for (Connection connection : connections()) {
            connection.closeIfIdle(nowNs);
        }
        sweeping = true;
        loop.schedule(this::sweep, SWEEP_MS, TimeUnit.MILLISECONDS);
    }
}
