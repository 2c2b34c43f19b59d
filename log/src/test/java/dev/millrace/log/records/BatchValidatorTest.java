package dev.millrace.log.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.AppendOptions.Origin;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class BatchValidatorTest {

    private static final long NOW_MS = 1_700_000_000_000L;

    private final BatchValidator validator = new BatchValidator(TestClock.at(NOW_MS));

    @Test
    void shouldAcceptSeveralBatches() {
        ByteBuffer both = concat(batch(3), batch(4));

        ValidatedBatches validated = validator.validate(both, BatchRules.DEFAULT, Origin.CLIENT);

        assertThat(validated.batchesCount()).isEqualTo(2);
        assertThat(validated.recordsCount()).isEqualTo(7);
        assertThat(validated.maxTimestampMs()).isEqualTo(NOW_MS + 3);
        assertThat(validated.logAppendTimeMs()).isEqualTo(-1);
        assertThat(both.position()).isZero();
    }

    @Test
    void shouldLookOnlyBetweenPositionAndLimit() {
        ByteBuffer batch = batch(3);
        ByteBuffer padded = ByteBuffer.allocateDirect(batch.limit() + 20);
        padded.position(13).put(batch).flip().position(13);

        ValidatedBatches validated = validator.validate(padded, BatchRules.DEFAULT, Origin.CLIENT);

        assertThat(validated.recordsCount()).isEqualTo(3);
        assertThat(padded.position()).isEqualTo(13);
        assertThat(padded.limit()).isEqualTo(13 + batch.limit());
    }

    @Test
    void shouldRefuseNothing() {
        refuses(ByteBuffer.allocate(0), ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseOldFormats() {
        refuses(changed(batch -> batch.put(16, (byte) 0)), ErrorCode.UNSUPPORTED_BATCH_FORMAT);
        refuses(changed(batch -> batch.put(16, (byte) 1)), ErrorCode.UNSUPPORTED_BATCH_FORMAT);
        refuses(changed(batch -> batch.put(16, (byte) 3)), ErrorCode.CORRUPT_BATCH);
    }

    @Test
    void shouldRefuseEveryTruncation() {
        ByteBuffer whole = batch(2);
        for (int sizeBytes = 1; sizeBytes < whole.limit(); sizeBytes++) {
            ByteBuffer part = concat(whole).limit(sizeBytes);
            assertThatThrownBy(() -> validator.validate(part, BatchRules.DEFAULT, Origin.CLIENT))
                    .isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void shouldRefuseEveryFlippedBitBehindTheEpoch() {
        ByteBuffer whole = batch(2);
        for (int bit = 8 * 16; bit < 8 * whole.limit(); bit++) {
            ByteBuffer flipped = concat(whole);
            flipped.put(bit / 8, (byte) (flipped.get(bit / 8) ^ (1 << (bit % 8))));
            assertThatThrownBy(() -> validator.validate(flipped, BatchRules.DEFAULT, Origin.CLIENT))
                    .isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void shouldRefuseLengthsThatLie() {
        refuses(changed(batch -> batch.putInt(8, -1)), ErrorCode.CORRUPT_BATCH);
        refuses(changed(batch -> batch.putInt(8, Integer.MAX_VALUE)), ErrorCode.CORRUPT_BATCH);
        refuses(changed(batch -> batch.putInt(8, 48)), ErrorCode.CORRUPT_BATCH);
    }

    @Test
    void shouldRefuseWrongCrc() {
        refuses(changed(batch -> batch.putInt(17, 1)), ErrorCode.CORRUPT_BATCH);
    }

    @Test
    void shouldRefuseCountsThatDisagree() {
        refuses(resealed(batch -> batch.putInt(57, 0)), ErrorCode.INVALID_RECORD);
        refuses(resealed(batch -> batch.putInt(57, -1)), ErrorCode.INVALID_RECORD);
        refuses(resealed(batch -> batch.putInt(23, 0)), ErrorCode.INVALID_RECORD);
        refuses(
                resealed(batch -> batch.putInt(23, Integer.MAX_VALUE - 1).putInt(57, Integer.MAX_VALUE)),
                ErrorCode.INVALID_RECORD);
        refuses(resealed(batch -> batch.putInt(23, 2).putInt(57, 3)), ErrorCode.INVALID_RECORD);
        refuses(resealed(batch -> batch.putInt(23, 0).putInt(57, 1)), ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseAnOffsetOfTheClient() {
        refuses(resealed(batch -> batch.putLong(0, 5)), ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseControlBatchesOfClientsAlone() {
        ByteBuffer marker =
                ControlRecord.endOfTransaction(new RecordBatchBuilder().producer(7, (short) 0, -1), true, 3, NOW_MS);

        assertThat(validator
                        .validate(marker, BatchRules.DEFAULT, Origin.INTERNAL)
                        .recordsCount())
                .isEqualTo(1);
        refuses(marker, ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseProducerFieldsThatDisagree() {
        refuses(resealed(batch -> batch.putLong(43, 7)), ErrorCode.INVALID_RECORD);
        refuses(resealed(batch -> batch.putLong(43, 7).putShort(51, (short) 1)), ErrorCode.INVALID_RECORD);
        refuses(resealed(batch -> batch.putLong(43, 7).putInt(53, 1)), ErrorCode.INVALID_PRODUCER_EPOCH);
        refuses(resealed(batch -> batch.putShort(21, (short) 0x10)), ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseUnknownCodecsAndReservedMarks() {
        refuses(resealed(batch -> batch.putShort(21, (short) 5)), ErrorCode.UNSUPPORTED_CODEC);
        refuses(resealed(batch -> batch.putShort(21, (short) 0x40)), ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRefuseBatchesThatAreTooLarge() {
        ByteBuffer batch = batch(3);
        BatchRules rules = new BatchRules(batch.limit() - 1, Optional.empty(), false, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThatThrownBy(() -> validator.validate(batch, rules, Origin.CLIENT))
                .satisfies(has(ErrorCode.BATCH_TOO_LARGE));
        validator.validate(batch, rules, Origin.INTERNAL);
    }

    @Test
    void shouldHoldTimestampsAgainstTheClock() {
        BatchRules rules = new BatchRules(1_000, Optional.empty(), false, 1_000, 2_000);

        validator.validate(at(NOW_MS - 1_000), rules, Origin.CLIENT);
        validator.validate(at(NOW_MS + 2_000), rules, Origin.CLIENT);
        validator.validate(at(-1), rules, Origin.CLIENT);
        for (long timestampMs : new long[] {NOW_MS - 1_001, NOW_MS + 2_001, Long.MAX_VALUE, -2, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> validator.validate(at(timestampMs), rules, Origin.CLIENT))
                    .satisfies(has(ErrorCode.INVALID_TIMESTAMP));
        }
    }

    @Test
    void shouldNameEveryRecordWhoseTimestampIsOutOfRange() {
        BatchRules rules = new BatchRules(10_000, Optional.empty(), false, 1_000, 2_000);
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < 300; i++) {
            builder.add(i % 2 == 0 ? NOW_MS : 5, ByteBuffer.allocate(1));
        }

        assertThatThrownBy(() -> validator.validate(builder.build(), rules, Origin.CLIENT))
                .isInstanceOfSatisfying(MillraceException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
                    assertThat(refused.parts()).hasSize(150);
                    assertThat(refused.parts().getFirst().index()).isEqualTo(1);
                    assertThat(refused.parts().getFirst().message()).startsWith("timestamp 5 is out of range");
                    assertThat(refused.parts().getLast().index()).isEqualTo(299);
                    assertThat(refused.parts().getLast().message()).isEmpty();
                });
    }

    @Test
    void shouldTakeRecordsAtTheirWordWhoseBatchClaimsTheTimeOfTheLog() {
        ByteBuffer batch = resealed(bytes -> bytes.putShort(21, (short) 0x08).putLong(35, NOW_MS + 77));

        ValidatedBatches validated = validator.validate(batch, BatchRules.DEFAULT, Origin.CLIENT);

        assertThat(validated.logAppendTimeMs()).isEqualTo(-1);
        assertThat(BatchHeader.isLogAppendTime(batch, 0)).isFalse();
        assertThat(BatchHeader.maxTimestampMs(batch, 0)).isEqualTo(NOW_MS + 1);
        assertThat(BatchHeader.computeCrc(batch, 0, batch.limit())).isEqualTo(BatchHeader.crc(batch, 0));
    }

    @Test
    void shouldMendALargestTimestampThatLies() {
        ByteBuffer batch = resealed(bytes -> bytes.putLong(35, NOW_MS + 77));

        ValidatedBatches validated = validator.validate(batch, BatchRules.DEFAULT, Origin.CLIENT);

        assertThat(validated.maxTimestampMs()).isEqualTo(NOW_MS + 1);
        assertThat(BatchHeader.maxTimestampMs(batch, 0)).isEqualTo(NOW_MS + 1);
        assertThat(BatchHeader.computeCrc(batch, 0, batch.limit())).isEqualTo(BatchHeader.crc(batch, 0));
    }

    @Test
    void shouldGiveTheTimeOfTheLog() {
        BatchRules rules = new BatchRules(1_000, Optional.empty(), true, 1, 1);
        ByteBuffer batch = at(5);

        ValidatedBatches validated = validator.validate(batch, rules, Origin.CLIENT);

        assertThat(validated.logAppendTimeMs()).isEqualTo(NOW_MS);
        assertThat(validated.maxTimestampMs()).isEqualTo(NOW_MS);
        assertThat(BatchHeader.isLogAppendTime(batch, 0)).isTrue();
        assertThat(BatchHeader.computeCrc(batch, 0, batch.limit())).isEqualTo(BatchHeader.crc(batch, 0));
        RecordReader reader = new RecordReader();
        reader.open(batch, 0);
        reader.next();
        assertThat(reader.timestampMs()).isEqualTo(NOW_MS);
    }

    @Test
    void shouldRefuseEveryRecordByteThatLies() {
        // Whatever stands in the records, with a CRC that fits: it is refused, or it parses; it never throws anything
        // else.
        ByteBuffer whole = batch(2);
        for (int position = BatchHeader.SIZE_BYTES; position < whole.limit(); position++) {
            for (int value = 0; value < 256; value++) {
                ByteBuffer hostile = concat(whole).put(position, (byte) value);
                BatchHeader.putCrc(hostile, 0, BatchHeader.computeCrc(hostile, 0, hostile.limit()));
                try {
                    validator.validate(hostile, BatchRules.DEFAULT, Origin.CLIENT);
                } catch (MillraceException e) {
                    assertThat(e.code()).isIn(ErrorCode.INVALID_RECORD, ErrorCode.INVALID_TIMESTAMP);
                }
            }
        }
    }

    @Test
    void shouldRefuseBatchesThatGrowTooLargeInAnotherCodec() {
        RecordBatchBuilder builder = new RecordBatchBuilder().compression(Compression.of(Codec.ZSTD));
        ByteBuffer batch = builder.add(NOW_MS, ByteBuffer.allocate(100_000)).build();
        BatchRules rules = new BatchRules(10_000, Optional.of(Compression.NONE), false, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(batch.limit()).isLessThan(10_000);
        assertThatThrownBy(() -> validator.validate(batch, rules, Origin.CLIENT))
                .satisfies(has(ErrorCode.BATCH_TOO_LARGE));
    }

    @Test
    void shouldRefuseHostileRecordsWhenItRecompresses() {
        ByteBuffer batch = resealed(bytes -> bytes.putShort(21, (short) Codec.GZIP.id()));
        BatchRules rules =
                new BatchRules(10_000, Optional.of(Compression.of(Codec.LZ4)), false, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThatThrownBy(() -> validator.validate(batch, rules, Origin.CLIENT))
                .satisfies(has(ErrorCode.INVALID_RECORD));
    }

    private void refuses(ByteBuffer batches, ErrorCode code) {
        assertThatThrownBy(() -> validator.validate(batches, BatchRules.DEFAULT, Origin.CLIENT))
                .satisfies(has(code));
    }

    private static Consumer<Throwable> has(ErrorCode code) {
        return thrown -> {
            assertThat(thrown).isInstanceOf(MillraceException.class);
            assertThat(((MillraceException) thrown).code()).isEqualTo(code);
        };
    }

    /** Two records, changed. */
    private static ByteBuffer changed(Consumer<ByteBuffer> change) {
        ByteBuffer batch = batch(2);
        change.accept(batch);
        return batch;
    }

    /** Two records, changed, and with a CRC that fits. */
    private static ByteBuffer resealed(Consumer<ByteBuffer> change) {
        ByteBuffer batch = changed(change);
        BatchHeader.putCrc(batch, 0, BatchHeader.computeCrc(batch, 0, batch.limit()));
        return batch;
    }

    private static ByteBuffer at(long timestampMs) {
        return new RecordBatchBuilder().add(timestampMs, ByteBuffer.allocate(3)).build();
    }

    private static ByteBuffer batch(int recordsCount) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < recordsCount; i++) {
            builder.add(NOW_MS + i, ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.allocate(10));
        }
        return builder.build();
    }

    private static ByteBuffer concat(ByteBuffer... batches) {
        ByteBuffer all = ByteBuffer.allocate(10_000);
        for (ByteBuffer batch : batches) {
            all.put(batch.duplicate());
        }
        return all.flip();
    }
}
