package dev.millrace.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRewriter;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.RecordReader;
import dev.millrace.log.segment.AbortedSpan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BatchFilterTest {

    private static final long HOUR_MS = 3_600_000;

    private List<ByteBuffer> log = new ArrayList<>();
    private final List<AbortedSpan> aborted = new ArrayList<>();
    private final Map<Long, ProducerEnd> producers = new HashMap<>();
    private long nowMs = 1_000_000;
    private long offsetNext;

    @Test
    void shouldDropRecordsOfAbortedTransactionsAndKeepWhatTheyWouldHaveReplaced() {
        data(-1, "a", "1");
        data(7, "a", "2");
        data(8, "b", "1");
        aborted.add(new AbortedSpan(7, 1, 3, 2));
        end(7, false);
        end(8, true);

        assertThat(clean()).containsExactly("0:a=1", "2:b=1", "3:abort", "4:commit");
    }

    @Test
    void shouldKeepAMarkerUntilNothingOfItsTransactionIsLeftAndThenForItsTime() {
        data(8, "b", "1");
        end(8, true);
        data(-1, "b", "2");

        assertThat(clean()).containsExactly("1:commit", "2:b=2");
        assertThat(clean()).containsExactly("1:commit", "2:b=2");
        assertThat(BatchHeader.hasDeleteHorizon(log.getFirst(), 0)).isTrue();
        nowMs += HOUR_MS;
        assertThat(clean()).containsExactly("2:b=2");
    }

    @Test
    void shouldKeepTheMarkerOfATransactionWhoseRecordsAreLeft() {
        data(8, "b", "1");
        end(8, true);
        clean();
        nowMs += 10 * HOUR_MS;
        clean();
        nowMs += 10 * HOUR_MS;

        assertThat(clean()).containsExactly("0:b=1", "1:commit");
    }

    @Test
    void shouldKeepTheLastBatchOfAnActiveProducerWithoutItsRecords() {
        data(7, "a", "1");
        producers.put(7L, new ProducerEnd((short) 0, 0));
        data(-1, "a", "2");

        assertThat(clean()).containsExactly("0:empty", "1:a=2");
        assertThat(BatchHeader.producerId(log.getFirst(), 0)).isEqualTo(7);
        assertThat(BatchHeader.lastOffset(log.getFirst(), 0)).isZero();
        producers.clear();
        assertThat(clean()).containsExactly("1:a=2");
    }

    @Test
    void shouldKeepTheLastMarkerOfAnActiveProducerThatHasNoData() {
        end(7, true);
        producers.put(7L, new ProducerEnd((short) 0, -1));

        clean();
        nowMs += 2 * HOUR_MS;

        assertThat(clean()).containsExactly("0:empty");
        assertThat(BatchHeader.isControl(log.getFirst(), 0)).isTrue();
    }

    @Test
    void shouldDropRecordsWithoutAKey() {
        RecordBatchBuilder builder = new RecordBatchBuilder().baseOffset(0);
        builder.add(1, bytes("value"));
        builder.add(1, bytes("a"), bytes("1"));
        log.add(builder.build());
        offsetNext = 2;

        assertThat(clean()).containsExactly("1:a=1");
    }

    // ---- Help

    private void data(long producerId, String key, String value) {
        RecordBatchBuilder builder = new RecordBatchBuilder().baseOffset(offsetNext++);
        if (producerId >= 0) {
            builder.producer(producerId, (short) 0, 0).transactional(true);
        }
        log.add(builder.add(1, bytes(key), bytes(value)).build());
    }

    private void end(long producerId, boolean committed) {
        RecordBatchBuilder builder = new RecordBatchBuilder()
                .baseOffset(offsetNext++)
                .producer(producerId, (short) 0, BatchHeader.NO_SEQUENCE);
        log.add(ControlRecord.endOfTransaction(builder, committed, 0, 1));
    }

    /** Compacts everything and describes what is left. */
    private List<String> clean() {
        BatchRewriter target = new BatchRewriter();
        RecordReader reader = new RecordReader();
        try (LatestRecords latest = new LatestRecords(0, offsetNext, 1 << 20, 1, 2)) {
            TransactionFilter first = new TransactionFilter();
            first.expect(aborted);
            for (ByteBuffer batch : log) {
                if (BatchHeader.isControl(batch, 0)) {
                    first.isNotNeeded(batch, 0);
                } else if (!first.isAborted(batch, 0)) {
                    reader.open(batch, 0);
                    latest.add(reader, BatchHeader.baseOffset(batch, 0), BatchHeader.lastOffset(batch, 0));
                }
                latest.reached(BatchHeader.lastOffset(batch, 0) + 1);
            }
            TransactionFilter second = new TransactionFilter();
            second.expect(aborted);
            BatchFilter filter = new BatchFilter(latest, second, producers, nowMs, HOUR_MS, target);
            log.forEach(batch -> filter.filter(batch, 0, false));
        }
        List<String> left = new ArrayList<>();
        log = new ArrayList<>();
        ByteBuffer written = target.written();
        while (written.hasRemaining()) {
            int sizeBytes = BatchHeader.sizeBytes(written, written.position());
            ByteBuffer batch = written.slice(written.position(), sizeBytes);
            assertThat(BatchHeader.computeCrc(batch, 0, sizeBytes)).isEqualTo(BatchHeader.crc(batch, 0));
            log.add(batch);
            describe(batch, left);
            written.position(written.position() + sizeBytes);
        }
        return left;
    }

    private static void describe(ByteBuffer batch, List<String> left) {
        if (BatchHeader.recordsCount(batch, 0) == 0) {
            left.add(BatchHeader.baseOffset(batch, 0) + ":empty");
            return;
        }
        RecordReader reader = new RecordReader();
        reader.open(batch, 0);
        while (reader.next()) {
            left.add(reader.offset() + ":"
                    + (BatchHeader.isControl(batch, 0)
                            ? ControlRecord.type(reader.key().orElseThrow())
                                    .name()
                                    .toLowerCase(java.util.Locale.ROOT)
                            : text(reader.key()) + "=" + text(reader.value())));
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Optional<ByteBuffer> bytes) {
        return bytes.map(b -> StandardCharsets.UTF_8.decode(b).toString()).orElse("null");
    }
}
