package dev.millrace.control.transactions;

import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.TransactionPartition;
import java.util.concurrent.CompletableFuture;

/** Where decided transactions are ended. Thread-safe; never waits. */
public interface MarkerTargets {

    /** Ends the transaction in one partition; done when that is durable. Can be repeated. */
    CompletableFuture<?> end(TransactionPartition partition, Ending ending);
}
