package dev.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.time.Scheduler;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.time.ThreadScheduler;
import dev.millrace.log.LogConfig;
import dev.millrace.log.Slice;
import dev.millrace.log.files.FilesSegmentProvider;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRewriter;
import dev.millrace.log.records.Codec;
import dev.millrace.log.records.Compression;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordHeader;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentReplacement;
import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka's own DumpLogSegments reads and verifies the segments and indexes that we write. It comes from Kafka 4.2: later versions keep it in
 * an artifact of their tools alone, and the formats of log and indexes have not changed since 0.11.
 */
final class DumpLogSegmentsTest {

    private static final ApacheKafka KAFKA = new ApacheKafka("4.2.1");

    /** What the tool prints when it finds something wrong; its exit code is 0 all the same. */
    private static final List<String> COMPLAINTS = List.of(
            "Mismatches in",
            "mismatch",
            "out of order timestamp",
            "is not found in the log",
            "isvalid: false",
            "Exception",
            "not valid",
            "corrupt");

    /** Gaps, as compaction leaves them, are in the first segment alone: the tool speaks of them. */
    private static final String GAPS = "Non-consecutive offsets in";

    private static final long HORIZON_MS = 1_800_000_000_000L;

    private static final long FIRST_SEGMENT_END = 5_000;

    private static final List<Codec> CODECS = List.of(Codec.values());

    private final Random random = new Random(42);
    private final Scheduler scheduler = new ThreadScheduler(new SystemClock());

    @TempDir
    private Path data;

    private Path directory = Path.of("");
    private int recordsCount;
    private long offsetNext;
    private long timestampMs = 1_700_000_000_000L;

    @BeforeEach
    void writeSegments() throws IOException {
        directory = data.resolve("topics").resolve("orders-0");
        FilesSegmentProvider provider = new FilesSegmentProvider(
                new DiskFileStore(), directory, new TopicId(1, 2), () -> LogConfig.DEFAULT, scheduler, Runnable::run);
        for (int i = 0; i < 3; i++) {
            ActiveSegment segment = provider.create(offsetNext);
            for (int batch = 0; batch < 400; batch++) {
                segment.append(nextBatch(batch));
            }
            var sealed = segment.seal();
            sealed.flush();
            sealed.close();
        }
        // The active one of a server that was killed after a write-back.
        ActiveSegment active = provider.create(offsetNext);
        for (int batch = 0; batch < 100; batch++) {
            active.append(nextBatch(batch));
        }
        active.writeBack();
        active.close();
    }

    @AfterEach
    void closeScheduler() {
        scheduler.close();
    }

    @Test
    void shouldReadEveryRecord() throws IOException {
        String output = dump("--deep-iteration", "--print-data-log");

        assertNoComplaint(output);
        assertThat(output.lines().filter(line -> line.contains("| offset:"))).hasSize(recordsCount);
    }

    @Test
    void shouldFindIndexesThatAgreeWithTheLog() throws IOException {
        assertThat(files(".index")).hasSize(4);
        assertThat(files(".timeindex")).hasSize(4);
        assertNoComplaint(dump("--verify-index-only", "--deep-iteration"));

        String sanity = dump("--index-sanity-check");

        assertNoComplaint(sanity);
        assertThat(sanity.lines().filter(line -> line.contains("passed sanity check")))
                .hasSize(8);
    }

    @Test
    void shouldComplainOfABrokenIndex() throws IOException {
        // So that the other tests do not pass because the tool says nothing.
        Path index = files(".index").getFirst();
        try (FileChannel channel = FileChannel.open(index, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(4).putInt(0, 7), 8);
        }

        assertThat(dump("--verify-index-only")).contains("Mismatches in");
    }

    @Test
    void shouldReadWhatCompactionLeaves() throws IOException {
        int keptCount = compactTheFirstSegment();

        String output = dump("--deep-iteration", "--print-data-log");

        assertNoComplaint(output);
        assertThat(output.lines().filter(line -> line.contains("| offset:")))
                .hasSizeLessThan(recordsCount)
                .hasSizeGreaterThan(keptCount);
        assertThat(output).contains("deleteHorizonMs: OptionalLong[" + HORIZON_MS + "]");
        assertNoComplaint(dump("--verify-index-only"));
        assertNoComplaint(dump("--index-sanity-check"));
    }

