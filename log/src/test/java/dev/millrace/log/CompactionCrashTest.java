package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.compaction.CleanerConfig;
import dev.millrace.log.compaction.CompactionConfig;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRules;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordReader;
import dev.millrace.testkit.files.SimulatedCrash;
import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The power fails at each operation of a compaction in turn: the last value of each key is there, and no offset has changed. */
final class CompactionCrashTest {

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

    private static final LogConfig CONFIG = new LogConfig(
            BatchRules.DEFAULT,
            4_000,
            1L << 50,
            0,
            500,
            10 << 20,
            -1,
            -1,
            60_000,
            new CompactionConfig(true, 1L << 50, 0, Long.MAX_VALUE, 0));

    private static final int STRIDE = 10;

    private final Map<Long, String> written = new TreeMap<>();
    private final Map<String, Long> last = new TreeMap<>();

    @SeededTest
    void shouldKeepTheLastValuesWhereverThePowerFails(long seed) throws IOException {
        int crashes = 0;
        // Each seed takes some of the operations, all seeds together all of them.
        for (int operation = 1 + Math.floorMod(seed, STRIDE); ; operation += STRIDE) {
            written.clear();
            last.clear();
            LogWorld world = new LogWorld(seed, STORE);
            PartitionLog log = open(world);
            for (int i = 0; i < 60; i++) {
                write(world, log, "key" + i % 7, 100 + i);
            }
            world.get(log.roll());
            world.simulator.files().crashAtOperation(operation);
            boolean crashed = false;
            try {
                world.simulator.advanceMs(5_000);
            } catch (SimulatedCrash expected) {
                crashed = true;
            }
            if (!crashed) {
                world.simulator.files().crashAtOperation(Long.MAX_VALUE / 2);
            }
            world.crash();
            log = open(world);
            check(log, -1);
            write(world, log, "key0", 50);
            world.get(log.roll());
            world.simulator.advanceMs(10_000);
            check(log, last.size());
            world.restart();
            check(open(world), last.size());
            if (!crashed) {
                assertThat(crashes).isPositive();
                return;
            }
            crashes++;
        }
    }

    private static PartitionLog open(LogWorld world) {
        return world.open(LogWorld.id(1, 0), "table", CONFIG);
    }

    private void write(LogWorld world, PartitionLog log, String key, int padding) {
        String value = "v" + written.size() + ".".repeat(padding);
        ByteBuffer batch = new RecordBatchBuilder()
                .add(world.simulator.clock().wallMs(), bytes(key), bytes(value))
                .build();
        long offset =
                world.get(log.append(batch, AppendOptions.CLIENT).durable()).baseOffset();
        written.put(offset, key + "=" + value);
        last.put(key, offset);
    }

    /** @param count how many records there are; -1: as many as there are keys, or more */
    private void check(PartitionLog log, int count) throws IOException {
        Map<Long, String> found = new TreeMap<>();
        long next = log.offsets().logStart();
        RecordReader reader = new RecordReader();
        while (next < log.offsets().highWatermark()) {
            Slice slice = log.read(new ReadRequest(next, 1_000, true, ReadRequest.Bound.DURABLE))
                    .slices()
                    .getFirst();
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(bytes);
            bytes.flip();
            for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
                assertThat(BatchHeader.lastOffset(bytes, position)).isGreaterThanOrEqualTo(next);
                next = BatchHeader.lastOffset(bytes, position) + 1;
                reader.open(bytes, position);
                while (reader.next()) {
                    found.put(
                            reader.offset(),
                            text(reader.key().orElseThrow()) + "="
                                    + text(reader.value().orElseThrow()));
                }
            }
        }
        assertThat(written).containsAllEntriesOf(found);
        assertThat(found.keySet()).containsAll(last.values());
        if (count >= 0) {
            assertThat(found).hasSize(count);
        }
        assertThat(log.offsets().highWatermark()).isEqualTo(written.size());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
