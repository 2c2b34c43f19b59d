package dev.millrace.control.groups.classic;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The topics in a consumer's metadata, all that we read of it. Every version of the consumer protocol begins like this:
 *
 * <pre>
 *  int16    int32         topics times
 * ┌────────┬─────────────┬───────────────┬──────────────┬─ ─ ─
 * │ version│ topics count│ int16 size    │ UTF-8 bytes  │ what we do not read
 * └────────┴─────────────┴───────────────┴──────────────┴─ ─ ─
 * </pre>
 */
final class ConsumerSubscription {

    static final String PROTOCOL_TYPE = "consumer";

    private ConsumerSubscription() {}

    /** The topics; empty if the bytes do not say: they come from a client, and are believed no further than they reach. */
    static Optional<Set<String>> topics(byte[] metadata) {
        ByteBuffer buffer = ByteBuffer.wrap(metadata);
        try {
            if (buffer.getShort() < 0) {
                return Optional.empty();
            }
            int topicsCount = buffer.getInt();
            if (topicsCount < 0 || topicsCount > buffer.remaining() / Short.BYTES) {
                return Optional.empty();
            }
            Set<String> topics = new HashSet<>();
            for (int i = 0; i < topicsCount; i++) {
                int sizeBytes = buffer.getShort();
                if (sizeBytes < 0 || sizeBytes > buffer.remaining()) {
                    return Optional.empty();
                }
                topics.add(new String(metadata, buffer.position(), sizeBytes, StandardCharsets.UTF_8));
                buffer.position(buffer.position() + sizeBytes);
            }
            return Optional.of(topics);
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }
}
