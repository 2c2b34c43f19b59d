package dev.millrace.control.metadata;

import java.util.concurrent.CompletableFuture;

/** Gives out producer ids (KIP-98). Thread-safe. */
public interface ProducerIds {

    /** An id that nobody ever had, also not before a crash; completes on a machine's thread. */
    CompletableFuture<Long> next();
}
