package dev.millrace.control.transactions.api;

import java.util.Optional;

/**
 * A producer begins, or begins anew, under a transactional id.
 *
 * @param timeoutMs how long each of its transactions may last
 * @param expected the identity that the producer has, if it only wants the next epoch (KIP-360); a newer one then fences it
 */
public record InitRequest(String transactionalId, int timeoutMs, Optional<ProducerIdentity> expected) {}
