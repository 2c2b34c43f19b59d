package dev.millrace.wire;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One Kafka API: a file per key, named {@code H<key>_<Name>}. The ApiVersions answer is derived from the handlers that are
 * registered, so what is not built is not claimed.
 *
 * <p>Stateless towards connections (what belongs to a connection is in {@link RequestContext}); called on an event loop, so it never
 * waits: what takes time comes back as a future.
 *
 * @param <Q> the generated request data
 */
public interface Handler<Q extends ApiMessage> {

    ApiKeys key();

    /** Lowest version served. */
    short minVersion();

    /** Highest version served, at most what the generated messages know as stable. */
    short maxVersion();

    /** Whether ApiVersions tells of it. What it does not tell of is answered all the same. */
    default boolean isAdvertised() {
        return true;
    }

    /**
     * Answers. The future gives the generated response data, or a {@code null}-free signal that nothing is to be sent
     * ({@link NoResponse}, for Produce with {@code acks=0}). A future that fails becomes the API's own error answer, built by
     * {@code ErrorAnswers}.
     */
    CompletableFuture<? extends ApiMessage> handle(Q request, RequestContext context);
}
