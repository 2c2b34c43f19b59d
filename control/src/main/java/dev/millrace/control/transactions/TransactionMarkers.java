package dev.millrace.control.transactions;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Scheduler;
import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.TransactionPartition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends decided transactions in their partitions, and does not give up: what is decided must come true. Thread-safe; never waits.
 *
 * <p>Endings of one transactional id follow each other: one that a restarted machine asks for again waits for what is under way.
 */
final class TransactionMarkers {

    private static final Logger log = LoggerFactory.getLogger(TransactionMarkers.class);
    private static final long RETRY_MS = 100;

    private final MarkerTargets targets;
    private final Scheduler scheduler;
    private final ConcurrentHashMap<String, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();

    TransactionMarkers(MarkerTargets targets, Scheduler scheduler) {
        this.targets = targets;
        this.scheduler = scheduler;
    }

    /** Completes when every partition that still exists has the marker, durably. Never fails. */
    CompletableFuture<?> write(Ending ending) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<?> before = underWay.put(ending.transactionalId(), done);
        var _ = done.thenRun(() -> underWay.remove(ending.transactionalId(), done));
        if (before == null) {
            writeAll(ending, done);
        } else {
            var _ = before.thenRun(() -> writeAll(ending, done));
        }
        return done;
    }

    private void writeAll(Ending ending, CompletableFuture<Void> done) {
        List<CompletableFuture<Void>> writes = ending.partitions().stream()
                .map(partition -> {
                    CompletableFuture<Void> written = new CompletableFuture<>();
                    attempt(partition, ending, written);
                    return written;
                })
                .toList();
        var _ = CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> done.complete(null));
    }

    private void attempt(TransactionPartition partition, Ending ending, CompletableFuture<Void> written) {
        CompletableFuture<?> attempt;
        try {
            attempt = targets.end(partition, ending);
        } catch (MillraceException e) {
            attempt = CompletableFuture.failedFuture(e);
        }
        var _ = attempt.whenComplete((result, failure) -> {
            if (failure == null || isOver(partition, ending, failure)) {
                written.complete(null);
            } else {
                log.warn(
                        "event=marker-not-written ending=\"{}\" partition={}-{} retryMs={} reason=\"{}\"",
                        ending.transactionalId(),
                        partition.topic(),
                        partition.partition(),
                        RETRY_MS,
                        cause(failure).getMessage());
                scheduler.schedule(RETRY_MS, () -> attempt(partition, ending, written));
            }
        });
    }

    /** Whether trying again makes no sense: the topic is gone, or the producer has a newer epoch there, and so the transaction is over. */
    private static boolean isOver(TransactionPartition partition, Ending ending, Throwable failure) {
        Optional<ErrorCode> code =
                cause(failure) instanceof MillraceException known ? Optional.of(known.code()) : Optional.empty();
        if (code.equals(Optional.of(ErrorCode.INVALID_PRODUCER_EPOCH))
                || code.equals(Optional.of(ErrorCode.TRANSACTION_COORDINATOR_FENCED))) {
            log.warn(
                    "event=marker-refused ending=\"{}\" partition={}-{} reason=\"{}\"",
                    ending.transactionalId(),
                    partition.topic(),
                    partition.partition(),
                    cause(failure).getMessage());
            return true;
        }
        return code.equals(Optional.of(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
    }

    private static Throwable cause(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
