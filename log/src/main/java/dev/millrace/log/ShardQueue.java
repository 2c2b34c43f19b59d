package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a shard, in order, and the bound for its bytes.
 *
 * <pre>
 *   any thread ── push ──→ [queue] ── drain ──→ [backlog] ── takeFirst ──→ shard's thread
 *                                                 ↑ putFirst
 *                                              parked: waits until its partition is open, and still counts
 * </pre>
 */
final class ShardQueue {

    private final String shard;
    private final long maxSizeBytes;
    private final TaskQueue queue = new TaskQueue();
    private final AtomicLong sizeBytes = new AtomicLong();
    private @Nullable ShardTask backlog;

    ShardQueue(String shard, long maxSizeBytes) {
        this.shard = shard;
        this.maxSizeBytes = maxSizeBytes;
    }

    // ---- From any thread

    /**
     * Counts the bytes of a task that is pushed next. A task alone is never too large.
     *
     * @throws MillraceException OVERLOADED when too much waits already
     */
    void reserve(ShardTask task) {
        long waiting = sizeBytes.addAndGet(task.sizeBytes());
        if (waiting > maxSizeBytes && waiting > task.sizeBytes()) {
            sizeBytes.addAndGet(-task.sizeBytes());
            throw new MillraceException(
                    ErrorCode.OVERLOADED,
                    shard + " has " + waiting + " bytes of appends waiting, more than " + maxSizeBytes
                            + ": try again a little later");
        }
    }

    void push(ShardTask task) {
        queue.push(task);
    }

    /** Whether something was pushed that nobody has looked at. */
    boolean hasPushed() {
        return !queue.isEmpty();
    }

    /** Bytes that wait. */
    long sizeBytes() {
        return sizeBytes.get();
    }

    // ---- On the shard's thread

    boolean isEmpty() {
        return backlog == null && queue.isEmpty();
    }

    /** The first task; what was pushed since the last call is looked at only when everything before has been taken. */
    @Nullable
    ShardTask drain() {
        if (backlog == null) {
            backlog = queue.drain();
        }
        return backlog;
    }

    /** The first of what was drained and is left. */
    @Nullable
    ShardTask first() {
        return backlog;
    }

    /** Takes {@code first}, the first one; its bytes wait no longer. */
    void takeFirst(ShardTask first) {
        backlog = first.next;
        first.next = null;
        sizeBytes.addAndGet(-first.sizeBytes());
    }

    /** A task that was taken waits elsewhere; its bytes count again. */
    void park(ShardTask task) {
        sizeBytes.addAndGet(task.sizeBytes());
    }

    /** A parked task will never run. */
    void unpark(ShardTask task) {
        sizeBytes.addAndGet(-task.sizeBytes());
    }

    /** Puts parked tasks before all others, in their order; empties {@code parked}. */
    void putFirst(Deque<ShardTask> parked) {
        for (ShardTask task = parked.pollLast(); task != null; task = parked.pollLast()) {
            task.next = backlog;
            backlog = task;
        }
    }
}
