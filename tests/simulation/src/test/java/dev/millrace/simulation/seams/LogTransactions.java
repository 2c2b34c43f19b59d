package dev.millrace.simulation.seams;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.TransactionGuard;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * Real logs, and the least coordinator that keeps its promises to them. Its own decisions survive crashes by being kept outside the simulated
 * machine: what the real coordinator does about that is tested elsewhere.
 */
final class LogTransactions implements TransactionSeam {

    private static final class Producer {
        int epoch = -1;
        final boolean epochBumped;
        final Set<Integer> open = new TreeSet<>();
        /** Of the transaction that was decided last, until it is complete. */
        final Map<Integer, Append> markers = new TreeMap<>();

        boolean commit;
        int markerEpoch;

        Producer(boolean epochBumped) {
            this.epochBumped = epochBumped;
        }
    }

    private final LogWorld world;
    private final IntFunction<PartitionLog> logs;
    private final Markers markers;
    private final Map<Long, Producer> producers = new HashMap<>();

    LogTransactions(LogWorld world, IntFunction<PartitionLog> logs, Markers markers) {
        this.world = world;
        this.logs = logs;
        this.markers = markers;
    }

    /** Odd producers use version 1, even ones version 2 of KIP-890. */
    private Producer producer(long id) {
        return producers.computeIfAbsent(id, _ -> new Producer(id % 2 == 0));
    }

    @Override
    public OptionalInt initialise(long producerId) {
        Producer producer = producer(producerId);
        if (!isComplete(producerId)) {
            return OptionalInt.empty();
        }
        producer.epoch++;
        if (producer.open.isEmpty()) {
            return OptionalInt.of(producer.epoch);
        }
        decide(producerId, producer, false);
        return OptionalInt.empty();
    }

    @Override
    public Append append(int partition, long producerId, int epoch, int baseSequence, List<String> values) {
        Producer producer = producer(producerId);
        PartitionLog log = logs.apply(partition);
        ByteBuffer batch = world.transactional(producerId, epoch, baseSequence, values.toArray(new String[0]));
        Optional<TransactionGuard> guard =
                log.guardTransaction(producerId, (short) epoch, baseSequence, producer.epochBumped);
        if (guard.isPresent() && producer.epoch == epoch && producer.markers.isEmpty()) {
            producer.open.add(partition);
            return log.append(batch, AppendOptions.inTransaction(guard.get()));
        }
        // Open there already, or else not to be opened: the log decides.
        return log.append(batch, AppendOptions.inTransaction());
    }

    @Override
    public boolean end(long producerId, int epoch, boolean commit) {
        Producer producer = producer(producerId);
        if (producer.epoch != epoch || !producer.markers.isEmpty()) {
            return false;
        }
        if (producer.epochBumped) {
            producer.epoch++;
        }
        decide(producerId, producer, commit);
        return true;
    }

    private void decide(long producerId, Producer producer, boolean commit) {
        producer.commit = commit;
        producer.markerEpoch = producer.epoch;
        producer.open.forEach(partition -> write(partition, producerId, producer));
    }

    private void write(int partition, long producerId, Producer producer) {
        producer.markers.put(
                partition,
                markers.write(partition, producerId, producer.markerEpoch, producer.commit, producer.epochBumped));
    }

    @Override
    public boolean isComplete(long producerId) {
        Producer producer = producer(producerId);
        for (Map.Entry<Integer, Append> marker : producer.markers.entrySet()) {
            if (!marker.getValue().durable().isDone()) {
                return false;
            }
            if (marker.getValue().durable().isCompletedExceptionally()) {
                throw refused(marker.getValue());
            }
        }
        if (!producer.markers.isEmpty()) {
            producer.markers.clear();
            producer.open.clear();
        }
        return true;
    }

    private static MillraceException refused(Append marker) {
        return new MillraceException(
                ErrorCode.INVALID_TXN_STATE,
                "a marker was refused: " + marker.durable().exceptionNow());
    }

    @Override
    public boolean isEpochBumped(long producerId) {
        return producer(producerId).epochBumped;
    }

    @Override
    public void resume() {
        producers.forEach((id, producer) -> {
            for (int partition : List.copyOf(producer.markers.keySet())) {
                write(partition, id, producer);
            }
        });
    }
}
