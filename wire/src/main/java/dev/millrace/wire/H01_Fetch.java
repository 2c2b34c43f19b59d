package dev.millrace.wire;

import dev.millrace.wire.fetch.FetchEngine;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Fetch (key 1), versions 4 to 18.
 *
 * <p>Behaviour: reads what is durable (or committed), up to the request's bounds; waits up to {@code max_wait_ms} for {@code min_bytes}
 * without polling. Records go out of the page cache by {@code sendfile}. The first batch comes whole, however large (KIP-74).
 *
 * <ul>
 *   <li>v7: sessions (KIP-227). v9: leader epochs are checked (KIP-320). v11: preferred read replica, never named: there is one node.
 *   <li>v12: diverging epochs (KIP-595). v13: topics by id (KIP-516). v16: where the leader is now, never needed with one node.
 * </ul>
 *
 * <p>Deliberately missing: followers. Whoever claims to be one is told that it is none.
 */
public final class H01_Fetch implements Handler<FetchRequestData> {

    private final FetchEngine engine;

    public H01_Fetch(FetchEngine engine) {
        this.engine = engine;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FETCH;
    }

    @Override
    public short minVersion() {
        return 4;
    }

    @Override
    public short maxVersion() {
        return 18;
    }

    @Override
    public CompletableFuture<FetchResponseData> handle(FetchRequestData request, RequestContext context) {
        if (!IsolationLevels.isKnown(request.isolationLevel())) {
            return CompletableFuture.failedFuture(IsolationLevels.unknown(request.isolationLevel()));
        }
        return engine.fetch(request, context);
    }
}
