package dev.millrace.wire;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Waiting for many answers without waiting. */
final class Futures {

    private Futures() {}

    /** Completes when all have, in whatever way; read them with {@code join} then. Never fails. */
    static CompletableFuture<Void> allDone(List<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]))
                .handle((done, failure) -> null);
    }
}
