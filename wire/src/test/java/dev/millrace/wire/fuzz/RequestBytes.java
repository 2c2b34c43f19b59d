package dev.millrace.wire.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Requests that are well-formed, out of Kafka's own schemas: every API, every version, fields that often mean something (topics that exist,
 * small partitions, known epochs) and sometimes are absurd. Not thread-safe.
 */
final class RequestBytes {

    private static final int FRAME_MAX_BYTES = 200_000;

    private final Random random;
    private final Payloads payloads;
    private final List<ApiKeys> keys;
    private final List<byte[]> topicIds;
    private final ByteBuffer out = ByteBuffer.allocate(32 * 1024 * 1024);

    RequestBytes(Random random, Payloads payloads, List<ApiKeys> keys, List<byte[]> topicIds) {
        this.random = random;
        this.payloads = payloads;
        this.keys = keys;
        this.topicIds = topicIds;
    }

    /** One frame, with its size in front. */
    byte[] next(int correlationId) {
        ApiKeys key = keys.get(random.nextInt(keys.size()));
        short oldest = key.oldestVersion();
        short version = (short) (oldest + random.nextInt(key.latestVersion(false) - oldest + 1));
        out.clear();
        out.putInt(0).putShort(key.id).putShort(version).putInt(correlationId);
        putString("fuzz");
        if (key.requestHeaderVersion(version) >= 2) {
            putVarint(0);
        }
        putStruct(key.messageType.requestSchemas()[version], 0);
        out.putInt(0, out.position() - 4);
        byte[] frame = new byte[out.position()];
        out.get(0, frame);
        return frame;
    }

    private void putStruct(Schema schema, int depth) {
        for (BoundField field : schema.fields()) {
            put(field.def.name, field.def.type, depth);
        }
    }

    private void put(String name, Type type, int depth) {
        if (type instanceof TaggedFields) {
            putTags();
        } else if (type.isArray()) {
            putArray(name, type, depth);
        } else if (type instanceof Schema schema) {
            if (schema instanceof NullableSchema) {
                boolean present = random.nextBoolean();
                out.put((byte) (present ? 1 : -1));
                if (!present) {
                    return;
                }
            }
            putStruct(schema, depth + 1);
        } else {
            putPrimitive(name, type.toString());
        }
    }

    private void putTags() {
        if (random.nextInt(20) > 0) {
            putVarint(0);
            return;
        }
        putVarint(1);
        putVarint(random.nextInt(4));
        byte[] bytes = bytes(8);
        putVarint(bytes.length);
        out.put(bytes);
    }

    private void putArray(String name, Type type, int depth) {
        int length = depth > 3 || out.position() > FRAME_MAX_BYTES ? 0 : random.nextInt(4);
        if (length > 0 && random.nextInt(200) == 0) {
            length = random.nextInt(1000);
        }
        if (type.getClass().getSimpleName().startsWith("Compact")) {
            putVarint(length + 1);
        } else {
            out.putInt(length);
        }
        for (int n = 0; n < length; n++) {
            put(name, type.arrayElementType().orElseThrow(), depth + 1);
        }
    }

    private void putPrimitive(String name, String type) {
        switch (type) {
            case "BOOLEAN", "INT8" -> out.put((byte) number(name));
            case "INT16", "UINT16" -> out.putShort((short) number(name));
            case "INT32", "UINT32" -> out.putInt((int) number(name));
            case "INT64" -> out.putLong(number(name));
            case "FLOAT64" -> out.putDouble(random.nextDouble());
            case "UUID" -> out.put(topicIds.get(random.nextInt(topicIds.size())));
            case "STRING", "NULLABLE_STRING" -> putString(text(name));
            case "COMPACT_STRING", "COMPACT_NULLABLE_STRING" -> {
                byte[] text = text(name).getBytes(StandardCharsets.UTF_8);
                putVarint(text.length + 1);
                out.put(text);
            }
            case "BYTES", "NULLABLE_BYTES" -> putBytes(bytes(50));
            case "COMPACT_BYTES", "COMPACT_NULLABLE_BYTES" -> putCompactBytes(bytes(50));
            case "RECORDS", "NULLABLE_RECORDS" -> putBytes(payloads.next(random));
            case "COMPACT_RECORDS", "COMPACT_NULLABLE_RECORDS" -> putCompactBytes(payloads.next(random));
            default -> throw new IllegalStateException("a schema has a field of type " + type + ": teach the fuzzer");
        }
    }

    private void putString(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    private void putBytes(byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
    }

    private void putCompactBytes(byte[] bytes) {
        putVarint(bytes.length + 1);
        out.put(bytes);
    }

    private void putVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private byte[] bytes(int maxLength) {
        byte[] bytes = new byte[random.nextInt(maxLength)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String text(String name) {
        if (name.contains("transactional") && random.nextInt(4) > 0) {
            return "";
        }
        return switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> "events";
            case 4 -> "other";
            case 5 -> "";
            case 6 -> "x".repeat(random.nextInt(300));
            default -> new String(bytes(12), StandardCharsets.ISO_8859_1);
        };
    }

    private long number(String name) {
        if (name.contains("max_wait")) {
            // A poll that waits for long is no stall; but this run has no time for it.
            return random.nextInt(3);
        }
        if (name.equals("acks") && random.nextInt(20) > 0) {
            // Without an answer (acks=0) the first failure ends the connection.
            return random.nextBoolean() ? -1 : 1;
        }
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> random.nextInt(3);
            case 5, 6, 7 -> -1;
            case 8 -> random.nextInt(100_000);
            case 9 -> -2 - random.nextInt(5);
            case 10 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
            default -> random.nextLong();
        };
    }
}
