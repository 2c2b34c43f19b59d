package dev.millrace.simulation;

import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LogConfig;
import dev.millrace.log.LogStoreConfig;
import dev.millrace.log.LogWorld;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadResult;
import dev.millrace.log.Slice;
import dev.millrace.log.compaction.CleanerConfig;
import dev.millrace.log.compaction.CompactionConfig;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRules;
import dev.millrace.log.records.Codec;
import dev.millrace.log.records.Compression;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordReader;
import dev.millrace.testkit.files.SimulatedCrash;
import dev.millrace.testkit.files.SimulatedFileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One run: clients write and delete keys of compacted partitions while these are compacted, and the machine stops wherever it likes. After
 * each start, and at the end, what can be read is held against what was acknowledged: no last value is missing, none has come back, no offset
 * has changed, and who has read all along has the same table as who reads all of it now.
 */
final class CompactionSimulation {

    private static final List<Codec> CODECS = List.of(Codec.values());
    private static final int STEPS = 250;
    private static final int PARTITIONS = 2;
    private static final int KEYS = 12;
    /** Not reads: the files keep these names for whoever has them open, and readers have no other disk. */
    private static final List<SimulatedFileStore.Operation> MUTATIONS = Stream.of(SimulatedFileStore.Operation.values())
            .filter(operation -> operation != SimulatedFileStore.Operation.READ)
            .toList();

    private record Write(String key, Optional<String> value) {}

    private record Sent(Append append, List<Write> writes) {}

    /** A partition as its clients see it. */
    private static final class Live {
        final PartitionId id;
        final LogConfig config;
        PartitionLog log;
        final List<Sent> inFlight = new ArrayList<>();
        /** By offset: acknowledged, or read. */
        final Map<Long, Write> known = new TreeMap<>();
        /** The last offset of each key that was acknowledged, or read: what a crash left unanswered counts as soon as somebody has seen it. */
        final Map<String, Long> acknowledged = new HashMap<>();

        long startAsked;
        long position;
        final Map<String, String> table = new TreeMap<>();

        Live(PartitionId id, LogConfig config, PartitionLog log) {
            this.id = id;
            this.config = config;
            this.log = log;
        }
    }

    private final Random random;
    private final LogWorld world;
    private final SimulatedFileStore disk;
    private final List<Live> partitions = new ArrayList<>();
    private final long deleteRetentionMs;
    private long valuesCount;
    int restartsCount;
    long recordsMissing;

    CompactionSimulation(long seed) throws IOException {
        this.random = new Random(seed * 37 + 5);
        LogStoreConfig config = new LogStoreConfig(
                LogWorld.DIRECTORY,
                Durability.FSYNC,
                1 + random.nextInt(2),
                (64 + random.nextInt(192)) << 10,
                1 << 20,
                64 << 10,
                random.nextInt(3) == 0 ? 100 : 60_000,
                300_000,
                1L << 50,
                new CleanerConfig(
                        true,
                        1 + random.nextInt(2),
                        random.nextInt(3) == 0 ? 500 : 1 << 20,
                        random.nextInt(3) == 0 ? 100_000 : Double.MAX_VALUE,
                        1_000));
        this.world = new LogWorld(seed, config);
        this.disk = world.simulator.files();
        disk.setSyncsFileSystems(random.nextBoolean());
        // Who reads all along is never further behind.
        this.deleteRetentionMs = random.nextBoolean() ? 0 : 1L << 50;
    }

    void run() throws IOException {
        for (int i = 0; i < PARTITIONS; i++) {
            LogConfig config = new LogConfig(
                    BatchRules.DEFAULT,
                    2_000 + random.nextInt(20_000),
                    1L << 50,
                    0,
                    500,
                    10 << 20,
                    -1,
                    -1,
                    60_000,
                    new CompactionConfig(true, deleteRetentionMs, 0, Long.MAX_VALUE, random.nextInt(2) * 0.3));
            PartitionId id = LogWorld.id(i + 1, 0);
            partitions.add(new Live(id, config, world.store.open(id, "table" + i, config)));
        }
        for (int step = 0; step < STEPS; step++) {
            try {
                act(partitions.get(random.nextInt(PARTITIONS)));
            } catch (SimulatedCrash crash) {
                restart(random.nextInt(2));
            }
        }
        disk.crashAtOperation(Long.MAX_VALUE / 2);
        disk.mend();
        restart(random.nextInt(3));
        for (int i = 0; i < 20; i++) {
            world.simulator.advanceMs(5_000);
        }
        for (Live live : partitions) {
            check(live);
        }
    }

