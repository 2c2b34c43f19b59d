package dev.millrace.log;

import dev.millrace.base.Check;
import dev.millrace.base.TopicId;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.metrics.Metrics;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordReader;
import dev.millrace.testkit.simulation.Simulator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A log store on a simulated disk, all on the test's thread. Not thread-safe. */
public final class LogWorld {

    public static final Path DIRECTORY = Path.of("/data");

    /** Small in every respect, so that short tests roll, flush and fill. */
    public static final LogStoreConfig SMALL = new LogStoreConfig(
            DIRECTORY, Durability.FSYNC, 1, 256 << 10, 1 << 20, 64 << 10, 60_000, 300_000, 86_400_000);

    public final Simulator simulator;
    private LogStoreConfig config;
    private final FileStore files;
    public LogStore store;
    /** Those of the process that runs. */
    public Metrics metrics = new Metrics();

    public LogWorld(long seed) throws IOException {
        this(seed, SMALL);
    }

    public LogWorld(long seed, LogStoreConfig config) throws IOException {
        this(seed, config, UnaryOperator.identity());
    }

    /** @param files what the log sees of the simulated disk */
    public LogWorld(long seed, LogStoreConfig config, UnaryOperator<FileStore> files) throws IOException {
        this.simulator = new Simulator(seed);
        this.config = config;
        this.files = files.apply(simulator.files());
        this.store = LogStore.open(config, environment());
    }

    public LogEnvironment environment() {
        metrics = new Metrics();
        return new LogEnvironment(
                files, simulator.clock(), simulator.scheduler(), simulator.background(), simulator, metrics);
    }

    /** The power fails, and the machine starts again. */
    public void crash() throws IOException {
        simulator.crash();
        startAgain();
    }

    /** The process is killed, and starts again. */
    public void kill() throws IOException {
        simulator.kill();
        startAgain();
    }

    /** The process ends as it should, and starts again. */
    public void restart() throws IOException {
        store.close();
        startAgain();
    }

    /** Opens the store anew, on the disk as it is. */
    public void startAgain() throws IOException {
        store = LogStore.open(config, environment());
    }

    /** Opens the store anew, with as many shards from now on. */
    public void startAgain(int shardsCount) throws IOException {
        config = new LogStoreConfig(
                config.directory(),
                config.durability(),
                shardsCount,
                config.journalSizeBytes(),
                config.queueSizeBytes(),
                config.diskReserveBytes(),
                config.flushIntervalMs(),
                config.retentionCheckIntervalMs(),
                config.producerIdExpirationMs());
        startAgain();
    }

    public PartitionLog open(PartitionId id, String topic) {
        return open(id, topic, LogConfig.DEFAULT);
    }

    public PartitionLog open(PartitionId id, String topic, LogConfig logConfig) {
        PartitionLog log = store.open(id, topic, logConfig);
        simulator.runToRest();
        return log;
    }

    /** What became of a future, after everything that could happen did. */
    public <T> T get(CompletableFuture<T> future) {
        simulator.runUntil("a future is done", future::isDone);
        return future.join();
    }

    public AppendResult append(PartitionLog log, String... values) {
        return get(log.append(batch(values), AppendOptions.CLIENT).durable());
    }

    /** A batch without a producer, its records stamped with the simulated time. */
    public ByteBuffer batch(String... values) {
        return build(new RecordBatchBuilder(), values);
    }

    /** A batch of an idempotent producer. */
    public ByteBuffer batch(long producerId, int epoch, int baseSequence, String... values) {
        return build(new RecordBatchBuilder().producer(producerId, (short) epoch, baseSequence), values);
    }

    /** A batch of a transaction. */
    public ByteBuffer transactional(long producerId, int epoch, int baseSequence, String... values) {
        return build(
                new RecordBatchBuilder()
                        .producer(producerId, (short) epoch, baseSequence)
                        .transactional(true),
                values);
    }

    /** Appends the first batch of a transaction here, as a client does whose coordinator knows of it. */
    public AppendResult begin(PartitionLog log, long producerId, int epoch, int baseSequence, String... values) {
        AppendOptions options = log.guardTransaction(producerId, (short) epoch)
                .map(AppendOptions::inTransaction)
                .orElse(AppendOptions.inTransaction());
        return get(log.append(transactional(producerId, epoch, baseSequence, values), options)
                .durable());
    }

    /** Ends the transaction of a producer, durably. */
    public AppendResult end(PartitionLog log, long producerId, int epoch, boolean commit) {
        return get(log.endTransaction(producerId, (short) epoch, 0, commit).durable());
    }

    private ByteBuffer build(RecordBatchBuilder builder, String... values) {
        for (String value : values) {
            builder.add(simulator.clock().wallMs(), ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }

    /** All values that a consumer can read from {@code offset} on. */
    public static List<String> values(PartitionLog log, long offset) throws IOException {
        List<String> all = new ArrayList<>();
        List<String> more = poll(log, offset, 64 << 10);
        while (!more.isEmpty()) {
            all.addAll(more);
            more = poll(log, offset + all.size(), 64 << 10);
        }
        return all;
    }

    /** The values that one read of {@code log} at {@code offset} gives: about {@code maxSizeBytes} of them, the first at {@code offset}. */
    public static List<String> poll(PartitionLog log, long offset, int maxSizeBytes) throws IOException {
        List<String> values = new ArrayList<>();
        ReadResult result = log.read(new ReadRequest(offset, maxSizeBytes, true, ReadRequest.Bound.DURABLE));
        RecordReader reader = new RecordReader();
        for (Slice slice : result.slices()) {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(bytes);
            bytes.flip();
            for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
                reader.open(bytes, position);
                while (reader.next()) {
                    if (reader.offset() >= offset) {
                        Check.equal(reader.offset(), offset + values.size(), "offset of the next record");
                        values.add(StandardCharsets.UTF_8
                                .decode(reader.value().orElseThrow())
                                .toString());
                    }
                }
            }
        }
        return values;
    }

    public static PartitionId id(long topic, int partition) {
        return new PartitionId(new TopicId(topic, topic), partition);
    }
}
