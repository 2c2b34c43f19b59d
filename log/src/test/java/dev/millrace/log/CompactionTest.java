package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.compaction.CleanerConfig;
import dev.millrace.log.compaction.CompactionConfig;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRules;
import dev.millrace.log.records.Codec;
import dev.millrace.log.records.Compression;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Compaction of whole partitions, in a store. */
final class CompactionTest {

    private static final long DAY_MS = 86_400_000;

    private static final LogStoreConfig STORE = new LogStoreConfig(
            LogWorld.DIRECTORY,
            Durability.FSYNC,
            1,
            256 << 10,
            1 << 20,
            64 << 10,
            60_000,
            300_000,
            30 * DAY_MS,
            new CleanerConfig(true, 1, 1 << 20, Double.MAX_VALUE, 1_000));

    private static final LogConfig CONFIG = config(1 << 20, new CompactionConfig(true, DAY_MS, 0, Long.MAX_VALUE, 0.1));

    private final LogWorld world = new LogWorld(1, STORE);
    private PartitionLog log = world.open(LogWorld.id(1, 0), "table", CONFIG);

    CompactionTest() throws IOException {}

    @Test
    void shouldKeepTheLastRecordOfEachKeyWithItsOffset() throws IOException {
        put("a", "1", "b", "1", "c", "1");
        put("a", "2", "b", "2");
        put("a", "3");

        compact();

        assertThat(records()).containsExactly("2:c=1", "4:b=2", "5:a=3");
        assertThat(log.offsets().logStart()).isZero();
        put("d", "1");
        assertThat(records()).containsExactly("2:c=1", "4:b=2", "5:a=3", "6:d=1");
    }

    @Test
    void shouldLeaveTheActiveSegmentAlone() throws IOException {
        put("a", "1");
        compact();
        put("a", "2");
        put("a", "3");
        rest();

        assertThat(records()).containsExactly("0:a=1", "1:a=2", "2:a=3");
    }

    @Test
    void shouldCompactWhatCameSinceAgainstWhatWasCompactedBefore() throws IOException {
        put("a", "1", "b", "1");
        compact();
        put("b", "2");
        put("c", "1");
        compact();

        assertThat(records()).containsExactly("0:a=1", "2:b=2", "3:c=1");
        put("a", "2", "c", "2");
        compact();
        assertThat(records()).containsExactly("2:b=2", "4:a=2", "5:c=2");
    }

    @Test
    void shouldMakeOneSegmentOfMany() throws IOException {
        for (int i = 0; i < 10; i++) {
            put("a", "" + i, "key" + i, "x");
            roll();
        }
        assertThat(log.chain().segmentsCount()).isEqualTo(11);

        rest();

        assertThat(log.chain().segmentsCount()).isEqualTo(2);
        assertThat(records()).hasSize(11);
        assertThat(log.chain().get(0).offsetNext()).isEqualTo(log.chain().get(1).baseOffset());
    }

