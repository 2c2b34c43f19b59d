package dev.millrace.control.groups.consumer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What consumers of the classic protocol say inside it: their subscription, and the assignment that they are given. Versions 0 to 3 of Kafka's
 * consumer protocol. Stateless.
 *
 * <pre>
 * subscription  │ version int16 │ topics │ user data: bytes │ v1: owned │ v2: generation int32 │ v3: rack: string │
 * assignment    │ version int16 │ owned                     │ user data: bytes │
 *
 * topics        │ int32 times │ name: string │
 * owned         │ int32 times │ topic: string, int32 times: partition int32 │
 * string        │ int16 size, -1 for none │ UTF-8 │          bytes  │ int32 size, -1 for none │ … │
 * </pre>
 */
final class EmbeddedProtocol {

    static final String TYPE = "consumer";

    private static final short OWNED_MIN_VERSION = 1;
    private static final short GENERATION_MIN_VERSION = 2;
    private static final short RACK_MIN_VERSION = 3;
    private static final int NONE = -1;

    private EmbeddedProtocol() {}

    /** What a member wants, and has. */
    record Subscription(
            short version, List<String> topics, Map<String, List<Integer>> owned, Optional<String> rackId) {}

    /** The subscription; empty if the bytes are none: they come from a client, and are believed no further than they reach. */
    static Optional<Subscription> subscription(byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            short version = version(buffer);
            List<String> topics = new ArrayList<>();
            for (int left = count(buffer); left > 0; left--) {
                topics.add(string(buffer).orElseThrow(BufferUnderflowException::new));
            }
            skipBytes(buffer);
            Map<String, List<Integer>> owned = version >= OWNED_MIN_VERSION ? partitions(buffer) : Map.of();
            if (version >= GENERATION_MIN_VERSION) {
                buffer.getInt();
            }
            Optional<String> rackId = version >= RACK_MIN_VERSION ? string(buffer) : Optional.empty();
            return Optional.of(new Subscription(version, List.copyOf(topics), owned, rackId));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /** The partitions of an assignment; empty if the bytes are none. */
    static Optional<Map<String, List<Integer>>> assignment(byte[] bytes) {
        if (bytes.length == 0) {
            return Optional.of(Map.of());
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            version(buffer);
            return Optional.of(partitions(buffer));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /** An assignment in the version that its reader speaks. */
    static byte[] encodeAssignment(short version, Map<String, List<Integer>> partitions) {
        List<byte[]> names = new ArrayList<>(partitions.size());
        int sizeBytes = Short.BYTES + Integer.BYTES + Integer.BYTES;
        for (Map.Entry<String, List<Integer>> topic : partitions.entrySet()) {
            byte[] name = topic.getKey().getBytes(StandardCharsets.UTF_8);
            names.add(name);
            sizeBytes += Short.BYTES
                    + name.length
                    + Integer.BYTES
                    + Integer.BYTES * topic.getValue().size();
        }
        ByteBuffer buffer = ByteBuffer.allocate(sizeBytes).putShort(version).putInt(partitions.size());
        int place = 0;
        for (List<Integer> numbers : partitions.values()) {
            byte[] name = names.get(place++);
            buffer.putShort((short) name.length).put(name).putInt(numbers.size());
            numbers.forEach(buffer::putInt);
        }
        return buffer.putInt(NONE).array();
    }

    private static short version(ByteBuffer buffer) {
        short version = buffer.getShort();
        if (version < 0) {
            throw new BufferUnderflowException();
        }
        return version;
    }

    private static Map<String, List<Integer>> partitions(ByteBuffer buffer) {
        Map<String, List<Integer>> partitions = new LinkedHashMap<>();
        for (int left = count(buffer); left > 0; left--) {
            String topic = string(buffer).orElseThrow(BufferUnderflowException::new);
            List<Integer> numbers = partitions.computeIfAbsent(topic, name -> new ArrayList<>());
            for (int leftHere = count(buffer); leftHere > 0; leftHere--) {
                numbers.add(buffer.getInt());
            }
        }
        return partitions;
    }

    /** Every element takes two bytes at least: more than could be there are not believed. */
    private static int count(ByteBuffer buffer) {
        int count = buffer.getInt();
        if (count > buffer.remaining() / Short.BYTES) {
            throw new BufferUnderflowException();
        }
        return Math.max(count, 0);
    }

    private static Optional<String> string(ByteBuffer buffer) {
        int sizeBytes = buffer.getShort();
        if (sizeBytes < 0) {
            return Optional.empty();
        }
        if (sizeBytes > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[sizeBytes];
        buffer.get(bytes);
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }

    private static void skipBytes(ByteBuffer buffer) {
        int sizeBytes = buffer.getInt();
        if (sizeBytes > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        buffer.position(buffer.position() + Math.max(sizeBytes, 0));
    }
}
