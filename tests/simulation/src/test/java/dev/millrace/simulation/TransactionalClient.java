package dev.millrace.simulation;

import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.TransactionGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A transactional producer together with its coordinator, which never forgets what it decided: it sends one batch at a time, again as
 * long as no answer comes, and writes markers until one is durable. Batches of an aborted transaction may still arrive when it is over.
 */
final class TransactionalClient {

    /** How a transaction was decided. */
    enum Decision {
        NONE,
        COMMIT,
        ABORT
    }

    /** What a client knows of one of its transactions. */
    static final class Transaction {
        /** Of batches that were answered, and of the one that was not, if it may still be there. */
        final List<String> acknowledged = new ArrayList<>();

        final List<String> unanswered = new ArrayList<>();
        Decision decision = Decision.NONE;
        /** The marker is durable. */
        boolean ended;
    }

    private record Batch(List<String> values, int epoch, int sequence, Optional<TransactionGuard> guard) {}

    private final LogWorld world;
    private final long producerId;
    /** Each transaction has an epoch of its own (version 2). */
    private final boolean epochBumped;

    final List<Transaction> transactions = new ArrayList<>();
    private Transaction current = new Transaction();
    private int epoch;
    private int sequence;
    private int coordinatorEpoch;

    private Optional<Batch> pending = Optional.empty();
    private final List<Append> attempts = new ArrayList<>();
    private final List<Append> markers = new ArrayList<>();
    private int markerEpoch;
    /** In which the next transaction begins. */
    private int epochNext;
    /** Left behind by transactions that are over. */
    private final List<Batch> late = new ArrayList<>();

    int endedCount;
    int lateCount;

    TransactionalClient(LogWorld world, long producerId, boolean epochBumped) {
        this.world = world;
        this.producerId = producerId;
        this.epochBumped = epochBumped;
        transactions.add(current);
    }

    void send(PartitionLog log, List<String> values) {
        if (pending.isPresent() || current.decision != Decision.NONE) {
            retry(log);
            return;
        }
        // What comes back without an answer may have opened the transaction before the guard is asked for again.
        Optional<TransactionGuard> guard = log.guardTransaction(producerId, (short) epoch, sequence, epochBumped);
        pending = Optional.of(new Batch(values, epoch, sequence, guard));
        current.unanswered.addAll(values);
        attempt(log);
    }

    /** Sends again what was not answered: the batch, or the marker. */
    void retry(PartitionLog log) {
        takeAnswers();
        if (current.decision != Decision.NONE) {
            markers.add(log.endTransaction(
                    producerId,
                    (short) markerEpoch,
                    coordinatorEpoch,
                    current.decision == Decision.COMMIT,
                    epochBumped));
        } else if (pending.isPresent()) {
            Batch batch = pending.get();
            Optional<TransactionGuard> guard =
                    log.guardTransaction(producerId, (short) batch.epoch, batch.sequence, epochBumped);
            pending = Optional.of(new Batch(batch.values, batch.epoch, batch.sequence, guard));
            attempt(log);
        }
    }

    private void attempt(PartitionLog log) {
        attempts.add(append(log, pending.orElseThrow()));
    }

    private Append append(PartitionLog log, Batch batch) {
        AppendOptions options = batch.guard.map(AppendOptions::inTransaction).orElse(AppendOptions.inTransaction());
        return log.append(
                world.transactional(producerId, batch.epoch, batch.sequence, batch.values.toArray(new String[0])),
                options);
    }

    /** A batch of a transaction that is over arrives, with the guard that it once had. */
    void arriveLate(PartitionLog log) {
        if (!late.isEmpty()) {
            lateCount++;
            var _ = append(log, late.removeFirst());
        }
    }

    /**
     * Decides the transaction, if it has begun; a commit waits for the batch that is on its way.
     *
     * @param sameEpoch whether the marker has the epoch of the transaction although a batch was given up: in version 1 nothing but the guard
     *     keeps that one from opening a transaction then
     */
    void end(PartitionLog log, boolean commit, boolean sameEpoch) {
        takeAnswers();
        boolean begun = pending.isPresent() || !current.acknowledged.isEmpty();
        if (current.decision != Decision.NONE || !begun || (commit && pending.isPresent())) {
            return;
        }
        current.decision = commit ? Decision.COMMIT : Decision.ABORT;
        // A client that gives up a batch does not know which sequence comes next: it takes a new epoch.
        epochNext = epochBumped || pending.isPresent() ? epoch + 1 : epoch;
        markerEpoch = epochBumped || !sameEpoch ? epochNext : epoch;
        pending.ifPresent(late::add);
        pending = Optional.empty();
        attempts.clear();
        retry(log);
    }

    void takeAnswers() {
        for (Append attempt : List.copyOf(attempts)) {
            if (pending.isPresent() && isDurable(attempt)) {
                Batch batch = pending.get();
                current.acknowledged.addAll(batch.values);
                current.unanswered.removeAll(batch.values);
                sequence += batch.values.size();
                pending = Optional.empty();
                attempts.clear();
            }
        }
        if (current.decision != Decision.NONE && markers.stream().anyMatch(TransactionalClient::isDurable)) {
            markers.clear();
            current.ended = true;
            endedCount++;
            if (epochNext > epoch) {
                epoch = epochNext;
                sequence = 0;
            }
            current = new Transaction();
            transactions.add(current);
        }
    }

    private static boolean isDurable(Append append) {
        return append.durable().isDone() && !append.durable().isCompletedExceptionally();
    }

    /** The server is gone: what was not answered will not be. The coordinator may have moved. */
    void disconnected(boolean newCoordinator) {
        takeAnswers();
        attempts.clear();
        markers.clear();
        coordinatorEpoch += newCoordinator ? 1 : 0;
    }

    /** When all faults are over: the transaction that is open is ended. */
    void mustFinish(PartitionLog log, boolean commit) {
        for (int round = 0; round < 4 && !isIdle(); round++) {
            retry(log);
            world.simulator.runToRest();
            takeAnswers();
            end(log, commit, false);
            world.simulator.runToRest();
            takeAnswers();
        }
        if (!isIdle()) {
            throw new AssertionError("producer " + producerId + " cannot end its transaction of epoch " + epoch + ": "
                    + reason(pending.isPresent() ? attempts : markers));
        }
    }

    private boolean isIdle() {
        return pending.isEmpty() && current.decision == Decision.NONE && current.acknowledged.isEmpty();
    }

    private static String reason(List<Append> tried) {
        return tried.isEmpty() || !tried.getLast().durable().isCompletedExceptionally()
                ? "there was no answer"
                : String.valueOf(tried.getLast().durable().exceptionNow());
    }
}
