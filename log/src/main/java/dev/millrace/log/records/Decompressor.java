package dev.millrace.log.records;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;

/**
 * Decompresses the records of a batch; its input is hostile.
 *
 * <p>Memory: never more than a copy of the compressed bytes, {@code maxSizeBytes} of output (the buffer grows by doubling, so for a
 * moment 1.5 times that), and the codec's own tables (at most 8 MiB). What would decompress to more is refused. Reusable; not thread-safe.
 */
final class Decompressor {

    private static final int LEAST_OUTPUT_BYTES = 4096;

    private final int maxSizeBytes;
    private byte[] output = {};

    Decompressor(int maxSizeBytes) {
        this.maxSizeBytes = maxSizeBytes;
    }

    /**
     * Decompresses what is between position and limit of {@code source}, which is consumed. The result is valid until the next call.
     *
     * @throws MillraceException INVALID_RECORD if {@code source} is not what {@code codec} writes, BATCH_TOO_LARGE if it
     *     decompresses to more than the bound
     */
    ByteBuffer decompress(Codec codec, ByteBuffer source) {
        if (codec == Codec.NONE) {
            return source;
        }
        byte[] input = new byte[source.remaining()];
        source.get(input);
        try {
            int sizeBytes = switch (codec) {
                case NONE -> throw new AssertionError("handled above");
                case GZIP -> drain(new GZIPInputStream(new ByteArrayInputStream(input)), input.length);
                case SNAPPY -> new SnappyFraming(this).decompress(input);
                case LZ4 -> drain(new LZ4FrameInputStream(new ByteArrayInputStream(input)), input.length);
                case ZSTD -> zstd(input);
            };
            return ByteBuffer.wrap(output, 0, sizeBytes);
        } catch (MillraceException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The libraries throw bare RuntimeExceptions too.
            throw new MillraceException(
                    ErrorCode.INVALID_RECORD,
                    "the records of a batch are not what " + codec.configName() + " writes: " + e.getMessage(),
                    e);
        }
    }

    private int drain(InputStream stream, int inputSizeBytes) throws IOException {
        ensureOutput(Math.min(maxSizeBytes, Math.max(LEAST_OUTPUT_BYTES, saturatedTimes4(inputSizeBytes))), 0);
        int sizeBytes = 0;
        try (stream) {
            while (true) {
                if (sizeBytes == output.length) {
                    int next = stream.read();
                    if (next < 0) {
                        return sizeBytes;
                    }
                    ensureOutput(sizeBytes + 1, sizeBytes);
                    output[sizeBytes++] = (byte) next;
                }
                int read = stream.read(output, sizeBytes, output.length - sizeBytes);
                if (read < 0) {
                    return sizeBytes;
                }
                sizeBytes += read;
            }
        }
    }

    /** In one pass into the output, so that no window is allocated, however large the frame says it is. */
    private int zstd(byte[] input) throws IOException {
        ensureOutput(Math.min(maxSizeBytes, Math.max(LEAST_OUTPUT_BYTES, saturatedTimes4(input.length))), 0);
        while (true) {
            try {
                return Math.toIntExact(Zstd.decompressByteArray(output, 0, output.length, input, 0, input.length));
            } catch (ZstdException e) {
                if (e.getErrorCode() != Zstd.errDstSizeTooSmall()) {
                    throw new IOException(e.getMessage(), e);
                }
            }
            ensureOutput(output.length + 1, 0);
        }
    }

    /** The output with room for {@code neededBytes}, the first {@code usedBytes} kept. */
    byte[] ensureOutput(int neededBytes, int usedBytes) {
        if (neededBytes < 0 || neededBytes > maxSizeBytes) {
            throw new MillraceException(
                    ErrorCode.BATCH_TOO_LARGE,
                    "the records of a batch decompress to more than " + maxSizeBytes + " bytes");
        }
        if (neededBytes > output.length) {
            int grownBytes = (int) Math.min(maxSizeBytes, Math.max(neededBytes, 2L * output.length));
            byte[] grown = new byte[grownBytes];
            System.arraycopy(output, 0, grown, 0, usedBytes);
            output = grown;
        }
        return output;
    }

    private static int saturatedTimes4(int sizeBytes) {
        return (int) Math.min(Integer.MAX_VALUE, 4L * sizeBytes);
    }
}
