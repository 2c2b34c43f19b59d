package dev.millrace.log.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.AppendOptions.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RecordBatchBuilderTest {

    @Test
    void shouldMakeTheBytesThatKafkasClientMakes() throws IOException {
        ByteBuffer golden = GoldenBatchesTest.golden(Codec.NONE);
        RecordBatchBuilder builder = new RecordBatchBuilder().producer(4_711, (short) 3, 42);
        copyRecords(golden, builder);

        assertThat(builder.sizeBytes()).isEqualTo(golden.limit());
        assertThat(builder.build()).isEqualTo(golden);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldMakeBatchesThatReadTheSameInEveryCodec(Codec codec) throws IOException {
        RecordBatchBuilder builder =
                new RecordBatchBuilder().compression(Compression.of(codec)).baseOffset(1_000);
        copyRecords(GoldenBatchesTest.golden(Codec.NONE), builder);

        ByteBuffer batch = builder.build();

        new BatchValidator(TestClock.at(0)).validate(batch, BatchRules.DEFAULT, Origin.INTERNAL);
        RecordReader expected = new RecordReader();
        RecordReader actual = new RecordReader();
        expected.open(GoldenBatchesTest.golden(Codec.NONE), 0);
        actual.open(batch, 0);
        while (expected.next()) {
            assertThat(actual.next()).isTrue();
            assertThat(actual.offset()).isEqualTo(1_000 + expected.offset());
            assertThat(actual.timestampMs()).isEqualTo(expected.timestampMs());
            assertThat(actual.key()).isEqualTo(expected.key());
            assertThat(actual.value()).isEqualTo(expected.value());
            assertThat(actual.headers()).isEqualTo(expected.headers());
        }
        assertThat(actual.next()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldTakeEveryLevelOfACodec(Codec codec) {
        List<Integer> levels = new ArrayList<>();
        for (int level = -2; level <= 23; level++) {
            if (codec.acceptsLevel(level)) {
                levels.add(level);
                ByteBuffer value = ByteBuffer.wrap("to be compressed, to be compressed".getBytes(UTF_8));
                ByteBuffer batch = new RecordBatchBuilder()
                        .compression(new Compression(codec, level))
                        .add(0, value)
                        .build();
                RecordReader reader = new RecordReader();
                reader.open(batch, 0);
                reader.next();
                assertThat(reader.value()).contains(value);
            }
        }
        assertThat(levels).contains(codec.defaultLevel());
    }

    @Test
    void shouldBeginAnewAfterEachBatch() {
        RecordBatchBuilder builder = new RecordBatchBuilder();

        ByteBuffer first = builder.add(10, ByteBuffer.allocate(3)).build();
        ByteBuffer second = builder.addTombstone(20, ByteBuffer.allocate(1)).build();

        assertThat(BatchHeader.baseTimestampMs(first, 0)).isEqualTo(10);
        assertThat(BatchHeader.baseTimestampMs(second, 0)).isEqualTo(20);
        assertThat(BatchHeader.recordsCount(second, 0)).isEqualTo(1);
        assertThat(builder.isEmpty()).isTrue();
    }

    @Test
    void shouldMarkTheEndOfATransaction() {
        ByteBuffer marker =
                ControlRecord.endOfTransaction(new RecordBatchBuilder().producer(7, (short) 2, -1), false, 9, 1_000);

        assertThat(BatchHeader.isControl(marker, 0)).isTrue();
        assertThat(BatchHeader.isTransactional(marker, 0)).isTrue();
        RecordReader reader = new RecordReader();
        reader.open(marker, 0);
        reader.next();
        assertThat(ControlRecord.type(reader.key().orElseThrow())).isEqualTo(ControlRecord.Type.ABORT);
    }

    private static void copyRecords(ByteBuffer batch, RecordBatchBuilder target) {
        RecordReader reader = new RecordReader();
        reader.open(batch, 0);
        while (reader.next()) {
            Optional<ByteBuffer> key = reader.key();
            target.add(reader.timestampMs(), key, reader.value(), reader.headers());
        }
    }
}
