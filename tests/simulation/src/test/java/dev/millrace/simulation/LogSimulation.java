package dev.millrace.simulation;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.FileStore;
import dev.millrace.checker.Checker;
import dev.millrace.checker.History;
import dev.millrace.log.Durability;
import dev.millrace.log.LogConfig;
import dev.millrace.log.LogStoreConfig;
import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.records.BatchRules;
import dev.millrace.testkit.files.SimulatedCrash;
import dev.millrace.testkit.files.SimulatedFileStore;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One run: clients append, repeat, read and delete at random, topics are deleted and made anew, while the disk loses what it never
 * promised, tears, fills up and fails, and the machine stops wherever it likes. A start may find a topic's files unreadable, and more or
 * fewer shards than before. After most starts the whole log is held against what clients know; after some nobody looks, so that partitions
 * rest on until they are written to or the next start comes, and the machine may stop in the middle of the first look.
 */
final class LogSimulation {

    private static final int STEPS = 250;
    private static final int TOPICS = 3;

    /** A partition that exists now, as its clients see it. */
    private static final class Live {
        final PartitionId id;
        final String topic;
        final PartitionNotes notes;
        final LogConfig config;
        final List<SimulatedProducer> producers = new ArrayList<>();
        PartitionLog log;
        long position;
        final List<CompletableFuture<Long>> deletions = new ArrayList<>();

        Live(PartitionId id, String topic, PartitionNotes notes, LogConfig config, PartitionLog log) {
            this.id = id;
            this.topic = topic;
            this.notes = notes;
            this.config = config;
            this.log = log;
        }
    }

    private final Random random;
    private final LogWorld world;
    private final SimulatedFileStore disk;
    private final List<Live> topics = new ArrayList<>();
    private final History history = new History();
    private long idsCount;
    private long valuesCount;
    private boolean needsRestart;
    private boolean mayHarm = true;
    int restartsCount;
    /** Times that a topic could not be brought back by a start, because the disk failed it. */
    int offlineCount;

    int answersCount;
    /** Partitions that a start left alone. */
    int restedCount;

    LogSimulation(long seed, UnaryOperator<FileStore> files) throws IOException {
        this.random = new Random(seed * 31 + 7);
        LogStoreConfig config = new LogStoreConfig(
                LogWorld.DIRECTORY,
                Durability.FSYNC,
                1 + random.nextInt(2),
                (64 + random.nextInt(192)) << 10,
                1 << 20,
                64 << 10,
                random.nextInt(4) == 0 ? 100 : 60_000,
                300_000,
                1L << 50);
        this.world = new LogWorld(seed, config, files);
        this.disk = world.simulator.files();
        disk.setSyncsFileSystems(random.nextBoolean());
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
    }

    private void play() throws IOException {
        for (int i = 0; i < TOPICS; i++) {
            topics.add(newTopic(i));
        }
        for (int step = 0; step < STEPS; step++) {
            try {
                act();
                if (needsRestart) {
                    restart(random.nextInt(3));
                }
            } catch (SimulatedCrash crash) {
                restart(random.nextInt(2));
            }
        }
        disk.crashAtOperation(Long.MAX_VALUE / 2);
        disk.mend();
        disk.setLimitBytes(Long.MAX_VALUE);
        mayHarm = false;
        restart(random.nextInt(3));
        for (Live live : topics) {
            for (SimulatedProducer producer : live.producers) {
                producer.mustFinish(live.log);
                answersCount += producer.answersCount;
            }
        }
        world.simulator.runToRest();
        checkAll(false);
    }

    // ---- What happens

