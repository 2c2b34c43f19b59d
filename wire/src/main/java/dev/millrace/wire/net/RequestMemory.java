package dev.millrace.wire.net;

import dev.millrace.base.Check;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all requests in flight, counted against one bound ({@code queued.max.request.bytes}). Thread-safe, without locks.
 *
 * <p>Who does not get memory stops reading and waits in line; released memory resumes the line in its order. It cannot deadlock: when the
 * memory is used up by frames that are half received, one frame at a time may go beyond the bound to be completed. So the most that
 * is ever in use is the bound, plus one frame of the largest size, plus one small buffer per connection.
 */
final class RequestMemory {

    /** Who waits for memory. */
    interface Waiter {

        long neededBytes();

        /** Called once, on any thread: it is worth trying again. */
        void memoryReleased();
    }

    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Share> beyondLimit = new AtomicReference<>();

    RequestMemory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    long usedBytes() {
        return usedBytes.get();
    }

    boolean isUsedUp() {
        return usedBytes.get() >= limitBytes;
    }

    boolean hasWaiters() {
        return !waiting.isEmpty();
    }

    /** Takes {@code bytes} without asking: for a frame so small that waiting would cost more than it does. */
    Share reserve(long bytes) {
        Share share = new Share();
        share.bytes = bytes;
        usedBytes.addAndGet(bytes);
        return share;
    }

    /** A share of nothing yet, to be grown. */
    Share share() {
        return new Share();
    }

    /** Stands in line; {@link Waiter#memoryReleased} comes once, maybe inside this call. */
    void await(Waiter who) {
        waiting.add(who);
        // What was released between the refusal and this line woke nobody.
        wakeFirst();
    }

    /** Leaves the line. */
    void forget(Waiter who) {
        if (waiting.remove(who)) {
            wakeFirst();
        }
    }

    /** Wakes the first of the line if it can go on now. */
    void wakeFirst() {
        Waiter first = waiting.peek();
        if (first != null && hasRoomFor(first.neededBytes()) && waiting.remove(first)) {
            first.memoryReleased();
        }
    }

    private boolean hasRoomFor(long bytes) {
        return usedBytes.get() + bytes <= limitBytes || beyondLimit.get() == null;
    }

    /** What one frame holds. Grown by its receiver, released once by whoever ends with the frame. */
    final class Share {

        private long bytes;

        /** Takes {@code more} bytes if they fit, or if no other frame is beyond the limit now. */
        boolean tryGrow(long more) {
            while (true) {
                long used = usedBytes.get();
                if (used + more > limitBytes && beyondLimit.get() != this && !beyondLimit.compareAndSet(null, this)) {
                    return false;
                }
                if (usedBytes.compareAndSet(used, used + more)) {
                    bytes += more;
                    return true;
                }
            }
        }

        /** Gives back a part. */
        void shrink(long less) {
            bytes -= less;
            Check.that(bytes >= 0, "a frame gives back no more than it took");
            usedBytes.addAndGet(-less);
            wakeFirst();
        }

        /** Gives back all of it. */
        void release() {
            beyondLimit.compareAndSet(this, null);
            shrink(bytes);
        }
    }
}
