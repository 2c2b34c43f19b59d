package dev.millrace.log;

import dev.millrace.base.TopicId;
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

/** A log store on a simulated disk, all on the test's thread. Not thread-safe. */
public final class LogWorld {

    public static final Path DIRECTORY = Path.of("/data");

    /** Small in every respect, so that short tests roll, flush and fill. */
    public static final LogStoreConfig SMALL = new LogStoreConfig(
            DIRECTORY, Durability.FSYNC, 1, 256 << 10, 1 << 20, 64 << 10, 60_000, 300_000, 86_400_000);

    public final Simulator simulator;
    public LogStoreConfig config = SMALL;
    public LogStore store;

    public LogWorld(long seed) throws IOException {
        this(seed, SMALL);
    }

    public LogWorld(long seed, LogStoreConfig config) throws IOException {
        this.simulator = new Simulator(seed);
        this.config = config;
        this.store = LogStore.open(config, environment());
    }

    public LogEnvironment environment() {
        return new LogEnvironment(
                simulator.files(),
                simulator.clock(),
                simulator.scheduler(),
                simulator.background(),
                simulator,
                new Metrics());
    }

    /** The power fails, and the machine starts again. */
    public void crash() throws IOException {
        simulator.crash();
        store = LogStore.open(config, environment());
    }

    /** The process is killed, and starts again. */
    public void kill() throws IOException {
        simulator.kill();
        store = LogStore.open(config, environment());
    }

    /** The process ends as it should, and starts again. */
    public void restart() throws IOException {
        store.close();
        store = LogStore.open(config, environment());
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

    private ByteBuffer build(RecordBatchBuilder builder, String... values) {
        for (String value : values) {
            builder.add(simulator.clock().wallMs(), ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }

    /** All values that a consumer can read from {@code offset} on. */
    public static List<String> values(PartitionLog log, long offset) throws IOException {
        List<String> values = new ArrayList<>();
        long next = offset;
        while (true) {
            ReadResult result = log.read(new ReadRequest(next, 64 << 10, true, ReadRequest.Bound.DURABLE));
            if (result.slices().isEmpty()) {
                return values;
            }
            for (Slice slice : result.slices()) {
                next = read(slice, next, values);
            }
        }
    }

    private static long read(Slice slice, long from, List<String> values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
        slice.copyTo(bytes);
        bytes.flip();
        RecordReader reader = new RecordReader();
        long next = from;
        for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
            reader.open(bytes, position);
            while (reader.next()) {
                if (reader.offset() >= from) {
                    values.add(StandardCharsets.UTF_8
                            .decode(reader.value().orElseThrow())
                            .toString());
                }
            }
            next = BatchHeader.lastOffset(bytes, position) + 1;
        }
        return next;
    }

    public static PartitionId id(long topic, int partition) {
        return new PartitionId(new TopicId(topic, topic), partition);
    }
}