    private void act() throws IOException {
        Live live = topics.get(random.nextInt(TOPICS));
        int dice = random.nextInt(1000);
        if (dice < 330) {
            send(live);
        } else if (dice < 380) {
            live.producers.get(random.nextInt(live.producers.size())).retry(live.log);
        } else if (dice < 720) {
            run(1 + random.nextInt(8));
        } else if (dice < 820) {
            poll(live);
        } else if (dice < 850) {
            world.simulator.runToRest();
        } else if (dice < 880) {
            world.simulator.advanceMs(random.nextInt(90_000));
        } else if (dice < 895) {
            deleteRecords(live);
        } else if (dice < 910) {
            var _ = live.log.roll();
        } else if (dice < 920) {
            recreateTopic();
        } else if (dice < 955) {
            disk.crashAtOperation(random.nextInt(60));
        } else if (dice < 970) {
            restart(random.nextInt(3));
        } else {
            harm(dice);
        }
        takeAnswers();
    }

    private void harm(int dice) {
        if (dice < 976) {
            disk.failNext(Operation.SYNC, path -> path.toString().endsWith(".journal"));
            needsRestart = random.nextInt(3) == 0;
        } else if (dice < 980) {
            Operation[] operations = Operation.values();
            disk.failNext(operations[random.nextInt(operations.length)], path -> true);
            needsRestart = random.nextInt(3) == 0;
        } else if (dice < 990) {
            disk.setLimitBytes(disk.usedBytes() + random.nextInt(100 << 10));
        } else {
            disk.mend();
            disk.setLimitBytes(Long.MAX_VALUE);
        }
    }

    private void run(int steps) {
        for (int i = 0; i < steps && world.simulator.step(); i++) {
            takeAnswers();
        }
    }

    private void send(Live live) {
        List<String> values = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        int padding = random.nextInt(20) == 0 ? random.nextInt(30_000) : random.nextInt(300);
        for (int i = 0; i < count; i++) {
            values.add(live.topic + "#" + valuesCount++ + ".".repeat(padding));
        }
        live.producers.get(random.nextInt(live.producers.size())).send(live.log, values);
    }

    private void poll(Live live) {
        try {
            List<String> values = LogWorld.poll(live.log, live.position, 1 + random.nextInt(5_000));
            live.notes.polled(live.position, values);
            live.position += values.size();
        } catch (MillraceException e) {
            if (e.code() == ErrorCode.PARTITION_OFFLINE) {
                return;
            }
            long start = live.log.offsets().logStart();
            if (start <= live.position) {
                throw new AssertionError("a consumer of " + live.topic + " at " + live.position + " got: " + e, e);
            }
            live.position = start;
            live.notes.seeking();
        } catch (IOException e) {
            // The disk was told to fail a read.
            needsRestart = random.nextInt(3) == 0;
        }
    }

    private void deleteRecords(Live live) {
        if (live.log.offlineReason().isPresent()) {
            return;
        }
        long highWatermark = live.log.offsets().highWatermark();
        long before = random.nextInt(8) == 0 ? highWatermark : (long) (highWatermark * random.nextDouble());
        live.notes.deleting(before);
        live.deletions.add(live.log.deleteRecords(before));
    }

    private void recreateTopic() {
        int index = random.nextInt(TOPICS);
        // The fact that it is gone is durable in the metadata before the log hears of it.
        var _ = world.store.delete(topics.get(index).id);
        topics.get(index).producers.forEach(producer -> answersCount += producer.answersCount);
        topics.set(index, newTopic(index));
    }

    private Live newTopic(int index) {
        PartitionId id = LogWorld.id(++idsCount, 0);
        boolean retention = random.nextInt(4) == 0;
        LogConfig config = new LogConfig(
                BatchRules.DEFAULT,
                100_000 + random.nextInt(100_000),
                1L << 50,
                0,
                500,
                10 << 20,
                -1,
                retention ? 60_000 : -1,
                60_000);
        String topic = "topic" + index;
        PartitionNotes notes = new PartitionNotes(history, topic + "/" + idsCount);
        if (retention) {
            notes.deleting(Long.MAX_VALUE);
        }
        Live live = new Live(id, topic, notes, config, world.store.open(id, topic, config));
        live.producers.add(new SimulatedProducer(world, notes, -1, 0));
        live.producers.add(new SimulatedProducer(world, notes, 2 * idsCount, Integer.MAX_VALUE - random.nextInt(40)));
        live.producers.add(new SimulatedProducer(world, notes, 2 * idsCount + 1, 0));
        return live;
    }

