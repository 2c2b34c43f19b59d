package dev.millrace.wire.net;

import dev.millrace.wire.ErrorAnswers;
import dev.millrace.wire.ErrorMapping;
import dev.millrace.wire.Handler;
import dev.millrace.wire.NoResponse;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: cuts frames, hands requests to their handlers, and writes the answers in the order of the requests.
 *
 * <p>Several requests are handled at a time, at most {@code requestsPerConnectionMax}; an answer that is ready early waits for those before it. Reading pauses
 * while that many are in flight, while the client does not read its answers, and while there is no memory for more.
 *
 * <p>Everything here runs on the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails on a channel comes to Connection#exceptionCaught.
final class Connection extends ChannelInboundHandlerAdapter implements RequestMemory.Waiter {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    /** With others waiting for memory, a half-sent frame may stand still for so long. */
    private static final long STALL_NS = 10_000_000_000L;

    private final Channel channel;
    private final LoopState loop;
    private final Shared shared;
    private final FrameReceiver receiver;
    private final InetSocketAddress remoteAddress;
    private final InetSocketAddress advertisedAddress;
    private final long id;
    private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private long lastActiveNs;
    private int answersBeingSent;
    private volatile long neededBytes;
    private boolean waitingForMemory;
    private boolean pumping;
    private boolean unflushed;
    private boolean draining;
    private boolean closed;

    Connection(
            Channel channel,
            LoopState loop,
            Shared shared,
            InetSocketAddress remoteAddress,
            InetSocketAddress advertisedAddress,
            long id) {
        this.channel = channel;
        this.loop = loop;
        this.shared = shared;
        this.remoteAddress = remoteAddress;
        this.advertisedAddress = advertisedAddress;
        this.id = id;
        this.receiver = new FrameReceiver(channel.alloc(), shared.options().requestMaxBytes(), shared.memory());
        this.lastActiveNs = shared.clock().monotonicNs();
    }

    FrameReceiver receiver() {
        return receiver;
    }

    LoopState loop() {
        return loop;
    }

    InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    InetSocketAddress advertisedAddress() {
        return advertisedAddress;
    }

