package dev.millrace.log.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compressed records that explode, lie about lengths, or are no records at all: an error, and never more memory than the bound. */
final class HostileRecordsTest {

    private static final List<Codec> CODECS = List.of(Codec.values());
    private static final int BOUND_BYTES = 1024 * 1024;

    /** Bound, the moment of growing, and the input. */
    private static final long ALLOCATION_LIMIT_BYTES = 16L * BOUND_BYTES;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(value = Codec.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldRefuseBombs(Codec codec) {
        ByteBuffer bomb = Compressor.compress(Compression.of(codec), ByteBuffer.allocate(64 * BOUND_BYTES));

        assertThatThrownBy(() -> new Decompressor(BOUND_BYTES).decompress(codec, bomb.duplicate()))
                .isInstanceOf(MillraceException.class)
                .extracting(thrown -> ((MillraceException) thrown).code())
                .isEqualTo(ErrorCode.BATCH_TOO_LARGE);
        assertThat(allocatedBytes(() -> decompress(codec, bomb.duplicate())))
                .isLessThan(bomb.remaining() + ALLOCATION_LIMIT_BYTES);
    }

    @ParameterizedTest
    @EnumSource(value = Codec.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldTakeWhatJustFits(Codec codec) {
        ByteBuffer full = Compressor.compress(Compression.of(codec), ByteBuffer.allocate(BOUND_BYTES));

        assertThat(new Decompressor(BOUND_BYTES).decompress(codec, full).remaining())
                .isEqualTo(BOUND_BYTES);
    }

    @SeededTest
    void shouldSurviveWhateverStandsThere(Random random) throws IOException {
        Codec codec = CODECS.get(1 + random.nextInt(CODECS.size() - 1));
        byte[] bytes = mutated(random, GoldenBatchesTest.golden(codec));

        long allocated = allocatedBytes(() -> decompress(codec, ByteBuffer.wrap(bytes, 61, bytes.length - 61)));

        assertThat(allocated).as("allocated for %s", codec).isLessThan(ALLOCATION_LIMIT_BYTES);
    }

    @SeededTest
    void shouldReadOnlyWhatTheBatchHolds(Random random) throws IOException {
        Codec codec = CODECS.get(random.nextInt(CODECS.size()));
        ByteBuffer batch = ByteBuffer.wrap(mutated(random, GoldenBatchesTest.golden(codec)));
        RecordReader reader = new RecordReader(BOUND_BYTES);
        int recordsCount = 0;
        try {
            reader.open(batch, 0);
            while (reader.next()) {
                recordsCount++;
                reader.key();
                reader.value();
                reader.headers();
            }
        } catch (MillraceException e) {
            assertThat(e.code())
                    .isIn(
                            ErrorCode.INVALID_RECORD,
                            ErrorCode.CORRUPT_BATCH,
                            ErrorCode.BATCH_TOO_LARGE,
                            ErrorCode.UNSUPPORTED_CODEC);
        }
        // A record takes at least eight bytes.
        assertThat(recordsCount).isLessThanOrEqualTo(BOUND_BYTES / 8);
    }

    /** A few bytes changed, or the end cut off, or random bytes from somewhere on. */
    private static byte[] mutated(Random random, ByteBuffer golden) {
        byte[] bytes = new byte[golden.remaining()];
        golden.get(bytes);
        switch (random.nextInt(3)) {
            case 0 -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    bytes[61 + random.nextInt(Math.min(bytes.length - 61, 200))] = (byte) random.nextInt();
                }
            }
            case 1 -> bytes = Arrays.copyOf(bytes, 61 + random.nextInt(bytes.length - 61));
            default -> {
                int from = 61 + random.nextInt(40);
                byte[] noise = new byte[bytes.length - from];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, from, noise.length);
            }
        }
        return bytes;
    }

    private static void decompress(Codec codec, ByteBuffer source) {
        try {
            ByteBuffer records = new Decompressor(BOUND_BYTES).decompress(codec, source);
            assertThat(records.remaining()).isLessThanOrEqualTo(BOUND_BYTES);
        } catch (MillraceException e) {
            assertThat(e.code()).isIn(ErrorCode.INVALID_RECORD, ErrorCode.BATCH_TOO_LARGE);
        }
    }

    private static long allocatedBytes(Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
