package dev.millrace.control.transactions.api;

import java.util.Set;

/**
 * Partitions that are to be part of the current transaction, or that the caller believes to be (KIP-890).
 *
 * @param verifyOnly whether to look only
 * @param clientVersion the version of transactions that the client follows: 1, or 2 with KIP-890's epochs
 */
public record AddRequest(
        String transactionalId,
        ProducerIdentity producer,
        Set<TransactionPartition> partitions,
        boolean verifyOnly,
        int clientVersion) {}
