package dev.millrace.wire.fuzz;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.wire.Handler;
import dev.millrace.wire.RequestContext;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Reads what any API may be asked, and answers with that API's own error: for the APIs whose handlers other tests fuzz. */
public record RefusingHandler(ApiKeys key) implements Handler<ApiMessage> {

    @Override
    public short minVersion() {
        return key.oldestVersion();
    }

    @Override
    public short maxVersion() {
        return key.latestVersion(false);
    }

    @Override
    public CompletableFuture<ApiMessage> handle(ApiMessage request, RequestContext context) {
        return CompletableFuture.failedFuture(new MillraceException(ErrorCode.INVALID_REQUEST, "refused"));
    }
}
