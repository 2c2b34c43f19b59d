package dev.millrace.control.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionCommand;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.testkit.seeds.SeededTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Producers share a transactional id, fence each other, are slow, repeat requests and lose answers, while the coordinator restarts and markers come
 * late, in virtual time from a seed. At all times: a transaction has one outcome everywhere; what its producer heard of it is what happened; and left in peace
 * no partition has anything open.
 */
final class TransactionSimulationTest {

    private static final int STEPS_COUNT = 600;
    private static final List<TransactionPartition> PARTITIONS =
            List.of(TransactionsHarness.FLIGHTS, TransactionsHarness.AIRPORTS);

    private final TransactionsHarness transactions = new TransactionsHarness();
    private final Map<TransactionPartition, Partition> partitions = new HashMap<>();
    private final List<Producer> producers = new ArrayList<>();
    private int writesCount;

    /** Number of a write → whether it was committed. */
    private final Map<Integer, Boolean> outcomes = new HashMap<>();

    /** Writes of transactions that their producers know to be committed, or aborted. */
    private final Set<Integer> heardCommitted = new HashSet<>();

    private final Set<Integer> heardAborted = new HashSet<>();

    @SeededTest
    void shouldGiveEachTransactionOneOutcomeWhateverHappens(Random random) {
        PARTITIONS.forEach(partition -> partitions.put(partition, new Partition()));
        for (int step = 0; step < STEPS_COUNT; step++) {
            oneStep(random);
        }
        settle();
    }

    private void oneStep(Random random) {
        switch (random.nextInt(20)) {
            case 0 -> {
                if (producers.size() < 4) {
                    producers.add(new Producer(1 + random.nextInt(2)));
                }
            }
            case 1 -> transactions.restart();
            case 2 -> transactions.advanceMs(random.nextInt(4) == 0 ? TransactionsHarness.TIMEOUT_MS : 500);
            case 3 -> {
                if (!producers.isEmpty() && random.nextInt(4) == 0) {
                    producers.remove(random.nextInt(producers.size()));
                }
            }
            case 4, 5, 6, 7 -> writeSomeMarkers(random);
            default -> {
                if (!producers.isEmpty()) {
                    producers.get(random.nextInt(producers.size())).step(random);
                }
            }
        }
    }

    private Partition partition(TransactionPartition name) {
        return Objects.requireNonNull(partitions.get(name));
    }

    /** Some partitions get their markers; when all have, the coordinator hears of it, unless it restarts before. */
    private void writeSomeMarkers(Random random) {
        if (transactions.endings().isEmpty()) {
            return;
        }
        Ending ending = transactions.endings().getFirst();
        for (TransactionPartition partition : ending.partitions()) {
            if (random.nextInt(5) == 0) {
                return;
            }
            partition(partition).end(ending);
        }
        transactions.endings().removeFirst();
        transactions.machine().submit(new TransactionCommand.MarkersWritten(ending));
    }

    private void settle() {
        producers.clear();
        transactions.advanceMs(2L * TransactionsHarness.TIMEOUT_MS);
        while (!transactions.endings().isEmpty()) {
            Ending ending = transactions.endings().removeFirst();
            ending.partitions().forEach(partition -> partition(partition).end(ending));
            transactions.machine().submit(new TransactionCommand.MarkersWritten(ending));
        }
        partitions.forEach((name, partition) ->
                assertThat(partition.open).as("open in %s", name).isEmpty());
        heardCommitted.forEach(write ->
                assertThat(outcomes.get(write)).as("committed write %d", write).isTrue());
        heardAborted.forEach(write ->
                assertThat(outcomes.get(write)).as("aborted write %d", write).isFalse());
    }

    /** What a partition does with writes and markers: fences by epoch, and lets nobody write whom the coordinator did not confirm since the last marker. */
    private final class Partition {

        /** Producer id → numbers of the writes that are not decided. */
        private final Map<Long, List<Integer>> open = new HashMap<>();

        private final Map<Long, Short> epochs = new HashMap<>();
        private final Map<Long, Integer> markersCount = new HashMap<>();

