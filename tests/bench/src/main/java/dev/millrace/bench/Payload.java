package dev.millrace.bench;

import dev.millrace.peer.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;

/** Values of records: the same on every side and in every run. */
final class Payload {
    private static final int VALUES = 1_024;

    private final byte[][] values;

    private Payload(byte[][] values) {
        this.values = values;
    }

    /** The value of a record, by its number. Never changed by anybody. */
    byte[] value(int number) {
        return values[number % VALUES];
    }

    int sizeBytes() {
        return values[0].length;
    }

    /** Values that no codec makes smaller. */
    static Payload random(int sizeBytes) {
        Random random = new Random(42);
        byte[][] values = new byte[VALUES][sizeBytes];
        for (byte[] value : values) {
            random.nextBytes(value);
        }
        return new Payload(values);
    }

    /** Real data: pieces of the JSON text of the flights in {@code examples/data}, which lz4 makes four and zstd seven times smaller. */
    static Payload flights(int sizeBytes) {
        byte[] text;
        try {
            text = Files.readAllBytes(Machine.root().resolve("examples/data/flights-20k.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[][] values = new byte[VALUES][];
        for (int i = 0; i < VALUES; i++) {
            int from = i * sizeBytes % (text.length - sizeBytes);
            values[i] = Arrays.copyOfRange(text, from, from + sizeBytes);
        }
        return new Payload(values);
    }
}
