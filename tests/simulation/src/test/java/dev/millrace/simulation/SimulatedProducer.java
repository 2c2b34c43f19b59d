package dev.millrace.simulation;

import dev.millrace.base.error.MillraceException;
import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.AppendResult;
import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A client that sends, waits for answers, and sends again what was not answered, in order. Idempotent, or not: then it never repeats. */
final class SimulatedProducer {

    private static final int MAX_IN_FLIGHT = 5;

    private static final class Batch {
        final List<String> values;
        final int baseSequence;
        final List<Append> attempts = new ArrayList<>();
        boolean done;

        Batch(List<String> values, int baseSequence) {
            this.values = values;
            this.baseSequence = baseSequence;
        }
    }

    private final LogWorld world;
    private final PartitionNotes notes;
    private final long producerId;
    private final Deque<Batch> inFlight = new ArrayDeque<>();
    private int sequenceNext;
    int answersCount;

    /** @param producerId -1: not idempotent */
    SimulatedProducer(LogWorld world, PartitionNotes notes, long producerId, int firstSequence) {
        this.world = world;
        this.notes = notes;
        this.producerId = producerId;
        this.sequenceNext = firstSequence;
    }

    void send(PartitionLog log, List<String> values) {
        // A producer that the log does not know may begin anywhere (KIP-360), so that a refused first batch and an
        // accepted second one
        // would change places: with Kafka too.
        int maxInFlight = answersCount == 0 ? 1 : MAX_IN_FLIGHT;
        if (producerId >= 0 && inFlight.size() >= maxInFlight) {
            return;
        }
        notes.sending(values);
        Batch batch = new Batch(values, sequenceNext);
        inFlight.add(batch);
        attempt(log, batch);
        for (int i = 0; i < values.size(); i++) {
            sequenceNext = sequenceNext == Integer.MAX_VALUE ? 0 : sequenceNext + 1;
        }
    }

    /** Sends everything again that was not answered: answers may have been lost on their way. */
    void retry(PartitionLog log) {
        if (producerId >= 0) {
            inFlight.stream().filter(batch -> !batch.done).forEach(batch -> attempt(log, batch));
        }
    }

    private void attempt(PartitionLog log, Batch batch) {
        String[] values = batch.values.toArray(new String[0]);
        batch.attempts.add(log.append(
                producerId >= 0 ? world.batch(producerId, 0, batch.baseSequence, values) : world.batch(values),
                AppendOptions.CLIENT));
    }

    /** Takes the answers that have come. Several attempts of one batch may be answered, all alike. */
    void takeAnswers() {
        for (Batch batch : List.copyOf(inFlight)) {
            boolean answered = false;
            boolean open = false;
            for (Append attempt : batch.attempts) {
                open |= !attempt.durable().isDone();
                if (attempt.durable().isDone() && !attempt.durable().isCompletedExceptionally()) {
                    AppendResult result = attempt.durable().join();
                    notes.acknowledged(result.baseOffset(), batch.values);
                    answered = true;
                }
            }
            // A client that repeats nothing forgets what was refused.
            batch.done |= answered || (producerId < 0 && !open);
        }
        // As long as the oldest batch is not answered, no more than five in a row are on their way, as in Kafka's
        // client.
        while (!inFlight.isEmpty() && inFlight.getFirst().done) {
            inFlight.removeFirst();
            answersCount++;
        }
    }

    /** The server is gone: what was not answered will not be. */
    void disconnected() {
        takeAnswers();
        inFlight.forEach(batch -> batch.attempts.clear());
        if (producerId < 0) {
            inFlight.clear();
        }
    }

    /** When all faults are over: everything that is in flight is taken now. */
    void mustFinish(PartitionLog log) {
        for (int round = 0; round < 3 && !inFlight.isEmpty(); round++) {
            retry(log);
            world.simulator.runToRest();
            takeAnswers();
        }
        if (!inFlight.isEmpty() && producerId >= 0) {
            Append last = inFlight.getFirst().attempts.getLast();
            String why = last.durable().isCompletedExceptionally() ? reasonOf(last) : "it was never answered";
            throw new AssertionError("producer " + producerId + " cannot go on at sequence "
                    + inFlight.getFirst().baseSequence + " of " + notes.partition() + ": " + why);
        }
    }

    private static String reasonOf(Append append) {
        Throwable failure = append.durable().exceptionNow();
        return failure instanceof MillraceException refused
                ? refused.code() + ", " + refused.getMessage()
                : failure.toString();
    }
}
