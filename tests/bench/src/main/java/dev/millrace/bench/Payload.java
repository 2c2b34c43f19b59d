package dev.millrace.bench;

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

    /** Values like JSON: words from a small vocabulary and numbers. A codec makes them three to five times smaller. */
    static Payload compressible(int sizeBytes) {
        Random random = new Random(42);
        byte[][] values = new byte[VALUES][sizeBytes];
        for (byte[] value : values) {
            StringBuilder text = new StringBuilder("{");
            while (text.length() < sizeBytes) {
                text.append("\"field-")
                        .append(random.nextInt(40))
                        .append("\":")
                        .append(random.nextInt(1_000_000))
                        .append(',');
            }
            for (int i = 0; i < sizeBytes; i++) {
                value[i] = (byte) text.charAt(i);
            }
        }
        return new Payload(values);
    }
}
