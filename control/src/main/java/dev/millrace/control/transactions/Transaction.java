package dev.millrace.control.transactions;

import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A transactional id, as it is kept. Immutable; every method that changes something gives the next version.
 *
 * @param producerEpoch -1 until the id is first given out
 * @param previousProducerId the id before the last change of ids, or -1: its last epoch may still be retried
 * @param lastProducerEpoch the epoch before the last rise that its own producer asked for, or -1: a retry of that request is recognised by it
 * @param nextProducerId takes over when the transaction completes, because the epochs have run out; or -1
 * @param partitions those of the current transaction
 * @param startedAtMs when the current or last transaction began, ms since the epoch; -1 if there was none in this epoch
 * @param clientVersion version of transactions that the client followed last
 */
record Transaction(
        long producerId,
        short producerEpoch,
        long previousProducerId,
        short lastProducerEpoch,
        long nextProducerId,
        int timeoutMs,
        TransactionState state,
        Set<TransactionPartition> partitions,
        long startedAtMs,
        long updatedAtMs,
        int clientVersion) {

    static final long NO_PRODUCER_ID = -1;
    static final short NO_EPOCH = -1;
    static final long NOT_STARTED = -1;

    /** From this version on the end of a transaction raises the epoch (KIP-890). */
    static final int EPOCH_BUMP_VERSION = 2;

    /** The last epoch that is given out: one more must be left to fence it with. */
    static final short LAST_EPOCH = Short.MAX_VALUE - 1;

    Transaction {
        partitions = Set.copyOf(partitions);
    }

    /** A new transactional id: epoch 0 of {@code producerId}. */
    static Transaction first(long producerId, int timeoutMs, long nowMs) {
        return new Transaction(
                producerId,
                (short) 0,
                NO_PRODUCER_ID,
                NO_EPOCH,
                NO_PRODUCER_ID,
                timeoutMs,
                TransactionState.EMPTY,
                Set.of(),
                NOT_STARTED,
                nowMs,
                1);
    }

    ProducerIdentity identity() {
        return new ProducerIdentity(producerId, producerEpoch);
    }

    /** What the producer may use for its next transaction. */
    ProducerIdentity nextIdentity() {
        return nextProducerId == NO_PRODUCER_ID ? identity() : new ProducerIdentity(nextProducerId, (short) 0);
    }

    boolean epochsHaveRunOut() {
        return producerEpoch >= LAST_EPOCH;
    }

    boolean raisesEpochAtEnd() {
        return clientVersion >= EPOCH_BUMP_VERSION;
    }

    /** The next epoch, for a producer that begins anew. */
    Transaction withNextEpoch(short last, int newTimeoutMs, long nowMs) {
        return idle(producerId, (short) (producerEpoch + 1), previousProducerId, last, newTimeoutMs, nowMs);
    }

    /** Epoch 0 of another producer id, because the epochs of this one have run out. */
    Transaction withProducerId(long fresh, short last, int newTimeoutMs, long nowMs) {
        return idle(fresh, (short) 0, producerId, last, newTimeoutMs, nowMs);
    }

    private Transaction idle(long id, short epoch, long previous, short last, int newTimeoutMs, long nowMs) {
        return new Transaction(
                id,
                epoch,
                previous,
                last,
                NO_PRODUCER_ID,
                newTimeoutMs,
                TransactionState.EMPTY,
                Set.of(),
                NOT_STARTED,
                nowMs,
                clientVersion);
    }

    /** With more partitions; the first ones begin a transaction. */
    Transaction with(Set<TransactionPartition> added, int version, long nowMs) {
        Set<TransactionPartition> all = new LinkedHashSet<>(partitions);
        all.addAll(added);
        return new Transaction(
                producerId,
                producerEpoch,
                previousProducerId,
                lastProducerEpoch,
                NO_PRODUCER_ID,
                timeoutMs,
                TransactionState.ONGOING,
                all,
                state == TransactionState.ONGOING ? startedAtMs : nowMs,
                nowMs,
                version);
    }

    /** Decided by its own producer. In version 2 the marker has the next epoch, so that nothing of this one can come behind it. */
    Transaction decided(boolean commit, int version, long freshProducerId, long nowMs) {
        boolean bump = version >= EPOCH_BUMP_VERSION;
        return decided(
                commit,
                bump ? (short) (producerEpoch + 1) : producerEpoch,
                bump ? producerEpoch : lastProducerEpoch,
                freshProducerId,
                version,
                nowMs);
    }

    /** Aborted over the head of its producer, whom the next epoch fences. */
    Transaction fenced(long nowMs) {
        return decided(false, (short) (producerEpoch + 1), NO_EPOCH, NO_PRODUCER_ID, clientVersion, nowMs);
    }

    private Transaction decided(boolean commit, short epoch, short last, long next, int version, long nowMs) {
        return new Transaction(
                producerId,
                epoch,
                previousProducerId,
                last,
                next,
                timeoutMs,
                commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT,
                partitions,
                state == TransactionState.ONGOING ? startedAtMs : nowMs,
                nowMs,
                version);
    }

    /** Over everywhere. */
    Transaction completed(long nowMs) {
        boolean newId = nextProducerId != NO_PRODUCER_ID;
        return new Transaction(
                newId ? nextProducerId : producerId,
                newId ? 0 : producerEpoch,
                newId ? producerId : previousProducerId,
                lastProducerEpoch,
                NO_PRODUCER_ID,
                timeoutMs,
                state == TransactionState.PREPARE_COMMIT
                        ? TransactionState.COMPLETE_COMMIT
                        : TransactionState.COMPLETE_ABORT,
                Set.of(),
                startedAtMs,
                nowMs,
                clientVersion);
    }
}
