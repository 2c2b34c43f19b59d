package dev.millrace.simulation;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.LogConfig;
import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import dev.millrace.simulation.TransactionalClient.Decision;
import dev.millrace.simulation.TransactionalClient.Transaction;
import dev.millrace.testkit.files.SimulatedCrash;
import dev.millrace.testkit.files.SimulatedFileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * One run: transactional producers, and one without transactions, in one partition; the machine stops wherever it likes, transaction
 * indexes are damaged between two lives, and batches of transactions that are over arrive late. After each start the log is held
 * against what its own batches mean, and these against what clients know.
 */
final class TransactionSimulation {

    private static final int STEPS = 250;
    private static final int CLIENTS = 5;
    private static final PartitionId ID = LogWorld.id(1, 0);

    private final Random random;
    private final LogWorld world;
    private final SimulatedFileStore disk;
    private final List<TransactionalClient> clients = new ArrayList<>();
    private final List<Append> plain = new ArrayList<>();
    private PartitionLog log;
    private long valuesCount;
    int restartsCount;
    int abortedCount;
    int endedCount;
    int lateCount;
    /** Damaged transaction indexes, and starts that said that they made one anew. */
    int damagesCount;

    int mendedCount;
    /** Transactions that were open when a start was checked. */
    int openCount;

