package dev.millrace.log.check;

import static dev.millrace.log.segment.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.LogConfig;
import dev.millrace.log.check.Finding.Severity;
import dev.millrace.log.files.FilesSegmentProvider;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.testkit.files.SimulatedFileStore;
import dev.millrace.testkit.simulation.SimulatedClock;
import dev.millrace.testkit.simulation.SimulatedScheduler;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DirectoryCheckTest {

    private static final TopicId TOPIC_ID = new TopicId(1, 2);
    private static final Path DATA = Path.of("/data");
    private static final Path PARTITION = DATA.resolve("topics/orders-0");
    private static final Path FIRST_LOG = PARTITION.resolve("00000000000000000000.log");
    private static final Path SECOND_LOG = PARTITION.resolve("00000000000000001000.log");
    private static final int BATCH_BYTES = batch(0, 10, 1_000).limit();

    private final SimulatedFileStore files = new SimulatedFileStore(1);

    /** Two segments of 100 batches of 10 records each. */
    @BeforeEach
    void writeSegments() throws IOException {
        FilesSegmentProvider provider = new FilesSegmentProvider(
                files,
                PARTITION,
                TOPIC_ID,
                () -> LogConfig.DEFAULT,
                new SimulatedScheduler(new SimulatedClock()),
                Runnable::run);
        ActiveSegment first = provider.create(0);
        append(first, 0);
        SealedSegment sealed = first.seal();
        ActiveSegment second = provider.create(1_000);
        append(second, 1_000);
        sealed.close();
        second.close();
    }

    @Test
    void shouldFindNothingWrong() throws IOException {
        checkpoint(2_000, 0);

        CheckReport report = check();

        assertThat(report.findings()).isEmpty();
        assertThat(report.isClean()).isTrue();
        assertThat(report.partitionsCount()).isEqualTo(1);
        assertThat(report.segmentsCount()).isEqualTo(2);
        assertThat(report.batchesCount()).isEqualTo(200);
        assertThat(report.recordsCount()).isEqualTo(2_000);
        assertThat(report.sizeBytes()).isEqualTo(200L * BATCH_BYTES);
        assertThat(report.serverRunning()).isFalse();
    }

    @Test
    void shouldRefuseWhatIsNoDataDirectory() {
        assertThatThrownBy(() -> new DirectoryCheck(files).run(Path.of("/elsewhere"), CheckProgress.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not a data directory");
    }

    @Test
    void shouldNameABrokenBatch() throws IOException {
        checkpoint(2_000, 0);
        files.flipBit(FIRST_LOG, 40L * BATCH_BYTES + 100, 5);

        CheckReport report = check();

        assertThat(report.isClean()).isFalse();
        assertThat(report.findings()).first().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.file()).isEqualTo(FIRST_LOG);
            assertThat(finding.position()).isEqualTo(40L * BATCH_BYTES);
            assertThat(finding.what()).contains("CRC");
        });
    }

    @Test
    void shouldTakeATornTailAsWhatACrashLeaves() throws IOException {
        checkpoint(1_900, 0);
        truncate(SECOND_LOG, 95L * BATCH_BYTES + 20);

        CheckReport report = check();

        assertThat(report.isClean()).isTrue();
        assertThat(report.findings()).isNotEmpty().allMatch(finding -> finding.severity() == Severity.NOTE);
    }

    @Test
    void shouldMissRecordsThatWereDurable() throws IOException {
        checkpoint(2_000, 0);
        truncate(SECOND_LOG, 95L * BATCH_BYTES);

        assertThat(check().findings())
                .anyMatch(finding ->
                        finding.severity() == Severity.ERROR && finding.what().contains("ends before offset 1950"));
    }

    @Test
    void shouldMissASegment() throws IOException {
        checkpoint(2_000, 0);
        truncate(FIRST_LOG, 50L * BATCH_BYTES);

        assertThat(check().findings())
                .anyMatch(finding ->
                        finding.severity() == Severity.ERROR && finding.file().equals(SECOND_LOG));
    }

    @Test
    void shouldNameIndexesThatPointAstray() throws IOException {
        checkpoint(2_000, 0);
        files.flipBit(PARTITION.resolve("00000000000000000000.index"), 8 * 3 + 7, 0);
        files.flipBit(PARTITION.resolve("00000000000000001000.timeindex"), 12 * 3 + 11, 0);

        CheckReport report = check();

        assertThat(report.findings())
                .extracting(finding -> String.valueOf(finding.file().getFileName()))
                .containsExactly("00000000000000000000.index", "00000000000000001000.timeindex");
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void shouldNotJudgeTheEndBesideARunningServer() throws IOException {
        checkpoint(1_900, 0);
        truncate(SECOND_LOG, 95L * BATCH_BYTES + 20);

        try (Closeable server = files.lock(DATA.resolve(".lock"))) {
            assertThat(server).isNotNull();
            CheckReport report = check();
            assertThat(report.serverRunning()).isTrue();
            assertThat(report.isClean()).isTrue();
        }
    }

    @Test
    void shouldNameStrangersAndDamagedFiles() throws IOException {
        checkpoint(2_000, 0);
        write(PARTITION.resolve("leader-epoch-checkpoint"), "nonsense");
        write(DATA.resolve("topics/README"), "what is this");
        write(DATA.resolve("journal-1/checkpoint"), "nonsense");

        assertThat(check().findings())
                .extracting(finding -> String.valueOf(finding.file().getFileName()))
                .containsExactlyInAnyOrder("leader-epoch-checkpoint", "README", "checkpoint");
    }

    @Test
    void shouldTakeASegmentApart() throws IOException {
        SegmentDump dump = new SegmentDump(files);
        int[] counts = new int[2];

        Optional<String> problem = dump.batches(FIRST_LOG, true, batch -> {
            counts[0]++;
            counts[1] += batch.records().size();
            assertThat(batch.problem()).isEmpty();
            assertThat(SegmentDump.describe(batch)).contains("uncompressed", "10 records");
            assertThat(SegmentDump.describe(batch.records().getFirst())).contains("(no key)");
        });

        assertThat(problem).isEmpty();
        assertThat(counts).containsExactly(100, 1_000);
        assertThat(dump.offsetIndex(PARTITION.resolve("00000000000000000000.index")))
                .isNotEmpty();
        assertThat(dump.timeIndex(PARTITION.resolve("00000000000000000000.timeindex")))
                .last()
                .isEqualTo(new SegmentDump.TimeEntry(1_999, 999));
        assertThat(SegmentDump.kindOf(FIRST_LOG)).contains(SegmentDump.Kind.LOG);
        assertThat(SegmentDump.kindOf(Path.of("x.log"))).isEmpty();
    }

    @Test
    void shouldSayWhatStandsBehindTheLastBatch() throws IOException {
        truncate(FIRST_LOG, 3L * BATCH_BYTES + 5);

        assertThat(new SegmentDump(files).batches(FIRST_LOG, false, batch -> {}))
                .hasValueSatisfying(problem -> assertThat(problem).contains("position " + 3 * BATCH_BYTES));
    }

    private CheckReport check() throws IOException {
        return new DirectoryCheck(files).run(DATA, CheckProgress.NONE);
    }

    private void checkpoint(long flushedOffset, long logStartOffset) throws IOException {
        String body = "millrace-checkpoint 1\nclean true\njournal 1\npartition " + TOPIC_ID + " 0 " + flushedOffset
                + " " + logStartOffset + " -1\n";
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        write(DATA.resolve("journal-0/checkpoint"), body + String.format("crc %08x%n", crc.getValue()));
    }

    private void write(Path path, String content) throws IOException {
        files.createDirectories(path.resolve("..").normalize());
        try (StoreFile file = files.open(path, Mode.CREATE)) {
            file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), 0);
        }
    }

    private static void append(ActiveSegment segment, long baseOffset) throws IOException {
        for (int i = 0; i < 100; i++) {
            segment.append(batch(baseOffset + i * 10L, 10, 1_000 + baseOffset + i * 10L));
        }
    }

    private void truncate(Path path, long sizeBytes) throws IOException {
        try (StoreFile file = files.open(path, Mode.WRITE)) {
            file.truncate(sizeBytes);
        }
    }
}
