package dev.millrace.jepsen;

import dev.millrace.checker.Checker;
import dev.millrace.checker.History;
import dev.millrace.checker.Isolation;
import dev.millrace.checker.Operation.Drained;
import dev.millrace.checker.Reader;
import dev.millrace.peer.Broker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/** Half a minute of clients and faults on a topic of their own, and the judgement. */
final class Round {
    private static final long FAULTS_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long DRAIN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int QUIET_MAX_MS = 2_500;
    private static final List<Fault> FAULTS = List.of(Fault.values());

    private final Broker broker;
    private final int number;
    private final Random random;
    private final Arena arena;
    private final Progress progress = new Progress();
    private final List<Worker> writers = new ArrayList<>();
    private final List<Worker> readers = new ArrayList<>();
    private final List<Reader> identities = new ArrayList<>();

    Round(Broker broker, int number, Random random) {
        this.broker = broker;
        this.number = number;
        this.random = random;
        this.arena = new Arena(broker, "round-" + number, new History());
    }

    /**
     * Plays it to its end.
     *
     * @return what happened, in a few words
     * @throws AssertionError when the checker finds something
     */
    String play() throws ExecutionException, InterruptedException {
        arena.open();
        populate();
        writers.forEach(Worker::start);
        readers.forEach(Worker::start);
        Map<Fault, Integer> faults = inflictFaults();
        writers.forEach(Worker::stop);
        for (Worker writer : writers) {
            writer.join();
        }
        LastLook lastLook = new LastLook(arena);
        Map<TopicPartition, Long> ends = lastLook.awaitNoOpenTransaction();
        drain(ends);
        lastLook.readAll(ends);
        Checker.verify(arena.history().operations());
        return String.format(
                "round %d: %,d operations, log ends %s, faults %s",
                number, arena.history().operations().size(), ends.values(), faults);
    }

    private void populate() {
        writers.add(SendingWorker.plain("plain", arena, random.nextLong()));
        writers.add(SendingWorker.idempotent("idempotent", arena, random.nextLong()));
        writers.add(new TransactionWorker("transactions-1", arena, random.nextLong()));
        writers.add(new TransactionWorker("transactions-2", arena, random.nextLong()));
        for (Isolation isolation : Isolation.values()) {
            Reader reader = Reader.alone("reader of " + isolation, isolation);
            identities.add(reader);
            readers.add(ReadingWorker.alone(arena, reader, progress));
        }
        for (String protocol : List.of("classic", "consumer")) {
            for (int member = 1; member <= 2; member++) {
                Reader reader = new Reader(protocol + "/" + member, protocol, Isolation.COMMITTED);
                identities.add(reader);
                readers.add(ReadingWorker.member(arena, reader, progress, protocol));
            }
        }
    }

    /** In turns, each with every fault once, in an order of its own: a round without a kill would say little. */
    private Map<Fault, Integer> inflictFaults() throws InterruptedException {
        Map<Fault, Integer> counts = new TreeMap<>();
        Deque<Fault> turn = new ArrayDeque<>();
        long endNs = System.nanoTime() + FAULTS_NS;
        while (System.nanoTime() < endNs) {
            TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(QUIET_MAX_MS));
            if (turn.isEmpty()) {
                List<Fault> shuffled = new ArrayList<>(FAULTS);
                Collections.shuffle(shuffled, random);
                turn.addAll(shuffled);
            }
            Fault fault = turn.removeFirst();
            fault.inflict(broker, random);
            counts.merge(fault, 1, Integer::sum);
            writers.forEach(Worker::expectHealthy);
            readers.forEach(Worker::expectHealthy);
        }
        return counts;
    }

    /** Waits until every reader has come to the end. */
    private void drain(Map<TopicPartition, Long> ends) throws InterruptedException {
        long endNs = System.nanoTime() + DRAIN_TIMEOUT_NS;
        while (!identities.stream().allMatch(reader -> progress.isAt(reader.group(), ends))) {
            if (System.nanoTime() > endNs) {
                throw new AssertionError("readers do not come to the end " + ends + ": " + progress);
            }
            Worker.pauseAfterFailure();
        }
        readers.forEach(Worker::stop);
        for (Worker reader : readers) {
            reader.join();
        }
        for (Reader reader : identities) {
            ends.keySet().forEach(partition -> arena.history().add(new Drained(reader, partition.toString())));
        }
    }
}
