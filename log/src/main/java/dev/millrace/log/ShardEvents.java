package dev.millrace.log;

import dev.millrace.base.time.Clock;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What a shard tells the flight recorder; costs nothing unless somebody records. Owned by the shard's thread. */
final class ShardEvents {

    /** One sync and what it made durable; its duration is that of the sync. */
    @Name("dev.millrace.GroupCommit")
    @Label("Group commit")
    @Category({"Millrace", "Log"})
    @StackTrace(false)
    @Enabled(false)
    static final class GroupCommitEvent extends Event {
        @Label("Shard")
        String shard = "";

        @Label("Appends")
        int appendsCount;

        @Label("Size")
        @DataAmount
        long sizeBytes;
    }

    /** One cycle that took appends: from the first taken to all of them in the page cache. */
    @Name("dev.millrace.AppendCycle")
    @Label("Append cycle")
    @Category({"Millrace", "Log"})
    @StackTrace(false)
    @Enabled(false)
    static final class AppendCycleEvent extends Event {
        @Label("Shard")
        String shard = "";

        @Label("Tasks")
        int tasksCount;

        @Label("Size")
        @DataAmount
        long sizeBytes;

        @Label("Longest wait in the queue, ns")
        long longestWaitNs;
    }

    private final String shard;
    private final Clock clock;
    private GroupCommitEvent commit = new GroupCommitEvent();
    private AppendCycleEvent cycle = new AppendCycleEvent();

    ShardEvents(String shard, Clock clock) {
        this.shard = shard;
        this.clock = clock;
    }

    void beginCommit() {
        if (commit.isEnabled()) {
            commit.begin();
        }
    }

    void endCommit(int appendsCount, long sizeBytes) {
        if (commit.isEnabled()) {
            commit.shard = shard;
            commit.appendsCount = appendsCount;
            commit.sizeBytes = sizeBytes;
            commit.commit();
            commit = new GroupCommitEvent();
        }
    }

    void beginCycle() {
        if (cycle.isEnabled()) {
            cycle.begin();
        }
    }

    /** @param firstQueuedNs when the task that waited longest was queued; 0 if nobody noted it */
    void endCycle(int tasksCount, long sizeBytes, long firstQueuedNs) {
        if (cycle.isEnabled() && tasksCount > 0) {
            cycle.shard = shard;
            cycle.tasksCount = tasksCount;
            cycle.sizeBytes = sizeBytes;
            cycle.longestWaitNs = firstQueuedNs == 0 ? 0 : clock.monotonicNs() - firstQueuedNs;
            cycle.commit();
            cycle = new AppendCycleEvent();
        }
    }

    /** When a task is queued: the time if a recording wants it, else 0. Thread-safe. */
    long queuedNs() {
        return cycle.isEnabled() ? clock.monotonicNs() : 0;
    }
}
