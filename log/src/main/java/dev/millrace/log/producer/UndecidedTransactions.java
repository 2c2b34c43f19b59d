package dev.millrace.log.producer;

import dev.millrace.log.segment.AbortedSpan;
import java.util.ArrayDeque;
import java.util.TreeSet;

/**
 * The transactions of a partition of which readers of committed data may see nothing yet: those that are open, and those that ended with
 * a marker that is not durable. The first of them bounds the last stable offset.
 *
 * <pre>
 *   offset      10        20          30          40            50
 *             open A    open B    end of A     durable       log end
 *                                 undecided until "durable" has passed 30
 * </pre>
 *
 * <p>Costs nothing per append; a logarithm of the open transactions when one begins or ends. Owned by the shard's thread.
 */
public final class UndecidedTransactions {

    /** First offsets of those that are open. */
    private final TreeSet<Long> open = new TreeSet<>();
    /** First offsets of those that have ended, not durably. */
    private final TreeSet<Long> ending = new TreeSet<>();
    /** The same in the order of their markers. */
    private final ArrayDeque<Ending> markers = new ArrayDeque<>();

    private record Ending(long firstOffset, long markerOffset) {}

    void begun(long firstOffset) {
        open.add(firstOffset);
    }

    void ended(long firstOffset, long markerOffset) {
        open.remove(firstOffset);
        ending.add(firstOffset);
        markers.add(new Ending(firstOffset, markerOffset));
    }

    /** Where the last stable offset lies as soon as the marker at {@code markerOffset}, the last batch so far, is durable. */
    long stableBehind(long markerOffset) {
        return open.isEmpty() ? markerOffset + 1 : open.first();
    }

    /** Everything below {@code highWatermark} is durable. Allocation-free if no transaction ended. */
    public void durable(long highWatermark) {
        for (Ending next = markers.peek(); next != null && next.markerOffset < highWatermark; next = markers.peek()) {
            markers.remove();
            ending.remove(next.firstOffset);
        }
    }

    /** First offset of the oldest; {@link Long#MAX_VALUE} if there is none. Allocation-free. */
    public long firstOffset() {
        long firstOpen = open.isEmpty() ? Long.MAX_VALUE : open.first();
        return ending.isEmpty() ? firstOpen : Math.min(firstOpen, ending.first());
    }

    void clear() {
        open.clear();
        ending.clear();
        markers.clear();
    }

    /** The span of a transaction that was aborted by the marker at {@code markerOffset}, which {@link #ended} has heard of. */
    AbortedSpan aborted(long producerId, long firstOffset, long markerOffset) {
        return new AbortedSpan(producerId, firstOffset, markerOffset, stableBehind(markerOffset));
    }
}
