package dev.millrace.control.machine;

import java.util.concurrent.CompletableFuture;

/**
 * The place for one answer. Completed by the machine runtime alone, exactly once: through {@link Turn#answer} or {@link Turn#fail},
 * or with COORDINATOR_NOT_AVAILABLE when the machine ends or is fenced.
 */
public final class Reply<R> {

    private final CompletableFuture<R> future = new CompletableFuture<>();

    /** Completes on the machine's thread: dependents must be short. */
    public CompletableFuture<R> future() {
        return future;
    }

    void complete(R value) {
        future.complete(value);
    }

    void completeExceptionally(Throwable failure) {
        future.completeExceptionally(failure);
    }
}