    @Test
    void shouldKeepCompressedBatchesCompressed() throws IOException {
        log = world.open(LogWorld.id(2, 0), "compressed", CONFIG);
        for (Codec codec : Codec.values()) {
            append(builder().compression(Compression.of(codec)), "a", codec.name(), codec.name(), "kept");
        }

        compact();

        assertThat(records())
                .containsExactly(
                        "1:NONE=kept", "3:GZIP=kept", "5:SNAPPY=kept", "7:LZ4=kept", "8:a=ZSTD", "9:ZSTD=kept");
        List<Integer> codecs = new ArrayList<>();
        forEachBatch((bytes, position) -> codecs.add(BatchHeader.codecId(bytes, position)));
        assertThat(codecs).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldKeepTombstonesForTheirTimeAndThenLetThemGo() throws IOException {
        put("a", "1", "b", "1");
        put("a", null);
        compact();
        assertThat(records()).containsExactly("1:b=1", "2:a=null");

        world.simulator.advanceMs(DAY_MS / 2);
        put("c", "1");
        compact();
        assertThat(records()).containsExactly("1:b=1", "2:a=null", "3:c=1");

        world.simulator.advanceMs(DAY_MS);
        put("d", "1");
        compact();
        assertThat(records()).containsExactly("1:b=1", "3:c=1", "4:d=1");
    }

    @Test
    void shouldKeepTheTimesOfRecordsWhoseBatchGetsAHorizon() throws IOException {
        long nowMs = world.simulator.clock().wallMs();
        put("a", "1", "b", null, "c", "1");
        put("a", "2");
        compact();

        List<Long> times = new ArrayList<>();
        forEachRecord(reader -> times.add(reader.timestampMs()));
        assertThat(times).containsExactly(nowMs, nowMs, nowMs);
        assertThat(records()).containsExactly("1:b=null", "2:c=1", "3:a=2");
    }

    @Test
    void shouldKnowProducersAfterTheirRecordsAreGone() throws IOException {
        append(builder().producer(7, (short) 0, 0), "a", "1", "b", "1");
        append(builder().producer(7, (short) 0, 2), "a", "2");
        append(builder(), "a", "3", "b", "2");
        compact();
        assertThat(records()).containsExactly("3:a=3", "4:b=2");

        world.crash();
        log = world.open(LogWorld.id(1, 0), "table", CONFIG);

        append(builder().producer(7, (short) 0, 3), "c", "1");
        assertThat(records()).containsExactly("3:a=3", "4:b=2", "5:c=1");
    }

    @Test
    void shouldLeaveYoungRecordsAlone() throws IOException {
        log = world.open(
                LogWorld.id(3, 0),
                "young",
                config(1 << 20, new CompactionConfig(true, DAY_MS, DAY_MS, Long.MAX_VALUE, 0)));
        put("a", "1");
        roll();
        put("a", "2");
        roll();
        rest();
        assertThat(records()).hasSize(2);

        world.simulator.advanceMs(DAY_MS + 10_000);
        rest();

        assertThat(records()).containsExactly("1:a=2");
    }

    @Test
    void shouldCompactOldRecordsWhateverTheRatio() throws IOException {
        log = world.open(LogWorld.id(4, 0), "lag", config(1 << 20, new CompactionConfig(true, DAY_MS, 0, DAY_MS, 1)));
        put("a", "1");
        put("a", "2");
        roll();
        rest();
        assertThat(records()).hasSize(2);

        world.simulator.advanceMs(DAY_MS + 10_000);
        rest();

        assertThat(records()).containsExactly("1:a=2");
    }

    @Test
    void shouldCompactInPartsWhenKeysAreMoreThanItsMemoryHolds() throws IOException {
        Map<String, Long> expected = new TreeMap<>();
        RecordBatchBuilder builder = builder();
        for (int i = 0; i < 60_000; i++) {
            String key = "key" + i % 40_000;
            builder.add(i, bytes(key), bytes("v" + i));
            expected.put(key, (long) i);
            if (builder.sizeBytes() > 50_000) {
                world.get(log.append(builder.build(), AppendOptions.INTERNAL).durable());
            }
        }
        world.get(log.append(builder.build(), AppendOptions.INTERNAL).durable());

        compact();
        world.simulator.advanceMs(60_000);
        rest();

        Map<String, Long> found = new TreeMap<>();
        int[] count = {0};
        forEachRecord(reader -> {
            found.put(text(reader.key()), reader.offset());
            count[0]++;
        });
        assertThat(found).isEqualTo(expected);
        assertThat(count[0]).isLessThan(60_000);
    }

    @Test
    void shouldGiveAReaderInTheMiddleWhatItHasBegunToRead() throws IOException {
        put("a", "1", "b", "1");
        put("a", "2");
        SegmentChain before = log.chain();
        Slice slice = log.read(new ReadRequest(0, 1 << 20, true, ReadRequest.Bound.DURABLE))
                .slices()
                .getFirst();
        ByteBuffer bytes = bytesOf(slice);

        compact();

        assertThat(bytesOf(slice)).isEqualTo(bytes);
        Slice again = before.get(0).read(0, Long.MAX_VALUE, 1 << 20, true).orElseThrow();
        assertThat(bytesOf(again).slice(0, bytes.limit())).isEqualTo(bytes);
        assertThat(records()).containsExactly("1:b=1", "2:a=2");
    }

    @Test
    void shouldReadFromTheHolesThatItLeft() throws IOException {
        put("a", "1");
        roll();
        put("a", "2", "b", "1");
        roll();
        put("a", "3", "b", "2");
        compact();

        for (long offset = 0; offset <= 3; offset++) {
            assertThat(recordsFrom(offset)).containsExactly("3:a=3", "4:b=2");
        }
    }

    @Test
    void shouldBeCompactedAfterARestartToo() throws IOException {
        put("a", "1", "b", "1");
        put("a", "2");
        compact();

        world.restart();
        log = world.open(LogWorld.id(1, 0), "table", CONFIG);
        assertThat(records()).containsExactly("1:b=1", "2:a=2");
        world.crash();
        log = world.open(LogWorld.id(1, 0), "table", CONFIG);
        assertThat(records()).containsExactly("1:b=1", "2:a=2");
        put("b", "2");
        compact();
        assertThat(records()).containsExactly("2:a=2", "3:b=2");
    }

    @Test
    void shouldSurviveTheLossOfTheCheckpoint() throws IOException {
        put("a", "1", "b", "1");
        put("a", "2");
        compact();
        put("c", "1");
        world.store.close();
        world.simulator.files().delete(LogWorld.DIRECTORY.resolve("journal-0").resolve("checkpoint"));

        world.startAgain();
        log = world.open(LogWorld.id(1, 0), "table", CONFIG);

        assertThat(records()).containsExactly("1:b=1", "2:a=2", "3:c=1");
    }

    @Test
    void shouldDeleteAPartitionThatIsBeingCompacted() throws IOException {
        put("a", "1");
        roll();
        put("a", "2");
        world.simulator.advanceMs(1_000);
        for (int i = 0; i < 7; i++) {
            world.simulator.step();
        }

        world.get(world.store.delete(LogWorld.id(1, 0)));

        log = world.open(LogWorld.id(9, 0), "table", CONFIG);
        put("b", "1");
        compact();
        assertThat(records()).containsExactly("0:b=1");
    }

    // ---- Help

    private static LogConfig config(int segmentSizeBytes, CompactionConfig compaction) {
        return new LogConfig(
                BatchRules.DEFAULT, segmentSizeBytes, 1L << 50, 0, 500, 10 << 20, -1, -1, 60_000, compaction);
    }

    private RecordBatchBuilder builder() {
        return new RecordBatchBuilder();
    }

    private void put(@org.jspecify.annotations.Nullable String... keysAndValues) {
        append(builder(), keysAndValues);
    }

    private void append(RecordBatchBuilder builder, @org.jspecify.annotations.Nullable String... keysAndValues) {
        long nowMs = world.simulator.clock().wallMs();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            String value = keysAndValues[i + 1];
            builder.add(
                    nowMs,
                    Optional.of(bytes(String.valueOf(keysAndValues[i]))),
                    Optional.ofNullable(value).map(CompactionTest::bytes),
                    List.of());
        }
        world.get(log.append(builder.build(), AppendOptions.CLIENT).durable());
    }

