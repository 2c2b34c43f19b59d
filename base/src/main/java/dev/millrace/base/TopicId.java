package dev.millrace.base;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/**
 * The identity of a topic: two topics that bear the same name one after the other have different ids (KIP-516).
 *
 * <p>Printed as Kafka prints it: 22 characters of URL-safe Base64.
 */
public record TopicId(long mostSignificantBits, long leastSignificantBits) {

    /** "No id given" on the wire. */
    public static final TopicId ZERO = new TopicId(0, 0);

    public static TopicId of(UUID uuid) {
        return new TopicId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /**
     * Reads what {@link #toString} printed.
     *
     * @throws IllegalArgumentException if {@code text} is not 22 characters of URL-safe Base64
     */
    public static TopicId parse(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != 16) {
            throw new IllegalArgumentException("a topic id is 22 characters of URL-safe Base64, not \"" + text + "\"");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new TopicId(buffer.getLong(), buffer.getLong());
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(mostSignificantBits)
                .putLong(leastSignificantBits)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
