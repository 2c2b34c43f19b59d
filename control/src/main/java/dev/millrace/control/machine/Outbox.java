package dev.millrace.control.machine;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.Append;
import dev.millrace.log.AppendResult;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a machine has decided, on its way to durability, in order.
 *
 * <pre>
 *   building ──→ queue ──append──→ offered ──accepted──→ awaiting ──durable──→ effects run
 * </pre>
 *
 * <p>One batch at a time awaits its acceptance, so a refused one (a full disk) is refused before anything behind it was written; what
 * is decided meanwhile shares the next batch. Effects run in order, each when its own batch and all before it are durable.
 *
 * <p>Machine thread only; the log's answers come back through {@code post}.
 */
final class Outbox {

    /** What the owner hears. */
    interface Listener {

        /** The batch was not taken, and nothing of it or behind it was written. Earlier batches are not touched. */
        void onRefused(Throwable cause);

        /** What was taken may be lost. */
        void onLost(Throwable cause);
    }

    private final MachineLog log;
    private final int maxBatchBytes;
    private final Consumer<Runnable> post;
    private final Listener listener;

    private final ArrayDeque<Batch> queue = new ArrayDeque<>();
    private final ArrayDeque<Batch> awaiting = new ArrayDeque<>();
    private @Nullable Batch offered;
    private boolean discarding;
    private long addedBytes;

    /** @param post runs a task on the machine's thread, soon; thread-safe */
    Outbox(MachineLog log, int maxBatchBytes, Consumer<Runnable> post, Listener listener) {
        this.log = log;
        this.maxBatchBytes = maxBatchBytes;
        this.post = post;
        this.listener = listener;
    }

    /** Adds the facts of one turn, which stay together; {@code effects} run when they are durable. */
    void add(List<MachineRecord> facts, long wallMs, List<Runnable> effects) {
        if (!facts.isEmpty()) {
            addedBytes += openBatch(wallMs).addFacts(facts);
        }
        afterAll(effects);
    }

    /** Adds a marker as a batch of its own. */
    Batch addMarker(SnapshotMarker marker, long wallMs) {
        Batch batch = new Batch(Optional.of(marker), wallMs);
        queue.add(batch);
        return batch;
    }

    /** Runs the effects when everything added so far is durable: at once if it is. */
    void afterAll(List<Runnable> effects) {
        Batch last = last();
        if (last == null) {
            effects.forEach(Runnable::run);
        } else {
            last.effects.addAll(effects);
        }
    }

    /** Offers the next batch to the log, if none awaits its acceptance. */
    void pump() {
        while (offered == null && !discarding && !queue.isEmpty()) {
            Batch batch = queue.remove();
            offered = batch;
            if (batch.marker.equals(Optional.of(SnapshotMarker.HEADER))) {
                log.roll();
            }
            Append append = log.append(batch.encode());
            whenDone(append.accepted(), (result, failure) -> onAccepted(batch, result, failure));
            whenDone(append.durable(), (result, failure) -> onDurable(batch, failure));
        }
    }

    /** About how many bytes of facts were ever added. */
    long addedBytes() {
        return addedBytes;
    }

    boolean isEmpty() {
        return last() == null;
    }

    /** Drops what was not accepted, and takes no more; effects of accepted batches still run when they are durable. */
    void discard() {
        discarding = true;
        queue.clear();
        offered = null;
    }

    private Batch openBatch(long wallMs) {
        Batch last = queue.peekLast();
        if (last == null || last.marker.isPresent() || last.sizeBytes() >= maxBatchBytes) {
            last = new Batch(Optional.empty(), wallMs);
            queue.add(last);
        }
        return last;
    }

    private @Nullable Batch last() {
        if (!queue.isEmpty()) {
            return queue.getLast();
        }
        return offered != null ? offered : awaiting.peekLast();
    }

    private void onAccepted(Batch batch, Optional<AppendResult> result, Optional<Throwable> failure) {
        if (discarding) {
            return;
        }
        if (failure.isPresent()) {
            Throwable cause = failure.get();
            if (isRefusal(cause)) {
                listener.onRefused(cause);
            } else {
                listener.onLost(cause);
            }
            return;
        }
        batch.baseOffset = result.orElseThrow().baseOffset();
        offered = null;
        awaiting.add(batch);
        runEffects();
        pump();
    }

    private void onDurable(Batch batch, Optional<Throwable> failure) {
        if (failure.isPresent()) {
            // A refusal was reported when the batch was not accepted.
            if (awaiting.contains(batch)) {
                listener.onLost(failure.get());
            }
            return;
        }
        batch.durable = true;
        runEffects();
    }

    private void runEffects() {
        while (!awaiting.isEmpty() && awaiting.getFirst().durable) {
            awaiting.remove().effects.forEach(Runnable::run);
        }
    }

    private void whenDone(CompletableFuture<AppendResult> future, Outcome outcome) {
        var _ = future.whenComplete((result, failure) -> post.accept(() -> outcome.apply(
                Optional.ofNullable(result), Optional.ofNullable(failure).map(Outbox::unwrapped))));
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Whether the machine may start over: the log is well, it only had no room. */
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof MillraceException refused
                && (refused.code() == ErrorCode.DISK_FULL || refused.code() == ErrorCode.OVERLOADED);
    }

    private interface Outcome {
        void apply(Optional<AppendResult> result, Optional<Throwable> failure);
    }
}
