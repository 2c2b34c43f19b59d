package dev.millrace.log.records;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.SnappyOutputStream;

/** Compresses the records of a batch, in the framing that Kafka's clients expect of each codec. Thread-safe. */
final class Compressor {

    private Compressor() {}

    /** Compresses what is between position and limit of {@code source}, which is consumed. {@code NONE} gives it back as it is. */
    static ByteBuffer compress(Compression compression, ByteBuffer source) {
        if (compression.codec() == Codec.NONE) {
            return source;
        }
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        ByteArrayOutputStream target = new ByteArrayOutputStream(Math.max(64, bytes.length / 2));
        try (OutputStream stream = open(compression, target)) {
            stream.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("compressing into memory cannot fail", e);
        }
        return ByteBuffer.wrap(target.toByteArray());
    }

    private static OutputStream open(Compression compression, OutputStream target) throws IOException {
        int level = compression.level();
        return switch (compression.codec()) {
            case NONE -> target;
            case GZIP -> new LevelledGzip(target, level);
            case SNAPPY -> new SnappyOutputStream(target);
            case LZ4 ->
                new LZ4FrameOutputStream(
                        target,
                        LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
                        -1,
                        lz4(level),
                        XXHashFactory.fastestInstance().hash32(),
                        LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(target, level);
        };
    }

    private static LZ4Compressor lz4(int level) {
        LZ4Factory factory = LZ4Factory.fastestInstance();
        return level == Codec.LZ4.defaultLevel() ? factory.fastCompressor() : factory.highCompressor(level);
    }

    private static final class LevelledGzip extends GZIPOutputStream {

        LevelledGzip(OutputStream target, int level) throws IOException {
            super(target);
            def.setLevel(level);
        }
    }
}