    private void roll() {
        world.get(log.roll());
    }

    private void compact() {
        roll();
        rest();
    }

    /** Lets whatever is due be done. */
    private void rest() {
        for (int i = 0; i < 10; i++) {
            world.simulator.advanceMs(1_000);
            world.simulator.runToRest();
        }
    }

    private List<String> records() throws IOException {
        return recordsFrom(log.offsets().logStart());
    }

    private List<String> recordsFrom(long offset) throws IOException {
        List<String> records = new ArrayList<>();
        forEachBatch(offset, (bytes, position) -> {
            RecordReader reader = new RecordReader();
            reader.open(bytes, position);
            while (reader.next()) {
                if (reader.offset() >= offset) {
                    records.add(reader.offset() + ":" + text(reader.key()) + "=" + text(reader.value()));
                }
            }
        });
        return records;
    }

    private interface RecordVisitor {
        void visit(RecordReader reader);
    }

    private interface BatchVisitor {
        void visit(ByteBuffer bytes, int position);
    }

    private void forEachRecord(RecordVisitor visitor) throws IOException {
        forEachBatch((bytes, position) -> {
            RecordReader reader = new RecordReader();
            reader.open(bytes, position);
            while (reader.next()) {
                visitor.visit(reader);
            }
        });
    }

    private void forEachBatch(BatchVisitor visitor) throws IOException {
        forEachBatch(0, visitor);
    }

    private void forEachBatch(long from, BatchVisitor visitor) throws IOException {
        long next = from;
        while (next < log.offsets().highWatermark()) {
            ReadResult read = log.read(new ReadRequest(next, 100_000, true, ReadRequest.Bound.DURABLE));
            assertThat(read.slices()).isNotEmpty();
            ByteBuffer bytes = bytesOf(read.slices().getFirst());
            for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
                assertThat(BatchHeader.computeCrc(bytes, position, BatchHeader.sizeBytes(bytes, position)))
                        .isEqualTo(BatchHeader.crc(bytes, position));
                visitor.visit(bytes, position);
                next = BatchHeader.lastOffset(bytes, position) + 1;
            }
        }
    }

    private static ByteBuffer bytesOf(Slice slice) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
        slice.copyTo(bytes);
        return bytes.flip();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Optional<ByteBuffer> bytes) {
        return bytes.map(b -> StandardCharsets.UTF_8.decode(b.duplicate()).toString())
                .orElse("null");
    }
}
