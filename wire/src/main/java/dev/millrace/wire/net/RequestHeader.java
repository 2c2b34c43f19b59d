package dev.millrace.wire.net;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The header of a request, versions 1 and 2.
 *
 * <pre>
 *   int16 api key | int16 api version | int32 correlation id | int16 length, client id (-1: none) | v2: tagged fields
 * </pre>
 */
record RequestHeader(ApiKeys key, short apiVersion, int correlationId, Optional<String> clientId) {

    /** Bytes up to the correlation id: the same in every version. */
    static final int FIXED_BYTES = 8;

    /**
     * Reads what follows the fixed part, and leaves {@code bytes} at the body.
     *
     * @throws RuntimeException if it is not there
     */
    static RequestHeader read(ApiKeys key, short apiVersion, int correlationId, ByteBuffer bytes) {
        Optional<String> clientId = readClientId(bytes);
        if (key.requestHeaderVersion(apiVersion) >= 2) {
            skipTaggedFields(bytes);
        }
        return new RequestHeader(key, apiVersion, correlationId, clientId);
    }

    private static Optional<String> readClientId(ByteBuffer bytes) {
        short length = bytes.getShort();
        if (length < 0) {
            return Optional.empty();
        }
        if (length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        bytes.get(text);
        return Optional.of(new String(text, StandardCharsets.UTF_8));
    }

    private static void skipTaggedFields(ByteBuffer bytes) {
        RequestReader reader = new RequestReader(bytes);
        int fields = reader.readUnsignedVarint();
        for (int field = 0; field != fields; field++) {
            reader.readUnsignedVarint();
            reader.readByteBuffer(reader.readUnsignedVarint());
        }
    }
}
