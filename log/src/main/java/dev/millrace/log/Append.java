package dev.millrace.log;

import java.util.concurrent.CompletableFuture;

/**
 * The two moments of an append.
 *
 * <ul>
 *   <li>{@link #accepted()}: the offset is assigned, the order is final, and the log no longer needs the caller's buffer.
 *       A crash may still take the records back. {@code acks=1} answers here; back-pressure lives here.
 *   <li>{@link #durable()}: the records survive a power cut of this machine ({@code durability=fsync}), or are in the
 *       operating system's hands ({@code durability=os}). {@code acks=all} answers here; consumers see nothing earlier.
 * </ul>
 *
 * <p>Both fail with a {@link dev.millrace.base.error.MillraceException}; when {@code accepted} fails, {@code durable}
 * fails with the same. A duplicate (same producer, epoch and sequence) completes both with the offset of its original,
 * and {@code durable} not before the original is durable. Both are completed on a thread of the log, by
 * {@code LogShard} alone: dependents must be short and must not wait.
 */
public record Append(CompletableFuture<AppendResult> accepted, CompletableFuture<AppendResult> durable) {

    public Append() {
        this(new CompletableFuture<>(), new CompletableFuture<>());
    }

    /** An append that was refused before it reached the log. */
    public static Append failed(Throwable cause) {
        CompletableFuture<AppendResult> failure = CompletableFuture.failedFuture(cause);
        return new Append(failure, failure);
    }
}
