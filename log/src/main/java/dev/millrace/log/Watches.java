package dev.millrace.log;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callbacks that wait for a mark of a partition to pass an offset. Thread-safe; each runs at most once. */
final class Watches {

    private static final Logger log = LoggerFactory.getLogger(Watches.class);

    /** Written by whoever waits, read by the shard; waiters come and go by the thousand on idle partitions, so removal is O(1). */
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet(1);

    private volatile boolean used;

    /** Waits until {@link #fire} is called with a mark above {@code offset}. The caller then looks whether that has happened already. */
    Waiter add(long offset, Runnable onAdvance) {
        Waiter waiter = new Waiter(offset, onAdvance);
        waiters.add(waiter);
        used = true;
        return waiter;
    }

    /** Runs those that waited for something below {@code mark}. */
    void fire(long mark) {
        if (!used || waiters.isEmpty()) {
            return;
        }
        for (Waiter waiter : waiters) {
            if (waiter.offset < mark) {
                waiter.fire();
            }
        }
    }

    /** Runs all: the partition goes away. */
    void fireAll() {
        fire(Long.MAX_VALUE);
    }

    final class Waiter implements Watch {

        private final long offset;
        private final Runnable onAdvance;
        private final AtomicBoolean done = new AtomicBoolean();

        private Waiter(long offset, Runnable onAdvance) {
            this.offset = offset;
            this.onAdvance = onAdvance;
        }

        void fire() {
            if (done.compareAndSet(false, true)) {
                waiters.remove(this);
                try {
                    onAdvance.run();
                } catch (RuntimeException e) {
                    log.error("event=watch-failed offset={}", offset, e);
                }
            }
        }

        @Override
        public void cancel() {
            if (done.compareAndSet(false, true)) {
                waiters.remove(this);
            }
        }
    }
}
