package dev.millrace.wire.net;

import dev.millrace.wire.Handler;
import dev.millrace.wire.Handlers;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Makes a request of a frame: header, handler, body. Stateless. */
final class RequestDecoder {

    /**
     * What a frame says.
     *
     * @param refused whether this is an ApiVersions request of a version that we do not serve, to be answered with UNSUPPORTED_VERSION
     *     in version 0 (KIP-511)
     */
    record Decoded(Handler<?> handler, RequestHeader header, ApiMessage body, boolean refused) {}

    private final Handlers handlers;

    RequestDecoder(Handlers handlers) {
        this.handlers = handlers;
    }

    static Throwable refusal() {
        return new UnsupportedVersionException("this version of ApiVersions is not served");
    }

    /** Reads one request. Its buffers and records are slices of {@code frame}. */
    Decoded decode(ByteBuffer frame) throws MalformedRequest {
        if (frame.remaining() < RequestHeader.FIXED_BYTES) {
            throw new MalformedRequest("a frame of " + frame.remaining() + " bytes has no room for a header");
        }
        short apiKey = frame.getShort();
        short apiVersion = frame.getShort();
        int correlationId = frame.getInt();
        Handler<?> handler = handlers.find(apiKey)
                .orElseThrow(() -> new MalformedRequest("API key " + apiKey + ", which is not served"));
        ApiKeys key = handler.key();
        if (apiVersion < handler.minVersion() || apiVersion > handler.maxVersion()) {
            if (key == ApiKeys.API_VERSIONS) {
                return refusedApiVersions(handler, correlationId);
            }
            throw new MalformedRequest("version " + apiVersion + " of " + key + "; " + handler.minVersion() + " to "
                    + handler.maxVersion() + " are served");
        }
        try {
            RequestHeader header = RequestHeader.read(key, apiVersion, correlationId, frame);
            return new Decoded(handler, header, body(key, apiVersion, frame), false);
        } catch (RuntimeException e) {
            throw new MalformedRequest("a request of " + key + " version " + apiVersion + " that cannot be read: " + e);
        }
    }

    private static ApiMessage body(ApiKeys key, short apiVersion, ByteBuffer frame) {
        ApiMessage body = key.messageType.newRequest();
        if (!RepeatedKeys.mustBeChecked(key)) {
            body.read(new RequestReader(frame), apiVersion);
            return body;
        }
        int start = frame.position();
        try {
            body.read(new RequestReader(frame, RepeatedKeys.ARRAY_LENGTH_UNCHECKED), apiVersion);
        } catch (RequestReader.LongArray e) {
            frame.position(start);
            RepeatedKeys.check(key.messageType.requestSchemas()[apiVersion], frame);
            body.read(new RequestReader(frame), apiVersion);
        }
        return body;
    }

    private static Decoded refusedApiVersions(Handler<?> handler, int correlationId) {
        RequestHeader header = new RequestHeader(ApiKeys.API_VERSIONS, (short) 0, correlationId, Optional.empty());
        return new Decoded(handler, header, new ApiVersionsRequestData(), true);
    }
}
