package dev.millrace.base.time;

import dev.millrace.base.time.ThreadScheduler.Timer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary min-heap of timers by due time, in which each timer knows its place, so that it can be taken out in O(log n):
 * most timers of a server are cancelled long before they are due. Not thread-safe.
 */
final class TimerHeap {

    private @Nullable Timer[] timers = new Timer[16];
    private int count;

    @Nullable
    Timer first() {
        return timers[0];
    }

    void add(Timer timer) {
        if (count == timers.length) {
            timers = Arrays.copyOf(timers, count * 2);
        }
        count++;
        siftUp(count - 1, timer);
    }

    /** Does nothing if {@code timer} is not in the heap. */
    void remove(Timer timer) {
        int index = timer.heapIndex;
        if (index < 0) {
            return;
        }
        timer.heapIndex = -1;
        count--;
        Timer last = at(count);
        timers[count] = null;
        if (last != timer) {
            siftDown(index, last);
            if (timers[index] == last) {
                siftUp(index, last);
            }
        }
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            at(i).heapIndex = -1;
            timers[i] = null;
        }
        count = 0;
    }

    private void siftUp(int from, Timer timer) {
        int index = from;
        while (index > 0) {
            int parentIndex = (index - 1) >>> 1;
            Timer parent = at(parentIndex);
            if (timer.dueNs - parent.dueNs >= 0) {
                break;
            }
            place(parent, index);
            index = parentIndex;
        }
        place(timer, index);
    }

    private void siftDown(int from, Timer timer) {
        int index = from;
        while (2 * index + 1 < count) {
            int childIndex = 2 * index + 1;
            if (childIndex + 1 < count && at(childIndex + 1).dueNs - at(childIndex).dueNs < 0) {
                childIndex++;
            }
            Timer child = at(childIndex);
            if (timer.dueNs - child.dueNs <= 0) {
                break;
            }
            place(child, index);
            index = childIndex;
        }
        place(timer, index);
    }

    private void place(Timer timer, int index) {
        timers[index] = timer;
        timer.heapIndex = index;
    }

    private Timer at(int index) {
        Timer timer = timers[index];
        if (timer == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return timer;
    }
}
