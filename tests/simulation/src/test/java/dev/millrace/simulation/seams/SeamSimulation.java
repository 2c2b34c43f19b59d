package dev.millrace.simulation.seams;

import dev.millrace.checker.Anomaly;
import dev.millrace.checker.Checker;
import dev.millrace.checker.History;
import dev.millrace.checker.Isolation;
import dev.millrace.log.LogConfig;
import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionLog;
import dev.millrace.testkit.files.SimulatedCrash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * One run: clients send transactions over three partitions, are replaced and go on as zombies, while the power fails and the process is killed; readers
 * of both isolations look on. At the end the checker judges.
 */
final class SeamSimulation {
    static final int PARTITIONS = 3;

    private static final int STEPS = 600;
    private static final int PRODUCERS = 3;
    private static final int ZOMBIES_MAX = 4;
    /** To complete a decision, to abort what is open, to go on; and some more. */
    private static final int FINISHING_TRIES = 5;

    private final Random random;
    private final LogWorld world;
    private final History history = new History();
    private final List<PartitionLog> logs = new ArrayList<>();
    private final TransactionSeam seam;
    private final List<TransactionalClient> clients = new ArrayList<>();
    private final List<TransactionalClient> zombies = new ArrayList<>();
    private final List<SimulatedReader> readers = new ArrayList<>();
    private int clientsCount;
    int restartsCount;
    int committedCount;

    /**
     * @param breakMarkers what becomes of the writing of markers
     * @param breakSeam what clients get to see of the coordinator
     */
    SeamSimulation(long seed, UnaryOperator<Markers> breakMarkers, UnaryOperator<TransactionSeam> breakSeam)
            throws IOException {
        this.random = new Random(seed * 17 + 3);
        this.world = new LogWorld(seed);
        Markers markers = (partition, producerId, epoch, commit, epochBumped) ->
                logs.get(partition).endTransaction(producerId, (short) epoch, 0, commit, epochBumped);
        this.seam = breakSeam.apply(new LogTransactions(world, logs::get, breakMarkers.apply(markers)));
    }

    /** What histories call a partition. */
    static String name(int partition) {
        return "partition-" + partition;
    }

    /** @throws AssertionError when the checker finds something, or else when something could not go on */
    void run() throws IOException {
        try {
            play();
        } catch (IOException | RuntimeException | AssertionError e) {
            // An anomaly often explains why.
            Checker.verify(history.operations());
            throw e;
        }
        Checker.verify(history.operations());
        expectNoOpenTransaction();
    }

    /** Everything that the checker finds in what happened so far. */
    List<Anomaly> anomalies() {
        return Checker.check(history.operations());
    }

    private void play() throws IOException {
        openLogs();
        for (long id = 1; id <= PRODUCERS; id++) {
            clients.add(newClient(id));
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (Isolation isolation : Isolation.values()) {
                readers.add(new SimulatedReader(isolation, name(partition), history));
            }
        }
        for (int step = 0; step < STEPS; step++) {
            try {
                act();
            } catch (SimulatedCrash crash) {
                restart();
            }
        }
        restart();
        finish();
    }

    private void act() throws IOException {
        int dice = random.nextInt(1000);
        if (dice < 450) {
            clients.get(random.nextInt(PRODUCERS)).step();
        } else if (dice < 520 && !zombies.isEmpty()) {
            zombies.get(random.nextInt(zombies.size())).step();
        } else if (dice < 800) {
            for (int i = random.nextInt(10); i > 0 && world.simulator.step(); i--) {}
        } else if (dice < 930) {
            poll();
        } else if (dice < 950) {
            replace(random.nextInt(PRODUCERS));
        } else if (dice < 960) {
            var _ = logs.get(random.nextInt(PARTITIONS)).roll();
        } else if (dice < 975) {
            world.simulator.advanceMs(random.nextInt(90_000));
        } else if (dice < 985) {
            world.simulator.files().crashAtOperation(random.nextInt(60));
        } else if (dice < 995) {
            restart();
        }
        for (int index = 0; index < PRODUCERS; index++) {
            if (clients.get(index).isGone()) {
                replace(index);
            }
        }
    }

    private void poll() throws IOException {
        int index = random.nextInt(readers.size());
        readers.get(index).poll(logs.get(index / Isolation.values().length), 1 + random.nextInt(2_000));
    }

    /** Somebody else takes the producer's id; the old one does not know. */
    private void replace(int index) {
        TransactionalClient old = clients.get(index);
        if (zombies.size() == ZOMBIES_MAX) {
            committedCount += zombies.removeFirst().committedCount;
        }
        zombies.add(old);
        clients.set(index, newClient(old.producerId()));
    }

    private TransactionalClient newClient(long producerId) {
        return new TransactionalClient("client-" + ++clientsCount, producerId, seam, history, random);
    }

    private void restart() throws IOException {
        List<TransactionalClient> all = new ArrayList<>(clients);
        all.addAll(zombies);
        all.forEach(TransactionalClient::disconnected);
        world.simulator.files().crashAtOperation(Long.MAX_VALUE / 2);
        if (random.nextBoolean()) {
            world.crash();
        } else {
            world.kill();
        }
        openLogs();
        seam.resume();
        all.forEach(TransactionalClient::reconnected);
        restartsCount++;
    }

    private void openLogs() {
        logs.clear();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            logs.add(world.open(LogWorld.id(1, partition), "transactions", LogConfig.DEFAULT));
        }
    }

    /** Ends what is open, as a client does that starts again, and reads everything. */
    private void finish() throws IOException {
        for (TransactionalClient client : clients) {
            committedCount += client.committedCount;
            for (int tries = 0;
                    tries < FINISHING_TRIES
                            && seam.initialise(client.producerId()).isEmpty();
                    tries++) {
                world.simulator.runToRest();
            }
        }
        world.simulator.runToRest();
        for (int index = 0; index < readers.size(); index++) {
            readers.get(index).readWhole(logs.get(index / Isolation.values().length));
        }
    }

    private void expectNoOpenTransaction() {
        for (PartitionLog log : logs) {
            if (log.offsets().lastStable() < log.offsets().highWatermark()) {
                throw new AssertionError("a transaction hangs: " + log.offsets());
            }
        }
    }
}
