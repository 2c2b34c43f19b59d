package dev.millrace.control.transactions.api;

/**
 * The end of the current transaction.
 *
 * @param commit else abort
 * @param clientVersion the version of transactions that the client follows; from 2 on the end raises the epoch (KIP-890)
 */
public record EndRequest(String transactionalId, ProducerIdentity producer, boolean commit, int clientVersion) {}