    /** Keeps every other record of the first segment; gives how many these are. */
    private int compactTheFirstSegment() throws IOException {
        FilesSegmentProvider provider = new FilesSegmentProvider(
                new DiskFileStore(), directory, new TopicId(1, 2), () -> LogConfig.DEFAULT, scheduler, Runnable::run);
        SealedSegment first = provider.recover(offsetNext).sealed().getFirst();
        SegmentReplacement replacement = provider.replace(first);
        BatchRewriter rewriter = new BatchRewriter();
        int keptCount = 0;
        for (long next = 0; next < first.offsetNext(); ) {
            Slice slice = first.read(next, Long.MAX_VALUE, 1 << 20, true).orElseThrow();
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(bytes);
            bytes.flip();
            for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeBytes(bytes, at)) {
                next = BatchHeader.lastOffset(bytes, at) + 1;
                int kept = rewriter.filter(bytes, at, record -> record.offset() % 2 == 0, HORIZON_MS, false);
                keptCount += kept;
                if (kept == 0) {
                    rewriter.copyEmpty(bytes, at);
                }
            }
        }
        replacement.append(rewriter.written());
        replacement.prepare(List.of(first)).close();
        replacement.complete();
        return keptCount;
    }

    /** Batches of every kind: each codec, large and small, headers, nulls, producers, markers, gaps, times that go back. */
    private ByteBuffer nextBatch(int number) {
        Codec codec = CODECS.get(random.nextInt(CODECS.size()));
        if (offsetNext < FIRST_SEGMENT_END && random.nextInt(10) == 0) {
            offsetNext += random.nextInt(100);
        }
        RecordBatchBuilder builder = new RecordBatchBuilder()
                .compression(Compression.of(codec))
                .baseOffset(offsetNext)
                .leaderEpoch(number / 100);
        if (random.nextInt(3) == 0) {
            builder.producer(4_711, (short) 3, number * 100);
        }
        timestampMs += random.nextInt(2_000) - 500;
        if (random.nextInt(20) == 0) {
            ByteBuffer marker = ControlRecord.endOfTransaction(
                    builder.producer(4_711, (short) 3, -1), random.nextBoolean(), 5, timestampMs);
            offsetNext++;
            recordsCount++;
            return marker;
        }
        int count = 1 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            addRecord(builder, i);
        }
        offsetNext += count;
        recordsCount += count;
        return builder.build();
    }

    private void addRecord(RecordBatchBuilder builder, int number) {
        Optional<ByteBuffer> key = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(text("key-" + number));
        Optional<ByteBuffer> value = key.isPresent() && random.nextInt(10) == 0
                ? Optional.empty()
                : Optional.of(text("v".repeat(random.nextInt(300))));
        List<RecordHeader> headers = random.nextInt(5) == 0
                ? List.of(
                        new RecordHeader("trace", Optional.of(text("abc"))), new RecordHeader("nil", Optional.empty()))
                : List.of();
        builder.add(timestampMs + random.nextInt(1_000) - 300, key, value, headers);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertNoComplaint(String output) {
        assertThat(output).contains("Dumping");
        assertThat(output.lines().filter(line -> COMPLAINTS.stream().anyMatch(line::contains)))
                .isEmpty();
        assertThat(output.lines().filter(line -> line.contains(GAPS)))
                .allMatch(line -> line.contains("/00000000000000000000.log"));
    }

    /** What the tool says of all segments and indexes. */
    private String dump(String... options) throws IOException {
        List<Path> all = new ArrayList<>(files(".log"));
        all.addAll(files(".index"));
        all.addAll(files(".timeindex"));
        List<String> command = new ArrayList<>(List.of(
                Machine.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                KAFKA.classPath(),
                "kafka.tools.DumpLogSegments"));
        command.addAll(List.of(options));
        command.add("--files");
        command.add(String.join(",", all.stream().map(Path::toString).toList()));
        Path output = data.resolve("dump.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exitCode = process.onExit().join().exitValue();
        String said = Files.readString(output);
        assertThat(exitCode).as(() -> "exit code of a tool that said:\n" + said).isZero();
        return said;
    }

    private List<Path> files(String suffix) throws IOException {
        try (var paths = Files.list(directory)) {
            return paths.filter(path -> path.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
