package dev.millrace.log;

import dev.millrace.base.jfr.MillraceEvent;
import dev.millrace.base.metrics.Counter;
import dev.millrace.base.metrics.Distribution;
import dev.millrace.base.metrics.MetricName;
import dev.millrace.base.metrics.Metrics;
import dev.millrace.base.time.Clock;
import java.util.function.DoubleSupplier;
import jdk.jfr.DataAmount;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/**
 * What a shard tells the metrics and the flight recorder. Owned by the shard's thread. Allocation-free; an event is made anew only after
 * somebody has recorded one.
 */
final class ShardEvents {

    /** One sync and what it made durable; its duration is that of the sync. */
    @Name("millrace.GroupCommit")
    @Label("Group commit")
    @Threshold("10 ms")
    static final class GroupCommitEvent extends MillraceEvent {
        @Label("Shard")
        String shard = "";

        @Label("Appends")
        int appendsCount;

        @Label("Size")
        @DataAmount
        long sizeBytes;
    }

    /** One cycle that took tasks: from the first taken to all of them in the segments. */
    @Name("millrace.AppendCycle")
    @Label("Append cycle")
    @Threshold("10 ms")
    static final class AppendCycleEvent extends MillraceEvent {
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
    private final Counter appends;
    private final Counter appendedBytes;
    private final Distribution commitAppends;
    private final Distribution syncTime;
    private final Counter fences;
    private final Counter offlinePartitions;
    private final Counter checkpointFailures;

    private GroupCommitEvent commit = new GroupCommitEvent();
    private AppendCycleEvent cycle = new AppendCycleEvent();
    private long commitBeganNs;

    /**
     * @param index of the shard
     * @param queueSizeBytes what waits for it, from any thread
     */
    ShardEvents(String shard, int index, Clock clock, Metrics metrics, DoubleSupplier queueSizeBytes) {
        this.shard = shard;
        this.clock = clock;
        String tags = "shard=" + index;
        this.appends = metrics.counter(
                new MetricName("log.appends", "appends", "Appends that were answered as durable.", tags));
        this.appendedBytes = metrics.counter(
                new MetricName("log.appends.size", "bytes", "Bytes of appends that were answered as durable.", tags));
        this.commitAppends = metrics.distribution(new MetricName(
                "log.commit.appends", "appends", "How many appends one group commit made durable.", tags));
        this.syncTime = metrics.distribution(
                new MetricName("log.commit.sync.time", "ns", "How long the sync of a group commit took.", tags));
        metrics.gauge(
                new MetricName("log.queue.size", "bytes", "Bytes of appends that wait for the shard.", tags),
                queueSizeBytes);
        this.fences = metrics.counter(new MetricName(
                "log.fences", "fences", "Whether the shard is fenced: 0 or 1, and then until a restart.", tags));
        this.offlinePartitions = metrics.counter(new MetricName(
                "log.partitions.failed",
                "partitions",
                "Partitions that a failure took offline since the start.",
                tags));
        this.checkpointFailures = metrics.counter(new MetricName(
                "log.checkpoint.failures", "checkpoints", "Checkpoints that could not be written.", tags));
    }

    void beginCommit() {
        commitBeganNs = clock.monotonicNs();
        if (commit.isEnabled()) {
            commit.begin();
        }
    }

    void endCommit(int appendsCount, long sizeBytes) {
        syncTime.record(clock.monotonicNs() - commitBeganNs);
        commitAppends.record(appendsCount);
        if (commit.isEnabled()) {
            commit.shard = shard;
            commit.appendsCount = appendsCount;
            commit.sizeBytes = sizeBytes;
            commit.commit();
            commit = new GroupCommitEvent();
        }
    }

    void durable(int appendsCount, long sizeBytes) {
        appends.add(appendsCount);
        appendedBytes.add(sizeBytes);
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

    void fenced() {
        fences.increment();
    }

    void partitionFailed() {
        offlinePartitions.increment();
    }

    void checkpointFailed() {
        checkpointFailures.increment();
    }

    /** When a task is queued: the time if a recording wants it, else 0. Thread-safe. */
    long queuedNs() {
        return cycle.isEnabled() ? clock.monotonicNs() : 0;
    }
}