        /** What a guard is in the log. */
        int guard(long producerId) {
            return markersCount.getOrDefault(producerId, 0);
        }

        Optional<Integer> write(ProducerIdentity producer, int guard) {
            long id = producer.producerId();
            if (producer.epoch() < epochs.getOrDefault(id, (short) 0)
                    || (guard != guard(id) && !open.containsKey(id))) {
                return Optional.empty();
            }
            epochs.put(id, producer.epoch());
            int number = writesCount++;
            open.computeIfAbsent(id, key -> new ArrayList<>()).add(number);
            return Optional.of(number);
        }

        void end(Ending ending) {
            long id = ending.producer().producerId();
            if (ending.producer().epoch() < epochs.getOrDefault(id, (short) 0)) {
                return;
            }
            epochs.put(id, ending.producer().epoch());
            markersCount.merge(id, 1, Integer::sum);
            List<Integer> decided = open.remove(id);
            if (decided != null) {
                decided.forEach(write -> assertThat(outcomes.put(write, ending.commit()))
                        .as("outcome of write %d before", write)
                        .isNull());
            }
        }
    }

    /** A client of the id: does one thing after the other, as a stock client does. */
    private final class Producer {

        private final int version;
        private Optional<ProducerIdentity> identity = Optional.empty();
        private Optional<CompletableFuture<Optional<ProducerIdentity>>> asking = Optional.empty();
        private Optional<CompletableFuture<Set<TransactionPartition>>> adding = Optional.empty();
        private Optional<Boolean> ending = Optional.empty();
        private TransactionPartition target = PARTITIONS.getFirst();
        private int guard;
        private final List<Integer> writes = new ArrayList<>();

        Producer(int version) {
            this.version = version;
        }

        void step(Random random) {
            if (adding.isPresent()) {
                added();
            } else if (asking.isPresent()) {
                answered();
            } else if (identity.isEmpty()) {
                asking = Optional.of(transactions.init());
            } else if (ending.isPresent()) {
                end();
            } else if (random.nextInt(3) > 0) {
                target = PARTITIONS.get(random.nextInt(PARTITIONS.size()));
                guard = partition(target).guard(identity.get().producerId());
                adding = Optional.of(transactions.add(identity.get(), version, target));
            } else if (!writes.isEmpty()) {
                ending = Optional.of(random.nextInt(3) > 0);
                end();
                if (random.nextInt(4) == 0) {
                    // The answer is lost, and the client asks again.
                    asking = Optional.empty();
                }
            }
        }

        private void end() {
            asking = Optional.of(
                    ending.orElseThrow()
                            ? transactions.commit(identity.orElseThrow(), version)
                            : transactions.abort(identity.orElseThrow(), version));
        }

        private void added() {
            CompletableFuture<Set<TransactionPartition>> answer = adding.orElseThrow();
            if (!answer.isDone()) {
                return;
            }
            adding = Optional.empty();
            if (answer.isCompletedExceptionally()) {
                refused(TransactionsHarness.error(answer));
            } else {
                partition(target).write(identity.orElseThrow(), guard).ifPresent(writes::add);
            }
        }

        private void answered() {
            CompletableFuture<Optional<ProducerIdentity>> answer = asking.orElseThrow();
            if (!answer.isDone()) {
                return;
            }
            asking = Optional.empty();
            if (answer.isCompletedExceptionally()) {
                refused(((MillraceException) answer.exceptionNow()).code());
                return;
            }
            identity = answer.join();
            ending.ifPresent(commit -> (commit ? heardCommitted : heardAborted).addAll(writes));
            if (ending.isPresent()) {
                ending = Optional.empty();
                writes.clear();
            }
        }

        private void refused(ErrorCode code) {
            switch (code) {
                case COORDINATOR_NOT_AVAILABLE, CONCURRENT_TRANSACTIONS -> {}
                case PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING -> producers.remove(this);
                // A zombie of version 1 whose transaction a newer producer has ended under its nose.
                case INVALID_TXN_STATE -> producers.remove(this);
                default -> throw new AssertionError("an honest producer is refused with " + code);
            }
        }
    }
}
