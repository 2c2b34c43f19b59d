package dev.millrace.log;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a shard: many threads push, one takes everything at once. Lock-free; the tasks themselves are the nodes, so that
 * pushing allocates nothing.
 */
final class TaskQueue {

    private final AtomicReference<@Nullable ShardTask> newest = new AtomicReference<>();

    /** Thread-safe. */
    void push(ShardTask task) {
        do {
            task.next = newest.get();
        } while (!newest.compareAndSet(task.next, task));
    }

    boolean isEmpty() {
        return newest.get() == null;
    }

    /** Takes everything, oldest first, linked by {@code next}; null if there is nothing. For the one consumer. */
    @Nullable
    ShardTask drain() {
        ShardTask rest = newest.getAndSet(null);
        ShardTask oldestFirst = null;
        while (rest != null) {
            ShardTask next = rest.next;
            rest.next = oldestFirst;
            oldestFirst = rest;
            rest = next;
        }
        return oldestFirst;
    }
}
