package dev.millrace.wire;

import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/** The answer that is none: Produce with {@code acks=0}. Never serialised. */
public final class NoResponse implements ApiMessage {

    public static final NoResponse INSTANCE = new NoResponse();

    /** Nothing is sent, and the connection is closed: the only way to tell a client that did not ask for answers that something failed. */
    public static final NoResponse THEN_CLOSE = new NoResponse();

    private NoResponse() {}

    @Override
    public short apiKey() {
        return -1;
    }

    @Override
    public short lowestSupportedVersion() {
        return 0;
    }

    @Override
    public short highestSupportedVersion() {
        return 0;
    }

    @Override
    public void addSize(MessageSizeAccumulator size, ObjectSerializationCache cache, short version) {
        throw new IllegalStateException("no response is never serialised");
    }

    @Override
    public void write(Writable writable, ObjectSerializationCache cache, short version) {
        throw new IllegalStateException("no response is never serialised");
    }

    @Override
    public void read(Readable readable, short version) {
        throw new IllegalStateException("no response is never parsed");
    }

    @Override
    public List<RawTaggedField> unknownTaggedFields() {
        return List.of();
    }

    @Override
    public ApiMessage duplicate() {
        return this;
    }
}
