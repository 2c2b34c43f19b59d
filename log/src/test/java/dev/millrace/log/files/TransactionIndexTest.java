package dev.millrace.log.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.TestBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The bytes of a transaction index, which are Kafka's; and what readers see beside the writer. */
final class TransactionIndexTest {

    /** Written down by hand, from the format as Kafka documents it: version, producer, first, last and last stable offset. */
    private static final String GOLDEN = "0000" + "0000000000000007" + "000000000000000a" + "0000000000000014"
            + "000000000000000f" + "0000" + "0000000000000008" + "000000000000000f" + "0000000000000016"
            + "0000000000000017";

    private static final AbortedSpan FIRST = new AbortedSpan(7, 10, 20, 15);
    private static final AbortedSpan SECOND = new AbortedSpan(8, 15, 22, 23);

    private final SimulatedPartition partition = new SimulatedPartition(1);
    private final Path path = partition.paths(0).transactionIndex();

    @Test
    void shouldWriteTheBytesOfKafka() throws IOException {
        ActiveSegment segment = partition.open().create(0);
        segment.append(TestBatches.batch(0, 30, 0));
        segment.noteAborted(FIRST);
        segment.noteAborted(SECOND);
        segment.flush();
        assertThat(HexFormat.of().formatHex(partition.files.readAll(path))).isEqualTo(GOLDEN);
    }

    @Test
    void shouldReadTheBytesOfKafka() throws IOException {
        partition.files.createDirectories(partition.directory);
        try (StoreFile file = partition.files.open(path, Mode.CREATE)) {
            file.write(ByteBuffer.wrap(HexFormat.of().parseHex(GOLDEN)), 0);
        }
        TransactionIndex index = TransactionIndex.read(partition.files, path);
        assertThat(index.count()).isEqualTo(2);
        assertThat(index.get(0)).isEqualTo(FIRST);
        assertThat(index.get(1)).isEqualTo(SECOND);
        assertThat(index.hasTail()).isFalse();
    }

    @Test
    void shouldGiveReadersOneViewWhileTheWriterCutsAndAppends() throws InterruptedException {
        TransactionIndex index = new TransactionIndex();
        AtomicBoolean over = new AtomicBoolean();
        Thread reader = Thread.ofPlatform().unstarted(() -> {
            while (!over.get()) {
                index.search(
                        0, Long.MAX_VALUE, span -> assertThat(span.producerId()).isEqualTo(span.firstOffset()));
            }
        });
        AtomicBoolean failed = new AtomicBoolean();
        reader.setUncaughtExceptionHandler((thread, failure) -> failed.set(true));
        reader.start();
        for (int round = 0; round < 20_000; round++) {
            index.truncateTo(3);
            for (long offset = 1; offset < 12; offset++) {
                index.append(new AbortedSpan(offset, offset, offset + 1, offset + 2));
            }
        }
        over.set(true);
        reader.join();
        assertThat(failed).isFalse();
    }
}
