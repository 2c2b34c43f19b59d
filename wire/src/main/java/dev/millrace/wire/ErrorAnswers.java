package dev.millrace.wire;

import java.util.Optional;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/** Makes of a failed request the answer that its own API gives for errors. Stateless; rare, and so not fast. */
public final class ErrorAnswers {

    private ErrorAnswers() {}

    /**
     * The error answer to {@code request}, naming every topic, partition or group that it asked for, as clients expect.
     *
     * @return empty if this API has no way to say so (Produce with {@code acks=0}, values that mean nothing): the connection is to be closed
     */
    public static Optional<ApiMessage> answer(ApiKeys key, short version, ApiMessage request, Throwable failure) {
        ApiException exception = ErrorMapping.errors(failure).exception(ErrorMapping.message(failure));
        // The request's own class knows the shape of its error answer, and is made from bytes alone.
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(request, version);
        try {
            AbstractRequest parsed = AbstractRequest.parseRequest(key, version, bytes).request;
            return Optional.ofNullable(parsed.getErrorResponse(0, exception)).map(AbstractResponse::data);
        } catch (RuntimeException e) {
            // Some of these classes refuse values that their own message can carry.
            return Optional.empty();
        }
    }
}
