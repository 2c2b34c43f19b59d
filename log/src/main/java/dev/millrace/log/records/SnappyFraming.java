package dev.millrace.log.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.xerial.snappy.Snappy;

/**
 * Snappy in the framing of snappy-java, which Kafka's clients write. The library's own stream believes the lengths that it reads;
 * this one holds them against the bytes that are there and against the bound before anything is allocated.
 *
 * <pre>
 *   position  bytes  field
 *          0      8  0x82 'S' 'N' 'A' 'P' 'P' 'Y' 0x00
 *          8      4  version
 *         12      4  lowest version that can read it
 *         16         blocks, each: length (4 bytes), snappy block
 * </pre>
 *
 * Bytes that do not begin so are one bare snappy block, as some clients write it. Streams may be concatenated.
 */
final class SnappyFraming {

    private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
    private static final int HEADER_BYTES = 16;
    private static final int LENGTH_BYTES = 4;

    private final Decompressor owner;
    private int outputSizeBytes;

    SnappyFraming(Decompressor owner) {
        this.owner = owner;
    }

    /** Decompresses into the owner's output; returns how many bytes that gave. */
    int decompress(byte[] input) throws IOException {
        if (!startsWithMagic(input, 0)) {
            decompressBlock(input, 0, input.length);
            return outputSizeBytes;
        }
        ByteBuffer view = ByteBuffer.wrap(input);
        for (int position = HEADER_BYTES; position < input.length; ) {
            if (startsWithMagic(input, position)) {
                position += HEADER_BYTES;
                continue;
            }
            if (input.length - position < LENGTH_BYTES) {
                throw new IOException("a block length at position " + position + " is cut off");
            }
            int blockSizeBytes = view.getInt(position);
            position += LENGTH_BYTES;
            if (blockSizeBytes < 0 || blockSizeBytes > input.length - position) {
                throw new IOException("a block of " + blockSizeBytes + " bytes at position " + position + ", where "
                        + (input.length - position) + " are left");
            }
            decompressBlock(input, position, blockSizeBytes);
            position += blockSizeBytes;
        }
        return outputSizeBytes;
    }

    private void decompressBlock(byte[] input, int position, int sizeBytes) throws IOException {
        int uncompressedBytes = Snappy.uncompressedLength(input, position, sizeBytes);
        if (uncompressedBytes < 0) {
            throw new IOException("a block that claims more than 2 GiB");
        }
        int neededBytes = (int) Math.min(Integer.MAX_VALUE, (long) outputSizeBytes + uncompressedBytes);
        byte[] output = owner.ensureOutput(neededBytes, outputSizeBytes);
        outputSizeBytes += Snappy.uncompress(input, position, sizeBytes, output, outputSizeBytes);
    }

    private static boolean startsWithMagic(byte[] input, int position) {
        return input.length - position >= HEADER_BYTES
                && Arrays.equals(input, position, position + MAGIC.length, MAGIC, 0, MAGIC.length);
    }
}
