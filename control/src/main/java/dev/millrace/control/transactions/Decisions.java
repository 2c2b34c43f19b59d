package dev.millrace.control.transactions;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.InitRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The rules of transactions: what is to become of a request, given what there is. Stateless.
 *
 * <p>They are Kafka's. Where Kafka answers CONCURRENT_TRANSACTIONS because the previous transaction is not complete, the request is parked.
 */
final class Decisions {

    /** The record of a transaction must fit into one turn: see {@link dev.millrace.control.machine.FactLimits}. */
    static final int MAX_PARTITIONS = 20_000;

    private Decisions() {}

    // ---- InitProducerId

    /** Fences whoever has the id: an open transaction is aborted first, under a higher epoch (KIP-98, KIP-360). */
    static Decision init(InitRequest request, OptionalLong fresh, Optional<Transaction> found, long nowMs) {
        if (found.isEmpty()) {
            return fresh.isEmpty()
                    ? new Decision.AskForProducerId()
                    : new Decision.Change(Transaction.first(fresh.getAsLong(), request.timeoutMs(), nowMs));
        }
        Transaction now = found.get();
        if (request.expected().isPresent() && !mayContinue(request.expected().get(), now)) {
            return new Decision.Refuse(Refusals.fenced(
                    request.transactionalId(), request.expected().get().epoch(), now));
        }
        return switch (now.state()) {
            case PREPARE_COMMIT, PREPARE_ABORT -> new Decision.Park(Optional.empty());
            case ONGOING ->
                request.expected()
                                .filter(expected -> isLeftBehind(expected, now))
                                .isPresent()
                        ? new Decision.Refuse(Refusals.fenced(
                                request.transactionalId(),
                                request.expected().get().epoch(),
                                now))
                        : new Decision.Park(Optional.of(now.fenced(nowMs)));
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> nextEpoch(request, fresh, now, nowMs);
        };
    }

    /** Whether a producer that names its identity can be the one that has the id. The epoch is looked at when the id is idle. */
    private static boolean mayContinue(ProducerIdentity expected, Transaction now) {
        return expected.producerId() == now.producerId()
                || expected.producerId() == now.nextIdentity().producerId()
                || (expected.producerId() == now.previousProducerId() && expected.epoch() >= Transaction.LAST_EPOCH);
    }

    /** Whether it would be refused in the end: then the open transaction, which is another's, goes on. Kafka aborts it first. */
    private static boolean isLeftBehind(ProducerIdentity expected, Transaction now) {
        return expected.producerId() == now.producerId()
                && expected.epoch() != now.producerEpoch()
                && expected.epoch() != now.lastProducerEpoch();
    }

    private static Decision nextEpoch(InitRequest request, OptionalLong fresh, Transaction now, long nowMs) {
        Optional<Short> expected = request.expected().map(ProducerIdentity::epoch);
        short last = expected.isPresent() ? now.producerEpoch() : Transaction.NO_EPOCH;
        if (expected.isEmpty() || expected.get() == now.producerEpoch()) {
            if (!now.epochsHaveRunOut()) {
                return new Decision.Change(now.withNextEpoch(last, request.timeoutMs(), nowMs));
            }
            return fresh.isEmpty()
                    ? new Decision.AskForProducerId()
                    : new Decision.Change(now.withProducerId(fresh.getAsLong(), last, request.timeoutMs(), nowMs));
        }
        if (expected.get() == now.lastProducerEpoch()) {
            // It has asked before, and did not hear the answer.
            return new Decision.Answer(now);
        }
        return new Decision.Refuse(Refusals.fenced(request.transactionalId(), expected.get(), now));
    }

    // ---- AddPartitionsToTxn, AddOffsetsToTxn, and writes that add or verify

    static Decision add(AddRequest request, Optional<Transaction> found, long nowMs) {
        String id = request.transactionalId();
        if (found.isEmpty()) {
            return new Decision.Refuse(Refusals.unknownId(id));
        }
        Transaction now = found.get();
        Optional<MillraceException> refusal = refusal(id, request.producer(), now);
        if (refusal.isPresent()) {
            return new Decision.Refuse(refusal.get());
        }
        if (now.state().isPrepared()) {
            return new Decision.Park(Optional.empty());
        }
        if (request.verifyOnly()
                || (now.state() == TransactionState.ONGOING && now.partitions().containsAll(request.partitions()))) {
            return new Decision.Answer(now);
        }
        Transaction after = now.with(request.partitions(), request.clientVersion(), nowMs);
        return after.partitions().size() > MAX_PARTITIONS
                ? new Decision.Refuse(Refusals.tooManyPartitions(id, MAX_PARTITIONS))
                : new Decision.Change(after);
    }

