package dev.millrace.simulation.seams;

import dev.millrace.checker.History;
import dev.millrace.checker.Operation.Aborted;
import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Committed;
import dev.millrace.checker.Operation.Committing;
import dev.millrace.checker.Operation.Send;
import dev.millrace.log.Append;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A client that sends transactions, waits for answers, and sends again what was not answered.
 *
 * <pre>
 * BEGINNING ──epoch──► OPEN ──enough sent──► ENDING ──all answered, decided──► COMPLETING ──► OPEN
 *                                              └── fenced, or an append was refused for good ──► GONE
 * </pre>
 */
final class TransactionalClient {
    private static final int BATCHES_MAX = 4;
    private static final int RECORDS_MAX = 3;

    private enum State {
        BEGINNING,
        OPEN,
        ENDING,
        COMPLETING,
        GONE
    }

    private static final class Batch {
        final int partition;
        final int baseSequence;
        final List<String> values;
        Optional<Append> attempt = Optional.empty();
        boolean acknowledged;

        Batch(int partition, int baseSequence, List<String> values) {
            this.partition = partition;
            this.baseSequence = baseSequence;
            this.values = values;
        }
    }

    private final String name;
    private final long producerId;
    private final TransactionSeam seam;
    private final History history;
    private final Random random;
    private final int[] sequenceNext = new int[SeamSimulation.PARTITIONS];
    private final List<Batch> batches = new ArrayList<>();
    private State state = State.BEGINNING;
    private int epoch;
    private int transactionsCount;
    private int batchesDue;
    int committedCount;

    TransactionalClient(String name, long producerId, TransactionSeam seam, History history, Random random) {
        this.name = name;
        this.producerId = producerId;
        this.seam = seam;
        this.history = history;
        this.random = random;
    }

    long producerId() {
        return producerId;
    }

    /** Does the next thing that there is to do. */
    void step() {
        switch (state) {
            case BEGINNING ->
                seam.initialise(producerId).ifPresent(given -> {
                    epoch = given;
                    begin();
                });
            case OPEN -> {
                takeAnswers();
                if (batches.size() < batchesDue) {
                    send();
                } else {
                    state = State.ENDING;
                }
            }
            case ENDING -> {
                takeAnswers();
                if (batches.stream().allMatch(batch -> batch.acknowledged)) {
                    decide(random.nextInt(4) > 0);
                } else if (batches.stream().anyMatch(TransactionalClient::isRefused)) {
                    decide(false);
                }
            }
            case COMPLETING -> {
                if (seam.isComplete(producerId)) {
                    if (seam.isEpochBumped(producerId)) {
                        epoch++;
                        Arrays.fill(sequenceNext, 0);
                    }
                    begin();
                }
            }
            case GONE -> {}
        }
    }

    private void begin() {
        transactionsCount++;
        batches.clear();
        batchesDue = 1 + random.nextInt(BATCHES_MAX);
        state = State.OPEN;
    }

    private String transaction() {
        return name + "-" + transactionsCount;
    }

    /** One batch at a time is on its way to each partition, so that a refused one is never overtaken. */
    private void send() {
        int partition = random.nextInt(SeamSimulation.PARTITIONS);
        if (batches.stream().anyMatch(batch -> batch.partition == partition && !batch.acknowledged)) {
            return;
        }
        List<String> values = new ArrayList<>();
        int count = 1 + random.nextInt(RECORDS_MAX);
        for (int number = 0; number < count; number++) {
            values.add(transaction() + ":" + batches.size() + "." + number);
        }
        values.forEach(value ->
                history.add(new Send(name, SeamSimulation.name(partition), value, Optional.of(transaction()))));
        Batch batch = new Batch(partition, sequenceNext[partition], values);
        batches.add(batch);
        sequenceNext[partition] += count;
        attempt(batch);
    }

    private void attempt(Batch batch) {
        batch.attempt = Optional.of(seam.append(batch.partition, producerId, epoch, batch.baseSequence, batch.values));
    }

    private void takeAnswers() {
        for (Batch batch : batches) {
            if (!batch.acknowledged && batch.attempt.isPresent()) {
                var durable = batch.attempt.get().durable();
                if (durable.isDone() && !durable.isCompletedExceptionally()) {
                    batch.acknowledged = true;
                    long offset = durable.join().baseOffset();
                    for (String value : batch.values) {
                        history.add(new Acknowledged(name, SeamSimulation.name(batch.partition), offset++, value));
                    }
                }
            }
        }
    }

    private static boolean isRefused(Batch batch) {
        return batch.attempt
                .map(attempt -> attempt.durable().isCompletedExceptionally())
                .orElse(false);
    }

    private void decide(boolean commit) {
        if (commit) {
            history.add(new Committing(name, transaction()));
        }
        boolean refused = batches.stream().anyMatch(TransactionalClient::isRefused);
        if (!seam.end(producerId, epoch, commit)) {
            state = State.GONE;
            return;
        }
        history.add(commit ? new Committed(name, transaction()) : new Aborted(name, transaction()));
        if (commit) {
            committedCount++;
        }
        // After a refusal nobody knows which sequence is next: as Kafka's client does, ask for a new epoch.
        state = refused ? State.GONE : State.COMPLETING;
    }

    boolean isGone() {
        return state == State.GONE;
    }

    /** The server is gone: what was not answered is not going to be. */
    void disconnected() {
        takeAnswers();
        batches.forEach(batch -> batch.attempt = Optional.empty());
    }

    /** The server is there again: sends again what was not answered. */
    void reconnected() {
        if (state == State.OPEN || state == State.ENDING) {
            batches.stream().filter(batch -> !batch.acknowledged).forEach(this::attempt);
        }
    }
}
