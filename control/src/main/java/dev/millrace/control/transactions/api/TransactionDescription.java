package dev.millrace.control.transactions.api;

import java.util.OptionalLong;
import java.util.Set;

/**
 * What is known of a transactional id (KIP-664).
 *
 * @param startedAtMs when the current or last transaction began, ms since the epoch; empty if there was none since the id was last given out
 * @param partitions those of the current transaction
 */
public record TransactionDescription(
        String transactionalId,
        ProducerIdentity producer,
        TransactionState state,
        int timeoutMs,
        OptionalLong startedAtMs,
        Set<TransactionPartition> partitions) {}