    long id() {
        return id;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        loop.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        receiver.received(message);
        lastActiveNs = shared.clock().monotonicNs();
        pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        receiver.burstEnded();
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            pump();
            flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        loop.remove(this);
        shared.connectionClosed();
        receiver.close();
        shared.memory().forget(this);
        for (InFlight request : inFlight) {
            request.disconnected();
        }
        inFlight.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            // The other end went away, or a segment did under a slow reader: nothing that an operator could act on.
            log.debug(
                    "event=connection-lost remote={} connection={} reason=\"{}\"", remoteAddress, id, cause.toString());
        } else {
            log.error("event=connection-failed remote={} connection={}", remoteAddress, id, cause);
        }
        channel.close();
    }

    /** Handles as many whole frames as the bounds let it. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (mayHandleMore()) {
                Optional<Frame> frame = receiver.next();
                if (frame.isEmpty()) {
                    break;
                }
                handle(frame.get());
            }
        } catch (MalformedRequest e) {
            closeFor(MalformedRequest.reason(e));
        } finally {
            pumping = false;
        }
        if (!closed) {
            awaitMemory();
            boolean read = mayHandleMore() && !waitingForMemory;
            if (channel.config().isAutoRead() != read) {
                channel.config().setAutoRead(read);
            }
        }
    }

    private boolean mayHandleMore() {
        return !closed
                && !draining
                && inFlight.size() + answersBeingSent < shared.options().requestsPerConnectionMax()
                && channel.isWritable()
                && (inFlight.isEmpty() || !shared.memory().isUsedUp());
    }

    private void awaitMemory() {
        if (receiver.awaitedBytes() > 0 && !waitingForMemory) {
            waitingForMemory = true;
            neededBytes = receiver.awaitedBytes();
            shared.memory().await(this);
        }
    }

    @Override
    public long neededBytes() {
        return neededBytes;
    }

    /** On any thread. */
    @Override
    public void memoryReleased() {
        if (loop.loop().isShuttingDown()) {
            return;
        }
        loop.loop().execute(() -> {
            waitingForMemory = false;
            pump();
            flush();
            if (!waitingForMemory) {
                shared.memory().wakeFirst();
            }
        });
    }

    private void handle(Frame frame) throws MalformedRequest {
        int sizeBytes = frame.bytes().remaining();
        RequestDecoder.Decoded decoded;
        try {
            decoded = shared.decoder().decode(frame.bytes());
        } catch (MalformedRequest e) {
            frame.run();
            throw e;
        }
        InFlight request = new InFlight(this, decoded.header(), decoded.body(), frame);
        request.event = shared.events().begin(request, sizeBytes);
        inFlight.add(request);
        if (decoded.refused()) {
            request.acceptNow(null, RequestDecoder.refusal());
        } else {
            call(decoded.handler(), request);
        }
        shared.events().handled(request.event);
        if (request.isAnswered() && inFlight.peekFirst() == request) {
            writeReady();
        }
    }

    /** The decoder made the request with the handler's own key, so the types fit. */
    @SuppressWarnings("unchecked")
    private static void call(Handler<?> handler, InFlight request) {
        CompletableFuture<? extends ApiMessage> future;
        try {
            future = ((Handler<ApiMessage>) handler).handle(request.request(), request);
        } catch (RuntimeException e) {
            request.acceptNow(null, e);
            return;
        }
        if (future.state() == Future.State.SUCCESS) {
            request.acceptNow(future.resultNow(), null);
        } else {
            future.whenComplete(request);
        }
    }

    /** An outcome has come through the mailbox; tells whether {@link #writeAnswers} is due. */
    boolean answered(InFlight request) {
        request.markAnswered();
        if (closed) {
            request.releaseFrame();
            return false;
        }
        return inFlight.peekFirst() == request;
    }

    /** Writes what is ready, in order, and flushes once. */
    void writeAnswers() {
        if (closed) {
            return;
        }
        writeReady();
        pump();
        flush();
    }

    private void writeReady() {
        InFlight head = inFlight.peekFirst();
        while (head != null && head.isAnswered() && !closed) {
            inFlight.pollFirst();
            write(head);
            head = inFlight.peekFirst();
        }
        closeIfDrained();
    }

    private void write(InFlight request) {
        Optional<ApiMessage> answer = Optional.empty();
        try {
            answer = answer(request);
            if (answer.isPresent() && !(answer.get() instanceof NoResponse) && context != null) {
                unflushed = true;
                if (AnswerEncoder.write(context, request, answer.get(), this::answerSent)) {
                    answersBeingSent++;
                }
            }
        } catch (RuntimeException e) {
            log.error(
                    "event=answer-failed api={} version={} remote={}",
                    request.key(),
                    request.apiVersion(),
                    remoteAddress,
                    e);
            answer = Optional.empty();
        } finally {
            request.releaseFrame();
            shared.events().answered(request.event);
        }
        if (answer.isEmpty()) {
            closeFor("a request of " + request.key() + " version " + request.apiVersion()
                    + " failed, which has no answer for that");
        }
    }

    private static Optional<ApiMessage> answer(InFlight request) {
        Throwable failure = request.failure();
        if (failure == null) {
            return Optional.ofNullable(request.answer()).filter(answer -> answer != NoResponse.THEN_CLOSE);
        }
        Throwable cause = ErrorMapping.cause(failure);
        if (ErrorMapping.errors(cause) == Errors.UNKNOWN_SERVER_ERROR) {
            log.error("event=request-failed api={} version={}", request.key(), request.apiVersion(), cause);
        }
        if (!request.holdsFrame()) {
            // The error answer is made from the request, whose bytes may be gone.
            return Optional.empty();
        }
        return ErrorAnswers.answer(request.key(), request.apiVersion(), request.request(), failure);
    }

    private void answerSent() {
        answersBeingSent--;
        if (!closed) {
            pump();
            closeIfDrained();
        }
    }

    private void flush() {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    private void closeFor(String reason) {
        if (!closed) {
            shared.closingLog().closed(remoteAddress, id, reason);
            channel.close();
        }
    }

    /** Closes what has been silent for too long, or holds memory that others wait for without going on. */
    void closeIfIdle(long nowNs) {
        long silentNs = nowNs - lastActiveNs;
        if (inFlight.isEmpty()
                && answersBeingSent == 0
                && silentNs > shared.options().connectionsMaxIdleMs() * 1_000_000L) {
            log.debug("event=connection-idle remote={} connection={}", remoteAddress, id);
            channel.close();
        } else if (receiver.holdsPartOfLargeFrame()
                && silentNs > STALL_NS
                && shared.memory().hasWaiters()) {
            closeFor("half a request, and nothing for " + silentNs / 1_000_000_000L
                    + " s, while others wait for the memory that it holds");
        }
    }

    ChannelFuture closeFuture() {
        return channel.closeFuture();
    }

    /** The server closes: reads no more, and closes when what is in flight is answered. Requests that only wait are given up. */
    void drain() {
        draining = true;
        channel.config().setAutoRead(false);
        closeIfDrained();
    }

    private void closeIfDrained() {
        if (draining && answersBeingSent == 0 && inFlight.stream().allMatch(InFlight::onlyWaits)) {
            flush();
            channel.close();
        }
    }
}