    private void act(Live live) throws IOException {
        int dice = random.nextInt(100);
        if (dice < 40) {
            send(live);
        } else if (dice < 60) {
            for (int i = 0; i < 10 && world.simulator.step(); i++) {
                takeAnswers();
            }
        } else if (dice < 68) {
            world.simulator.advanceMs(random.nextInt(3_000));
        } else if (dice < 76) {
            var _ = live.log.roll();
        } else if (dice < 84) {
            follow(live, 1 + random.nextInt(3));
        } else if (dice < 86) {
            long highWatermark = live.log.offsets().highWatermark();
            live.startAsked = Math.max(live.startAsked, random.nextInt((int) highWatermark / 3 + 1));
            var _ = live.log.deleteRecords(live.startAsked);
        } else if (dice < 94) {
            disk.crashAtOperation(1 + random.nextInt(80));
        } else if (dice < 97) {
            restart(random.nextInt(3));
        } else {
            disk.failNext(
                    MUTATIONS.get(random.nextInt(MUTATIONS.size())),
                    path -> path.toString().endsWith(".cleaned")
                            || path.toString().endsWith(".swap"));
        }
        takeAnswers();
    }

    private void send(Live live) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        if (random.nextInt(3) == 0) {
            builder.compression(Compression.of(CODECS.get(random.nextInt(CODECS.size()))));
        }
        List<Write> writes = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            String key = "key" + random.nextInt(KEYS);
            Optional<String> value = random.nextInt(5) == 0
                    ? Optional.empty()
                    : Optional.of("v" + valuesCount++ + ".".repeat(random.nextInt(200)));
            writes.add(new Write(key, value));
            builder.add(
                    world.simulator.clock().wallMs(),
                    Optional.of(bytes(key)),
                    value.map(CompactionSimulation::bytes),
                    List.of());
        }
        live.inFlight.add(new Sent(live.log.append(builder.build(), AppendOptions.CLIENT), writes));
    }

    private void takeAnswers() {
        for (Live live : partitions) {
            for (Sent sent : List.copyOf(live.inFlight)) {
                if (sent.append.durable().isDone()) {
                    live.inFlight.remove(sent);
                    if (!sent.append.durable().isCompletedExceptionally()) {
                        acknowledged(live, sent.append.durable().join(), sent.writes);
                    }
                }
            }
        }
    }

    private static void acknowledged(Live live, AppendResult result, List<Write> writes) {
        for (int i = 0; i < writes.size(); i++) {
            long offset = result.baseOffset() + i;
            learn(live, offset, writes.get(i));
            live.acknowledged.merge(writes.get(i).key, offset, Math::max);
        }
    }

    private static void learn(Live live, long offset, Write write) {
        Write before = live.known.putIfAbsent(offset, write);
        if (before != null && !before.equals(write)) {
            throw new AssertionError("inconsistent-offsets: " + offset + " was " + before + ", now is " + write);
        }
    }

    // ---- Starting again

    /** @param how 0: the power fails, 1: the process is killed, 2: it ends as it should */
    private void restart(int how) throws IOException {
        takeAnswers();
        int next = how;
        for (int attempts = 0; ; attempts++) {
            try {
                if (next == 2) {
                    next = 1;
                    world.store.close();
                    takeAnswers();
                    world.simulator.kill();
                } else if (next == 0) {
                    world.simulator.crash();
                } else {
                    world.simulator.kill();
                }
                disk.mend();
                disk.crashAtOperation(attempts < 3 && random.nextInt(4) == 0 ? random.nextInt(40) : Long.MAX_VALUE / 2);
                partitions.forEach(live -> live.inFlight.clear());
                world.startAgain();
                for (Live live : partitions) {
                    live.log = world.store.open(live.id, live.log.topic(), live.config);
                }
                world.simulator.runToRest();
                disk.crashAtOperation(Long.MAX_VALUE / 2);
                for (Live live : partitions) {
                    check(live);
                }
                restartsCount++;
                return;
            } catch (SimulatedCrash crash) {
                next = random.nextInt(2);
            }
        }
    }

    // ---- Reading

    /** Lets the one that reads all along read a little. */
    private void follow(Live live, int reads) throws IOException {
        live.position = Math.max(live.position, live.log.offsets().logStart());
        for (int i = 0; i < reads && live.position < live.log.offsets().highWatermark(); i++) {
            live.position = read(live, live.position, (offset, write) -> apply(live.table, write));
        }
    }

    private static void apply(Map<String, String> table, Write write) {
        if (write.value.isPresent()) {
            table.put(write.key, write.value.get());
        } else {
            table.remove(write.key);
        }
    }

    private interface Visitor {
        void visit(long offset, Write write);
    }

    /** One read; gives the offset behind it. */
    private long read(Live live, long from, Visitor visitor) throws IOException {
        ReadResult result = live.log.read(new ReadRequest(from, 1_500, true, ReadRequest.Bound.DURABLE));
        if (result.slices().isEmpty()) {
            throw new AssertionError("poll-skip: nothing at " + from + " of " + live.log.topic() + ", which ends at "
                    + live.log.offsets().highWatermark());
        }
        long next = from;
        RecordReader reader = new RecordReader();
        for (Slice slice : result.slices()) {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(bytes);
            bytes.flip();
            for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
                if (BatchHeader.lastOffset(bytes, position) < next) {
                    throw new AssertionError("nonmonotonic-poll: " + next + " gave "
                            + BatchHeader.lastOffset(bytes, position) + " of " + live.log.topic());
                }
                next = BatchHeader.lastOffset(bytes, position) + 1;
                reader.open(bytes, position);
                while (reader.next()) {
                    if (reader.offset() >= from) {
                        Write write = new Write(
                                text(reader.key().orElseThrow()), reader.value().map(CompactionSimulation::text));
                        learn(live, reader.offset(), write);
                        visitor.visit(reader.offset(), write);
                    }
                }
            }
        }
        return next;
    }

    private void check(Live live) throws IOException {
        takeAnswers();
        if (live.log.offlineReason().isPresent()) {
            throw new AssertionError(live.log.topic() + " is offline: "
                    + live.log.offlineReason().get());
        }
        long start = live.log.offsets().logStart();
        if (start > live.startAsked) {
            throw new AssertionError("lost-write: the log starts at " + start);
        }
        Map<String, Long> last = new HashMap<>();
        Map<String, String> table = new TreeMap<>();
        long[] count = {0};
        long next = start;
        while (next < live.log.offsets().highWatermark()) {
            next = read(live, next, (offset, write) -> {
                last.put(write.key, offset);
                apply(table, write);
                count[0]++;
            });
        }
        recordsMissing += live.log.offsets().highWatermark() - start - count[0];
        live.acknowledged.forEach((key, offset) -> {
            long found = last.getOrDefault(key, -1L);
            Write written = Objects.requireNonNull(live.known.get(offset));
            boolean deletedKey = written.value.isEmpty() && found < 0 && deleteRetentionMs == 0;
            if (offset >= start && found < offset && !deletedKey) {
                throw new AssertionError("lost-write: " + key + " was last acknowledged at " + offset + " of "
                        + live.log.topic() + " as " + written + "; found at " + found);
            }
        });
        last.forEach((key, offset) -> live.acknowledged.merge(key, offset, Math::max));
        if (deleteRetentionMs > 0 && start == 0) {
            follow(live, Integer.MAX_VALUE);
            if (!live.table.equals(table)) {
                throw new AssertionError("who has read all along has " + live.table + ", who reads now " + table);
            }
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