    /** Those of the partitions that are not part of the transaction. */
    static Set<TransactionPartition> missing(AddRequest request, Transaction transaction) {
        Set<TransactionPartition> missing = new HashSet<>(request.partitions());
        missing.removeAll(transaction.partitions());
        return missing;
    }

    /** Refuses whoever does not have the id now, or will when the transaction completes. */
    private static Optional<MillraceException> refusal(String id, ProducerIdentity producer, Transaction now) {
        ProducerIdentity next = now.nextIdentity();
        if (producer.producerId() != next.producerId()) {
            return Optional.of(Refusals.otherProducerId(id, producer, now));
        }
        // The epoch behind the last is nobody's: it is there to fence with, and there is none behind it to end a
        // transaction in.
        return producer.epoch() == next.epoch() && next.epoch() <= Transaction.LAST_EPOCH
                ? Optional.empty()
                : Optional.of(Refusals.fenced(id, producer.epoch(), now));
    }

    // ---- EndTxn

    static Decision end(EndRequest request, OptionalLong fresh, Optional<Transaction> found, long nowMs) {
        String id = request.transactionalId();
        if (found.isEmpty()) {
            return new Decision.Refuse(Refusals.unknownId(id));
        }
        Transaction now = found.get();
        boolean raisesEpoch = request.clientVersion() >= Transaction.EPOCH_BUMP_VERSION;
        if (raisesEpoch && isRetry(request.producer(), now)) {
            return repeated(request, now);
        }
        Optional<MillraceException> refusal = refusal(id, request.producer(), now);
        if (refusal.isPresent()) {
            return new Decision.Refuse(refusal.get());
        }
        return switch (now.state()) {
            case ONGOING -> decided(request, fresh, now, nowMs);
            case EMPTY -> raisesEpoch ? nothingToEnd(request, fresh, now, nowMs) : wrongState(request, now);
            case COMPLETE_COMMIT, COMPLETE_ABORT ->
                raisesEpoch ? nothingToEnd(request, fresh, now, nowMs) : repeated(request, now);
            // Under version 2 this is the end of the next transaction, which has not come to its first write.
            case PREPARE_COMMIT, PREPARE_ABORT ->
                raisesEpoch ? new Decision.Park(Optional.empty()) : repeated(request, now);
        };
    }

    /** Whether the request has been carried out: the transaction has its producer's next epoch, given to itself, not to a newer one. */
    private static boolean isRetry(ProducerIdentity producer, Transaction now) {
        if (!now.raisesEpochAtEnd()
                || !(now.state().isPrepared() || now.state().isComplete())
                || producer.epoch() != now.lastProducerEpoch()) {
            return false;
        }
        boolean sameId = producer.producerId() == now.producerId() && producer.epoch() + 1 == now.producerEpoch();
        boolean idBefore = producer.producerId() == now.previousProducerId()
                && producer.epoch() == Transaction.LAST_EPOCH
                && now.producerEpoch() == 0;
        return sameId || idBefore;
    }

    private static Decision repeated(EndRequest request, Transaction now) {
        boolean committed =
                now.state() == TransactionState.PREPARE_COMMIT || now.state() == TransactionState.COMPLETE_COMMIT;
        return committed == request.commit() ? new Decision.Answer(now) : wrongState(request, now);
    }

    /** Version 2: a transaction that came to no write can be aborted, which gives the producer its next epoch. */
    private static Decision nothingToEnd(EndRequest request, OptionalLong fresh, Transaction now, long nowMs) {
        return request.commit() ? wrongState(request, now) : decided(request, fresh, now, nowMs);
    }

    private static Decision decided(EndRequest request, OptionalLong fresh, Transaction now, long nowMs) {
        boolean needsProducerId = request.clientVersion() >= Transaction.EPOCH_BUMP_VERSION && now.epochsHaveRunOut();
        if (needsProducerId && fresh.isEmpty()) {
            return new Decision.AskForProducerId();
        }
        long next = needsProducerId ? fresh.getAsLong() : Transaction.NO_PRODUCER_ID;
        return new Decision.Change(now.decided(request.commit(), request.clientVersion(), next, nowMs));
    }

    private static Decision wrongState(EndRequest request, Transaction now) {
        return new Decision.Refuse(
                Refusals.wrongState(request.transactionalId(), request.commit() ? "commit" : "abort", now));
    }
}
