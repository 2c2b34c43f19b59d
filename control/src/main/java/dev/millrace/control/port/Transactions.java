package dev.millrace.control.port;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.InitRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionPartition;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Transactions, as whoever writes in one sees them. Thread-safe; futures complete on a machine's thread when the answer is durable, and fail
 * with a {@link dev.millrace.base.error.MillraceException}.
 *
 * <p>One transaction, by version 2 (KIP-890):
 *
 * <pre>
 *   initProducerId ─→ { guardTransaction ─→ addPartitions ─→ append }* ─→ commitOffsets? ─→ end ─┐
 *                       ↑                                                                         │
 *                       └──────────────── with the identity that end has answered ────────────────┘
 * </pre>
 *
 * <p>Nobody needs to wait between one transaction and the next: what comes too early is held until the one before is complete.
 */
public interface Transactions {

    /** Begins under a transactional id: fences whoever had it, and aborts what that one left open. */
    CompletableFuture<ProducerIdentity> initProducerId(InitRequest request);

    /**
     * Makes partitions part of the current transaction, beginning one if there is none; or only looks, if the request says so. To be called
     * between {@link PartitionPort#guardTransaction} and the append.
     *
     * @return those of the partitions that are not part of it: none unless it only looked
     */
    CompletableFuture<Set<TransactionPartition>> addPartitions(AddRequest request);

    /**
     * Commits positions of a group when the transaction commits. From version 2 on the group joins the transaction by this; before, it must
     * have been added.
     *
     * @return per key, empty if it is kept, else why not
     */
    CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commitOffsets(
            String transactionalId, ProducerIdentity producer, CommitRequest commit, int clientVersion);

    /** Ends the transaction. Answers as soon as the outcome is durable, with the identity for the next one. */
    CompletableFuture<ProducerIdentity> end(EndRequest request);
}
