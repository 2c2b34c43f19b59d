package dev.millrace.base.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Scheduler} of production: one thread named {@code scheduler}, started by the first task.
 *
 * <p>The thread sleeps until the earliest deadline that it knew when it fell asleep: nothing ticks. A new task unparks it only if
 * it is due before that, so the usual long poll or session timer, scheduled and taken back, costs no system call. Scheduling
 * and cancelling cost O(log n).
 */
public final class ThreadScheduler implements Scheduler {

    private static final Logger log = LoggerFactory.getLogger(ThreadScheduler.class);

    /** "Sleeps until somebody wakes it": far enough away, and differences with any reading of the clock do not overflow. */
    private static final long FAR_NS = TimeUnit.DAYS.toNanos(365);

    private final Clock clock;
    private final Thread thread;

    // Guarded by this.
    private final TimerHeap heap = new TimerHeap();
    private boolean started;
    private boolean closed;
    /** When the thread will look again by itself; in the past while it is awake. */
    private long wakesAtNs;

    public ThreadScheduler(Clock clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("scheduler").unstarted(this::run);
    }

    @Override
    public Scheduled schedule(long delayMs, Runnable task) {
        boolean wake;
        Timer timer;
        synchronized (this) {
            long nowNs = clock.monotonicNs();
            long delayNs = Math.min(TimeUnit.MILLISECONDS.toNanos(Math.max(0, delayMs)), FAR_NS);
            timer = new Timer(this, nowNs + delayNs, task);
            if (closed) {
                return timer;
            }
            heap.add(timer);
            if (!started) {
                started = true;
                wakesAtNs = nowNs;
                thread.start();
            }
            wake = timer.dueNs - wakesAtNs < 0;
            if (wake) {
                wakesAtNs = timer.dueNs; // Others that come behind this one need not wake the thread again.
            }
        }
        if (wake) {
            LockSupport.unpark(thread);
        }
        return timer;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            heap.clear();
        }
        LockSupport.unpark(thread);
    }

    private synchronized void cancel(Timer timer) {
        heap.remove(timer);
    }

    private void run() {
        while (true) {
            Runnable due = null;
            long waitNs = 0;
            synchronized (this) {
                if (closed) {
                    return;
                }
                long nowNs = clock.monotonicNs();
                Timer first = heap.first();
                if (first != null && first.dueNs - nowNs <= 0) {
                    heap.remove(first);
                    due = first.task;
                    wakesAtNs = nowNs;
                } else {
                    waitNs = first == null ? FAR_NS : first.dueNs - nowNs;
                    wakesAtNs = nowNs + waitNs;
                }
            }
            if (due == null) {
                LockSupport.parkNanos(this, waitNs);
            } else {
                runTask(due);
            }
        }
    }

    private static void runTask(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) {
            log.error("event=scheduled-task-failed task={}", task, t);
        }
    }

    /** One task in the heap. */
    static final class Timer implements Scheduled {

        private final ThreadScheduler owner;
        final long dueNs;
        final Runnable task;
        /** Where it stands in the heap; -1 when it is not there. Guarded by {@link #owner}. */
        int heapIndex = -1;

        Timer(ThreadScheduler owner, long dueNs, Runnable task) {
            this.owner = owner;
            this.dueNs = dueNs;
            this.task = task;
        }

        @Override
        public void cancel() {
            owner.cancel(this);
        }
    }
}
