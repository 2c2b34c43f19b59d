package dev.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.time.Scheduler;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.time.ThreadScheduler;
import dev.millrace.log.LogConfig;
import dev.millrace.log.files.FilesSegmentProvider;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own DumpLogSegments reads what transactions bring: markers, a transaction index, and the snapshot of their producers. */
final class DumpTransactionsTest {

    private static final ApacheKafka KAFKA = new ApacheKafka("4.2.1");
    private static final long A = 7;
    private static final long B = 8;
    private static final int COORDINATOR_EPOCH = 5;

    private final Scheduler scheduler = new ThreadScheduler(new SystemClock());
    private final ProducerStates producers = new ProducerStates();

    @TempDir
    private Path data;

    private Path directory = Path.of("");
    private long offsetNext;

    /** Two transactions that overlap, one aborted; then one that is open. */
    @BeforeEach
    void writeSegment() throws IOException {
        directory = data.resolve("topics").resolve("orders-0");
        ActiveSegment segment = new FilesSegmentProvider(
                        new DiskFileStore(),
                        directory,
                        new TopicId(1, 2),
                        () -> LogConfig.DEFAULT,
                        scheduler,
                        Runnable::run)
                .create(0);
        append(segment, records(A, 0, 0, 3));
        append(segment, records(B, 2, 0, 2));
        append(segment, marker(A, 1, false));
        append(segment, marker(B, 2, true));
        append(segment, records(B, 2, 2, 4));
        segment.flush();
        Files.write(directory.resolve(String.format("%020d.snapshot", offsetNext)), producers.toSnapshot());
        segment.close();
    }

    @AfterEach
    void closeScheduler() {
        scheduler.close();
    }

    @Test
    void shouldReadMarkers() throws IOException {
        String output = dump(".log", "--deep-iteration", "--print-data-log");
        assertThat(output.lines().filter(line -> line.contains("isvalid: false")))
                .isEmpty();
        assertThat(output.lines().filter(line -> line.contains("isTransactional: true")))
                .hasSize(5);
        assertThat(output)
                .contains("endTxnMarker: ABORT coordinatorEpoch: 5")
                .contains("endTxnMarker: COMMIT coordinatorEpoch: 5");
    }

    @Test
    void shouldReadTheTransactionIndex() throws IOException {
        assertThat(dump(".txnindex"))
                .contains("version: 0 producerId: 7 firstOffset: 0 lastOffset: 5 lastStableOffset: 3");
    }

    @Test
    void shouldReadTheSnapshotOfTheProducers() throws IOException {
        String output = dump(".snapshot");
        assertThat(line(output, "producerId: 7")).contains("producerEpoch: 1", "coordinatorEpoch: 5");
        assertThat(line(output, "producerId: 8"))
                .contains("producerEpoch: 2", "coordinatorEpoch: 5", "lastSequence: 5", "lastOffset: 10")
                .containsPattern("currentTxnFirstOffset: \\D*7");
    }

    private static String line(String output, String what) {
        return output.lines()
                .filter(line -> line.contains(what))
                .reduce((first, last) -> last)
                .orElse("");
    }

    private void append(ActiveSegment segment, ByteBuffer batch) throws IOException {
        Optional<AbortedSpan> aborted = producers.append(batch, 0);
        offsetNext = offsetNext(batch);
        segment.append(batch);
        if (aborted.isPresent()) {
            segment.noteAborted(aborted.get());
        }
    }

    private static long offsetNext(ByteBuffer batch) {
        return BatchHeader.lastOffset(batch, 0) + 1;
    }

    private RecordBatchBuilder builder(long producerId, int epoch, int baseSequence) {
        return new RecordBatchBuilder()
                .baseOffset(offsetNext)
                .producer(producerId, (short) epoch, baseSequence)
                .transactional(true);
    }

    private ByteBuffer records(long producerId, int epoch, int baseSequence, int count) {
        RecordBatchBuilder builder = builder(producerId, epoch, baseSequence);
        for (int i = 0; i < count; i++) {
            builder.add(1_700_000_000_000L, ByteBuffer.wrap("value".getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }

    private ByteBuffer marker(long producerId, int epoch, boolean commit) {
        return ControlRecord.endOfTransaction(
                builder(producerId, epoch, -1).control(true), commit, COORDINATOR_EPOCH, 1_700_000_000_001L);
    }

    /** What the tool says of the files with this ending. */
    private String dump(String suffix, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Machine.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                KAFKA.classPath(),
                "kafka.tools.DumpLogSegments"));
        command.addAll(List.of(options));
        command.add("--files");
        try (var files = Files.list(directory)) {
            command.add(files.map(Path::toString)
                    .filter(path -> path.endsWith(suffix))
                    .sorted()
                    .findFirst()
                    .orElseThrow());
        }
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
}
