package dev.millrace.log.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.AppendOptions.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads and checks batches that the Java client of Apache Kafka 4.4.0 made, one file for each codec. */
final class GoldenBatchesTest {

    private static final int RECORDS_COUNT = 2_004;

    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldReadEveryRecord(Codec codec) throws IOException {
        ByteBuffer batch = golden(codec);
        RecordReader reader = new RecordReader();

        reader.open(batch, 0);

        expect(reader, 0, 1_700_000_000_000L, Optional.of("key-0"), Optional.of("value-0"));
        expect(reader, 1, 1_700_000_000_005L, Optional.empty(), Optional.of("no key"));
        expect(reader, 2, 1_699_999_999_000L, Optional.of("tombstone"), Optional.empty());
        expect(reader, 3, 1_700_000_000_007L, Optional.of("headers"), Optional.of("x".repeat(300)));
        assertThat(reader.headers())
                .containsExactly(
                        new RecordHeader("trace", Optional.of(bytes("abc"))),
                        new RecordHeader("nil", Optional.empty()),
                        new RecordHeader("\u00fcmlaut", Optional.of(bytes(""))));
        for (int i = 0; i < 2_000; i++) {
            String value = "{\"row\":" + i + ",\"text\":\"the quick brown fox\"}";
            expect(reader, 4 + i, 1_700_000_000_100L + i, Optional.of("k" + i), Optional.of(value));
        }
        assertThat(reader.next()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldReadTheHeader(Codec codec) throws IOException {
        ByteBuffer batch = golden(codec);

        assertThat(BatchHeader.sizeBytes(batch, 0)).isEqualTo(batch.limit());
        assertThat(BatchHeader.codecId(batch, 0)).isEqualTo(codec.id());
        assertThat(BatchHeader.producerId(batch, 0)).isEqualTo(4_711);
        assertThat(BatchHeader.producerEpoch(batch, 0)).isEqualTo((short) 3);
        assertThat(BatchHeader.baseSequence(batch, 0)).isEqualTo(42);
        assertThat(BatchHeader.recordsCount(batch, 0)).isEqualTo(RECORDS_COUNT);
        assertThat(BatchHeader.maxTimestampMs(batch, 0)).isEqualTo(1_700_000_002_099L);
        assertThat(BatchHeader.computeCrc(batch, 0, batch.limit())).isEqualTo(BatchHeader.crc(batch, 0));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldPassValidationUnchanged(Codec codec) throws IOException {
        ByteBuffer batch = golden(codec);

        ValidatedBatches validated =
                new BatchValidator(TestClock.at(1_700_000_005_000L)).validate(batch, BatchRules.DEFAULT, Origin.CLIENT);

        assertThat(validated.buffer()).isSameAs(batch).isEqualTo(golden(codec));
        assertThat(validated.recordsCount()).isEqualTo(RECORDS_COUNT);
        assertThat(validated.maxTimestampMs()).isEqualTo(1_700_000_002_099L);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldMakeTheSameRecordsOfEveryCodecAgain(Codec codec) throws IOException {
        BatchRules rules =
                new BatchRules(1_048_588, Optional.of(Compression.of(codec)), false, Long.MAX_VALUE, Long.MAX_VALUE);
        for (Codec source : Codec.values()) {
            ValidatedBatches validated =
                    new BatchValidator(TestClock.at(0)).validate(golden(source), rules, Origin.CLIENT);

            ByteBuffer batch = validated.buffer();
            assertThat(BatchHeader.codecId(batch, 0)).isEqualTo(codec.id());
            assertThat(BatchHeader.computeCrc(batch, 0, batch.limit())).isEqualTo(BatchHeader.crc(batch, 0));
            assertThat(uncompressedRecords(batch)).isEqualTo(uncompressedRecords(golden(Codec.NONE)));
        }
    }

    private static ByteBuffer uncompressedRecords(ByteBuffer batch) {
        Codec codec = Codec.forId(BatchHeader.codecId(batch, 0)).orElseThrow();
        ByteBuffer records = batch.slice(BatchHeader.SIZE_BYTES, batch.limit() - BatchHeader.SIZE_BYTES);
        return new Decompressor(RecordReader.DEFAULT_MAX_DECOMPRESSED_BYTES).decompress(codec, records);
    }

    private static void expect(
            RecordReader reader, long offset, long timestampMs, Optional<String> key, Optional<String> value) {
        assertThat(reader.next()).isTrue();
        assertThat(reader.offset()).isEqualTo(offset);
        assertThat(reader.timestampMs()).isEqualTo(timestampMs);
        assertThat(reader.key().map(UTF_8::decode).map(Object::toString)).isEqualTo(key);
        assertThat(reader.value().map(UTF_8::decode).map(Object::toString)).isEqualTo(value);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    static ByteBuffer golden(Codec codec) throws IOException {
        String name = "/golden/batches/" + codec.name().toLowerCase(Locale.ROOT) + ".bin";
        try (InputStream stream = GoldenBatchesTest.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new AssertionError("no golden file " + name);
            }
            return ByteBuffer.wrap(stream.readAllBytes());
        }
    }
}
