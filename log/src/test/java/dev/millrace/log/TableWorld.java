package dev.millrace.log;

import dev.millrace.log.check.CheckProgress;
import dev.millrace.log.check.DirectoryCheck;
import dev.millrace.log.check.Finding;
import dev.millrace.log.compaction.CleanerConfig;
import dev.millrace.log.compaction.CompactionConfig;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRules;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/** A {@link LogWorld} with one compacted partition: {@link #rest} lets it be compacted. Not thread-safe. */
final class TableWorld {

    static final PartitionId ID = LogWorld.id(1, 0);
    static final Path DIRECTORY = LogWorld.DIRECTORY.resolve("topics/table-0");

    private static final LogStoreConfig STORE = new LogStoreConfig(
            LogWorld.DIRECTORY,
            Durability.FSYNC,
            1,
            256 << 10,
            1 << 20,
            64 << 10,
            60_000,
            300_000,
            1L << 50,
            new CleanerConfig(true, 1, 1 << 20, Double.MAX_VALUE, 1_000));

    final LogWorld world;
    private final LogConfig config;
    PartitionLog log;

    TableWorld(long seed) throws IOException {
        this(seed, -1, 1L << 50);
    }

    /** @param retentionMs -1: nothing is deleted for its age */
    TableWorld(long seed, long retentionMs, long deleteRetentionMs) throws IOException {
        config = new LogConfig(
                new BatchRules(1 << 20, Optional.empty(), false, Long.MAX_VALUE, 3_600_000, true),
                1 << 20,
                1L << 50,
                0,
                500,
                10 << 20,
                retentionMs,
                -1,
                60_000,
                new CompactionConfig(true, deleteRetentionMs, 0, Long.MAX_VALUE, 0));
        world = new LogWorld(seed, STORE);
        log = world.open(ID, "table", config);
    }

    void open() {
        log = world.open(ID, "table", config);
    }

    /** Keys and values, by turns. */
    void put(String... keysAndValues) {
        append(new RecordBatchBuilder(), AppendOptions.CLIENT, keysAndValues);
    }

    /** As {@link #put}, in the transaction of a producer, each batch one sequence further. */
    void put(long producerId, int sequence, String... keysAndValues) {
        AppendOptions options = log.guardTransaction(producerId, (short) 0)
                .map(AppendOptions::inTransaction)
                .orElse(AppendOptions.inTransaction());
        append(
                new RecordBatchBuilder()
                        .producer(producerId, (short) 0, sequence)
                        .transactional(true),
                options,
                keysAndValues);
    }

    private void append(RecordBatchBuilder builder, AppendOptions options, String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            builder.add(world.simulator.clock().wallMs(), bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
        }
        world.get(log.append(builder.build(), options).durable());
    }

    void end(long producerId, boolean commit) {
        world.end(log, producerId, 0, commit);
    }

    void roll() {
        world.get(log.roll());
    }

    /** Lets whatever is due be done. */
    void rest() {
        for (int i = 0; i < 10; i++) {
            world.simulator.advanceMs(1_000);
            world.simulator.runToRest();
        }
    }

    List<Finding> findings() throws IOException {
        return new DirectoryCheck(world.simulator.files())
                .run(LogWorld.DIRECTORY, CheckProgress.NONE)
                .findings();
    }

    /** What a reader of committed data is given, as {@code offset:key=value}; it leaves out what a client leaves out. */
    List<String> committed() throws IOException {
        List<String> found = new ArrayList<>();
        PriorityQueue<ReadResult.AbortedTransaction> upcoming =
                new PriorityQueue<>(Comparator.comparingLong(ReadResult.AbortedTransaction::firstOffset));
        long next = log.offsets().logStart();
        while (next < log.offsets().lastStable()) {
            ReadResult read = log.read(new ReadRequest(next, 1_000, true, ReadRequest.Bound.COMMITTED));
            if (read.slices().isEmpty()) {
                break;
            }
            upcoming.clear();
            upcoming.addAll(read.abortedTransactions());
            next = take(bytesOf(read.slices().getFirst()), next, upcoming, found);
        }
        return found;
    }

    private static long take(
            ByteBuffer batches, long from, PriorityQueue<ReadResult.AbortedTransaction> upcoming, List<String> found) {
        long next = from;
        Set<Long> aborting = new HashSet<>();
        RecordReader reader = new RecordReader();
        for (int at = 0; at < batches.limit(); at += BatchHeader.sizeBytes(batches, at)) {
            next = BatchHeader.lastOffset(batches, at) + 1;
            while (!upcoming.isEmpty() && upcoming.peek().firstOffset() < next) {
                aborting.add(upcoming.remove().producerId());
            }
            long producerId = BatchHeader.producerId(batches, at);
            if (BatchHeader.isControl(batches, at)) {
                ControlRecord.end(batches, at)
                        .filter(end -> !end.committed())
                        .ifPresent(end -> aborting.remove(producerId));
                continue;
            }
            if (BatchHeader.isTransactional(batches, at) && aborting.contains(producerId)) {
                continue;
            }
            reader.open(batches, at);
            while (reader.next()) {
                if (reader.offset() >= from) {
                    found.add(reader.offset() + ":" + text(reader.key()) + "=" + text(reader.value()));
                }
            }
        }
        return next;
    }

    private static ByteBuffer bytesOf(Slice slice) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
        slice.copyTo(bytes);
        return bytes.flip();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Optional<ByteBuffer> bytes) {
        return bytes.map(b -> StandardCharsets.UTF_8.decode(b.duplicate()).toString())
                .orElse("null");
    }
}
