package dev.millrace.wire.fuzz;

import dev.millrace.log.records.Codec;
import dev.millrace.log.records.Compression;
import dev.millrace.log.records.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** What a Produce request may carry: whole batches of every codec, batches that explode, and damaged ones with a CRC that fits. */
final class Payloads {

    private static final int EXPLODING_BYTES = 32 * 1024 * 1024;
    private static final int CRC_POSITION = 17;
    private static final int CRC_COVERS_FROM = 21;

    private final List<byte[]> usual = new ArrayList<>();
    private final List<byte[]> exploding = new ArrayList<>();

    Payloads() {
        for (Codec codec : Codec.values()) {
            usual.add(batch(codec, 1, 10));
            usual.add(batch(codec, 20, 50));
            if (codec != Codec.NONE) {
                exploding.add(batch(codec, 1, codec == Codec.SNAPPY ? EXPLODING_BYTES / 4 : EXPLODING_BYTES));
                exploding.add(batch(codec, 50_000, 1));
            }
        }
    }

    byte[] next(Random random) {
        int kind = random.nextInt(100);
        if (kind == 0) {
            // Rare: where it is opened, one costs as much as ten thousand others.
            return random.nextInt(20) > 0 ? new byte[0] : exploding.get(random.nextInt(exploding.size()));
        } else if (kind < 60) {
            return usual.get(random.nextInt(usual.size()));
        } else if (kind < 65) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        return damaged(random);
    }

    private byte[] damaged(Random random) {
        byte[] batch = usual.get(random.nextInt(usual.size())).clone();
        int changes = 1 + random.nextInt(4);
        for (int n = 0; n < changes; n++) {
            batch[random.nextInt(batch.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(3) > 0) {
            CRC32C crc = new CRC32C();
            crc.update(batch, CRC_COVERS_FROM, batch.length - CRC_COVERS_FROM);
            ByteBuffer.wrap(batch).putInt(CRC_POSITION, (int) crc.getValue());
        }
        return batch;
    }

    private static byte[] batch(Codec codec, int records, int valueBytes) {
        RecordBatchBuilder builder = new RecordBatchBuilder().compression(Compression.of(codec));
        for (int n = 0; n < records; n++) {
            builder.add(1_000_000L + n, ByteBuffer.allocate(valueBytes));
        }
        ByteBuffer built = builder.build();
        byte[] bytes = new byte[built.remaining()];
        built.get(bytes);
        return bytes;
    }
}
