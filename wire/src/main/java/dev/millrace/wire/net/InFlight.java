package dev.millrace.wire.net;

import dev.millrace.wire.RequestContext;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One request between its arrival and its answer, and the context that its handler sees.
 *
 * <p>Belongs to the event loop of its connection, but for {@link #accept}: the handler's future runs that on any thread, and hands the outcome back
 * through the loop's mailbox.
 */
final class InFlight implements RequestContext, BiConsumer<ApiMessage, @Nullable Throwable> {

    private final Connection connection;
    private final ApiKeys key;
    private final short apiVersion;
    private final int correlationId;
    private final Optional<String> clientId;
    private final ApiMessage request;
    private @Nullable Frame frame;
    private @Nullable Runnable onDisconnect;
    private @Nullable ApiMessage answer;
    private @Nullable Throwable failure;
    private boolean answered;

    /** The next in the loop's mailbox. */
    @Nullable
    InFlight nextAnswered;

    /** Being recorded, if a recording asks for it. */
    @Nullable
    RequestAnswered event;

    InFlight(Connection connection, RequestHeader header, ApiMessage request, Frame frame) {
        this.connection = connection;
        this.key = header.key();
        this.apiVersion = header.apiVersion();
        this.correlationId = header.correlationId();
        this.clientId = header.clientId();
        this.request = request;
        this.frame = frame;
    }

    @Override
    public short apiVersion() {
        return apiVersion;
    }

    @Override
    public Optional<String> clientId() {
        return clientId;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public InetSocketAddress advertisedAddress() {
        return connection.advertisedAddress();
    }

    @Override
    public long connectionId() {
        return connection.id();
    }

    @Override
    public Runnable takeFrame() {
        Frame taken = frame;
        if (taken == null) {
            throw new IllegalStateException("the frame is taken once, before the answer");
        }
        frame = null;
        return taken;
    }

    @Override
    public void execute(Runnable task) {
        connection.loop().loop().execute(task);
    }

    @Override
    public void afterBurst(Runnable task) {
        connection.loop().afterBurst(task);
    }

    @Override
    public void onDisconnect(Runnable action) {
        onDisconnect = action;
    }

    ApiKeys key() {
        return key;
    }

    int correlationId() {
        return correlationId;
    }

    ApiMessage request() {
        return request;
    }

    Connection connection() {
        return connection;
    }

    boolean isAnswered() {
        return answered;
    }

    @Nullable
    ApiMessage answer() {
        return answer;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Whether it only waits on behalf of the client, and may be given up when the server closes. */
    boolean onlyWaits() {
        return onDisconnect != null;
    }

    /** The handler's future is complete, on whichever thread. */
    @Override
    public void accept(ApiMessage answer, @Nullable Throwable failure) {
        this.answer = answer;
        this.failure = failure;
        connection.loop().post(this);
    }

    /** As {@link #accept}, on the event loop and while the request is being handled. */
    void acceptNow(@Nullable ApiMessage answer, @Nullable Throwable failure) {
        this.answer = answer;
        this.failure = failure;
        markAnswered();
    }

    /** On the event loop: the outcome has arrived. */
    void markAnswered() {
        answered = true;
        onDisconnect = null;
    }

    /** Whether the bytes of the request are still there for sure. */
    boolean holdsFrame() {
        return frame != null;
    }

    /** On the event loop: gives the frame back, unless the handler has taken it. */
    void releaseFrame() {
        Frame held = frame;
        if (held != null) {
            frame = null;
            held.run();
        }
    }

    /** On the event loop: the connection is gone; an answer that still comes is dropped, and gives the frame back then. */
    void disconnected() {
        Runnable action = onDisconnect;
        onDisconnect = null;
        if (action != null) {
            action.run();
        }
        if (action != null || answered) {
            releaseFrame();
        }
    }
}
