package dev.millrace.log;

import dev.millrace.base.error.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What becomes durable together: the appends of a cycle, and of later ones until the next sync. Owned by the shard's thread; the one
 * place where the futures of appends are completed with success.
 */
final class GroupCommit {

    private record Step(Runnable onDurable, Consumer<Throwable> onFailure) {}

    private final List<AppendTask> newlyAccepted = new ArrayList<>();
    private final List<AppendTask> awaitingDurable = new ArrayList<>();
    private final List<PartitionWriter> touched = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private long sizeBytes;

    /** The task has its result, and its bytes are in the segment (or its original's are). */
    void add(AppendTask task) {
        newlyAccepted.add(task);
        sizeBytes += task.sizeBytes();
    }

    /** The partition got bytes that are not durable yet. */
    void touch(PartitionWriter partition) {
        if (!partition.touched) {
            partition.touched = true;
            touched.add(partition);
        }
    }

    /** Runs {@code onDurable} when everything before is durable. */
    void whenDurable(Runnable onDurable, Consumer<Throwable> onFailure) {
        steps.add(new Step(onDurable, onFailure));
    }

    boolean isEmpty() {
        return newlyAccepted.isEmpty() && awaitingDurable.isEmpty() && touched.isEmpty() && steps.isEmpty();
    }

    /** Whether some of it is in segments alone, so that these must be flushed. */
    boolean syncsInPlace() {
        for (PartitionWriter partition : touched) {
            if (partition.syncInPlace) {
                return true;
            }
        }
        return false;
    }

    List<PartitionWriter> touched() {
        return touched;
    }

    int appendsCount() {
        return awaitingDurable.size() + newlyAccepted.size();
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** The log has taken over the bytes: the callers' buffers are theirs again. */
    void completeAccepted() {
        for (AppendTask task : newlyAccepted) {
            AppendResult result = task.result();
            task.append.accepted().complete(result);
            if (result.offsetNext() <= task.partition.log.highWatermark()) {
                task.append.durable().complete(result);
            } else {
                awaitingDurable.add(task);
            }
        }
        newlyAccepted.clear();
        for (PartitionWriter partition : touched) {
            partition.log.fireAccepted();
        }
    }

    /** Everything accepted so far is durable: first all marks move, then answers go out, then sleepers wake. */
    void completeDurable() {
        for (PartitionWriter partition : touched) {
            if (!partition.deleted) {
                partition.becameDurable();
            }
        }
        for (AppendTask task : awaitingDurable) {
            MillraceException gone = task.partition.deleted ? task.partition.log.refusal() : null;
            if (gone == null) {
                task.append.durable().complete(task.result());
            } else {
                // Only now: until the group was written, the journal needed the caller's buffer.
                task.append.durable().completeExceptionally(gone);
            }
        }
        awaitingDurable.clear();
        for (PartitionWriter partition : touched) {
            partition.touched = false;
            partition.log.fireDurable();
        }
        touched.clear();
        sizeBytes = 0;
        List<Step> ready = List.copyOf(steps);
        steps.clear();
        ready.forEach(step -> step.onDurable.run());
    }

    /** Nothing of this will be known to be durable, ever. */
    void fail(Throwable cause) {
        newlyAccepted.forEach(task -> task.fail(cause));
        awaitingDurable.forEach(task -> task.fail(cause));
        steps.forEach(step -> step.onFailure.accept(cause));
        newlyAccepted.clear();
        awaitingDurable.clear();
        steps.clear();
        touched.forEach(partition -> partition.touched = false);
        touched.clear();
        sizeBytes = 0;
    }
}
