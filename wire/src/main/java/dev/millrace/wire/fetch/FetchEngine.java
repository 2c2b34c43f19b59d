package dev.millrace.wire.fetch;

import dev.millrace.base.time.Scheduler;
import dev.millrace.control.port.LogPort;
import dev.millrace.wire.RequestContext;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;

/** Everything that Fetch requests share. Thread-safe. */
public final class FetchEngine {

    /** Kafka's {@code fetch.max.bytes} of the broker: no answer is larger, whatever the client asks for. */
    static final int MAX_BYTES = 57_671_680;

    private final FetchSessions sessions;
    private final PartitionReader reader;
    private final ColdReads coldReads;
    private final Scheduler scheduler;

    /** Takes an executor whose threads may wait for a disk. */
    public FetchEngine(LogPort port, FetchSessions sessions, Scheduler scheduler, Executor waiting) {
        this.sessions = sessions;
        this.reader = new PartitionReader(port);
        this.coldReads = new ColdReads(waiting);
        this.scheduler = scheduler;
    }

    PartitionReader reader() {
        return reader;
    }

    ColdReads coldReads() {
        return coldReads;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Answers one request; to be called on its event loop. */
    public CompletableFuture<FetchResponseData> fetch(FetchRequestData request, RequestContext context) {
        FetchScope scope = sessions.scope(request, context);
        FetchAnswer answer = new FetchAnswer(scope);
        Collection<FetchTarget> targets = switch (scope) {
            case FetchScope.Full full -> full.targets();
            case FetchScope.Incremental incremental -> incremental.targets();
            case FetchScope.Refused ignored -> List.of();
        };
        return new FetchCall(this, request, context, targets, answer).start();
    }
}