    TransactionSimulation(long seed) throws IOException {
        random = new Random(seed * 37 + 5);
        world = new LogWorld(seed);
        disk = world.simulator.files();
        disk.setSyncsFileSystems(random.nextBoolean());
        log = world.store.open(ID, "a", LogConfig.DEFAULT);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new TransactionalClient(world, 10 + i, i % 2 == 0));
        }
    }

    /** @throws AssertionError when the log says something else than the model */
    void run() throws IOException {
        for (int step = 0; step < STEPS; step++) {
            try {
                act();
                clients.forEach(TransactionalClient::takeAnswers);
            } catch (SimulatedCrash crash) {
                restart(random.nextInt(2));
            }
        }
        restart(random.nextInt(3));
        for (TransactionalClient client : clients) {
            client.mustFinish(log, random.nextBoolean());
            client.arriveLate(log);
            endedCount += client.endedCount;
            lateCount += client.lateCount;
        }
        world.simulator.runToRest();
        check();
        if (log.offsets().lastStable() != log.offsets().logEnd()) {
            throw new AssertionError("a transaction hangs: " + log.offsets());
        }
    }

    private void act() throws IOException {
        TransactionalClient client = clients.get(random.nextInt(CLIENTS));
        int dice = random.nextInt(100);
        if (dice < 35) {
            client.send(log, List.of(value(), value()));
        } else if (dice < 55) {
            run(1 + random.nextInt(8));
        } else if (dice < 68) {
            client.end(log, random.nextBoolean(), random.nextBoolean());
        } else if (dice < 73) {
            client.retry(log);
        } else if (dice < 76) {
            client.arriveLate(log);
        } else if (dice < 80) {
            plain.add(log.append(world.batch(value()), AppendOptions.CLIENT));
        } else if (dice < 84) {
            var _ = log.roll();
        } else if (dice < 88) {
            world.simulator.advanceMs(random.nextInt(90_000));
        } else if (dice < 92) {
            world.simulator.runToRest();
        } else if (dice < 95) {
            disk.crashAtOperation(random.nextInt(60));
        } else {
            restart(random.nextInt(3));
        }
    }

    private String value() {
        return "v" + valuesCount++;
    }

    private void run(int steps) {
        for (int i = 0; i < steps && world.simulator.step(); i++) {
            clients.forEach(TransactionalClient::takeAnswers);
        }
    }

    // ---- Starting again

    /** @param how 0: the power fails, 1: the process is killed, 2: it ends as it should */
    private void restart(int how) throws IOException {
        boolean newCoordinator = random.nextBoolean();
        for (int attempts = 0; ; attempts++) {
            try {
                stop(how);
                clients.forEach(client -> client.disconnected(newCoordinator));
                if (random.nextInt(3) == 0) {
                    damage();
                }
                disk.crashAtOperation(attempts < 3 && random.nextInt(4) == 0 ? random.nextInt(60) : Long.MAX_VALUE / 2);
                world.startAgain();
                log = world.store.open(ID, "a", LogConfig.DEFAULT);
                world.simulator.runToRest();
                disk.crashAtOperation(Long.MAX_VALUE / 2);
                restartsCount++;
                check();
                return;
            } catch (SimulatedCrash crash) {
                how = random.nextInt(2);
            }
        }
    }

    private void stop(int how) throws IOException {
        if (how == 2) {
            world.store.close();
            clients.forEach(TransactionalClient::takeAnswers);
        }
        if (how == 0) {
            world.simulator.crash();
        } else {
            world.simulator.kill();
        }
    }

    /** A transaction index is deleted, cut, or changed: the log may lose one of them, and must not believe it. */
    private void damage() throws IOException {
        List<Path> indexes = new ArrayList<>();
        for (Path path : disk.list(LogWorld.DIRECTORY.resolve("topics/a-0"))) {
            if (path.toString().endsWith(".txnindex") && disk.readAll(path).length > 0) {
                indexes.add(path);
            }
        }
        if (indexes.isEmpty()) {
            return;
        }
        damagesCount++;
        Path path = indexes.get(random.nextInt(indexes.size()));
        int sizeBytes = disk.readAll(path).length;
        switch (random.nextInt(3)) {
            case 0 -> disk.delete(path);
            case 1 -> disk.flipBit(path, random.nextInt(sizeBytes), random.nextInt(8));
            default -> {
                try (StoreFile file = disk.open(path, FileStore.Mode.WRITE)) {
                    file.truncate(random.nextInt(sizeBytes));
                    file.sync();
                }
            }
        }
    }

    // ---- Checking

    /** Everything is at rest. */
    private void check() throws IOException {
        mendedCount += (int) world.store.recovery().findings().stream()
                .filter(finding -> finding.contains(".txnindex"))
                .count();
        if (log.offlineReason().isPresent()) {
            throw new AssertionError(
                    "offline after a start: " + log.offlineReason().get());
        }
        CommittedView view = new CommittedView(log);
        if (log.offsets().lastStable() != view.lastStable()) {
            throw new AssertionError("the last stable offset is "
                    + log.offsets().lastStable() + ", not " + view.lastStable() + ": " + log.offsets());
        }
        for (long offset = 0; offset < view.lastStable(); offset++) {
            view.check(offset, 1 + random.nextInt(2_000));
        }
        openCount += view.openCount();
        abortedCount = view.abortedCount();
        checkKnown(view);
    }

    private void checkKnown(CommittedView view) {
        List<String> committed = view.committed();
        Set<String> visible = new HashSet<>(committed);
        Set<String> there = new HashSet<>(view.all());
        if (visible.size() != committed.size() || there.size() != view.all().size()) {
            throw new AssertionError("a value is there twice");
        }
        for (TransactionalClient client : clients) {
            for (Transaction transaction : client.transactions) {
                check(transaction, visible, there, view.openCount() == 0);
            }
        }
        for (Append append : plain) {
            boolean acknowledged =
                    append.durable().isDone() && !append.durable().isCompletedExceptionally();
            if (acknowledged
                    && append.durable().join().baseOffset() >= log.offsets().logEnd()) {
                throw new AssertionError("an acknowledged record is lost");
            }
        }
    }

    /** @param allEnded whether nothing hides what comes behind it */
    private static void check(Transaction transaction, Set<String> visible, Set<String> there, boolean allEnded) {
        if (!there.containsAll(transaction.acknowledged)) {
            throw new AssertionError("acknowledged records are lost: " + transaction.acknowledged);
        }
        boolean some = transaction.acknowledged.stream().anyMatch(visible::contains)
                || transaction.unanswered.stream().anyMatch(visible::contains);
        boolean all = visible.containsAll(transaction.acknowledged);
        boolean commit = transaction.decision == Decision.COMMIT;
        if (some && (!commit || (allEnded && !all))) {
            throw new AssertionError("records of a transaction that is not committed whole are visible: "
                    + transaction.acknowledged + transaction.unanswered);
        }
        if (commit && transaction.ended && allEnded && !all) {
            throw new AssertionError("records of a committed transaction are missing: " + transaction.acknowledged);
        }
    }
}