    // ---- Starting again

    /** @param how 0: the power fails, 1: the process is killed, 2: it ends as it should */
    private void restart(int how) throws IOException {
        needsRestart = false;
        takeAnswers();
        boolean closing = how == 2;
        for (int attempts = 0; ; attempts++) {
            try {
                if (closing) {
                    closing = false;
                    world.store.close();
                    takeAnswers();
                    world.simulator.kill();
                } else if (how == 0) {
                    world.simulator.crash();
                } else {
                    world.simulator.kill();
                }
                disk.mend();
                disk.setLimitBytes(Long.MAX_VALUE);
                disk.crashAtOperation(attempts < 3 && random.nextInt(4) == 0 ? random.nextInt(40) : Long.MAX_VALUE / 2);
                for (Live live : topics) {
                    live.producers.forEach(SimulatedProducer::disconnected);
                    live.deletions.clear();
                }
                boolean harmed = attempts < 3 && mayHarm && random.nextInt(4) == 0;
                if (harmed) {
                    harmATopic();
                }
                if (!start(harmed)) {
                    how = random.nextInt(2);
                    continue;
                }
                boolean lookNow = !mayHarm || random.nextInt(3) > 0;
                if (!harmed || random.nextBoolean()) {
                    disk.mend();
                }
                reopen(harmed, lookNow);
                disk.mend();
                disk.crashAtOperation(Long.MAX_VALUE / 2);
                restartsCount++;
                return;
            } catch (SimulatedCrash crash) {
                how = random.nextInt(2);
            }
        }
    }

    /** Gives whether the store started: it may say that it cannot where it needs a disk that works. */
    private boolean start(boolean harmed) throws IOException {
        try {
            if (random.nextInt(4) == 0) {
                world.startAgain(1 + random.nextInt(3));
            } else {
                world.startAgain();
            }
            return true;
        } catch (IOException e) {
            if (!harmed) {
                throw e;
            }
            return false;
        }
    }

    /** Has the coming start fail whenever it does one kind of thing with the files of one topic. */
    private void harmATopic() {
        String directory = "topic" + random.nextInt(TOPICS) + "-0";
        Operation[] operations = Operation.values();
        Operation operation = operations[random.nextInt(operations.length)];
        boolean always = random.nextBoolean();
        Predicate<Path> files = path -> path.toString().contains(directory)
                && (operation == Operation.RENAME || !path.toString().endsWith(".metadata"));
        if (always) {
            disk.failAlways(operation, files);
        } else {
            disk.failNext(operation, files);
        }
    }

    private void reopen(boolean harmed, boolean lookNow) throws IOException {
        for (Live live : topics) {
            live.log = world.store.open(live.id, live.topic, live.config);
            restedCount += live.log.isResting() ? 1 : 0;
        }
        for (PartitionId gone : world.store.unopened()) {
            var _ = world.store.delete(gone);
        }
        world.simulator.runToRest();
        if (lookNow) {
            checkAll(harmed);
        }
        for (Live live : topics) {
            if (lookNow || random.nextBoolean()) {
                live.producers.forEach(producer -> producer.retry(live.log));
            }
        }
    }

    // ---- Checking

    private void takeAnswers() {
        for (Live live : topics) {
            live.producers.forEach(SimulatedProducer::takeAnswers);
            live.deletions.forEach(done -> {
                if (done.isDone() && !done.isCompletedExceptionally()) {
                    live.notes.deleted(done.join());
                }
            });
        }
    }

    /** @param harmed whether a topic may be offline: then it is looked at after a later start */
    private void checkAll(boolean harmed) throws IOException {
        takeAnswers();
        for (Live live : topics) {
            live.log.bringBack();
            if (live.log.offlineReason().isPresent()) {
                if (harmed) {
                    offlineCount++;
                    continue;
                }
                throw new AssertionError(live.topic + " is offline after a start: "
                        + live.log.offlineReason().get());
            }
            long start = live.log.offsets().logStart();
            live.notes.readWhole(start, LogWorld.values(live.log, start));
        }
    }
}
