package dev.millrace.control.groups.api;

import dev.millrace.control.groups.OffsetGuards;

/**
 * Positions to be kept for a group if and when a transaction commits.
 *
 * @param guard taken before the transaction was seen to be open
 */
public record TransactionalCommit(
        CommitRequest request, long producerId, short producerEpoch, OffsetGuards.Guard guard) {}
