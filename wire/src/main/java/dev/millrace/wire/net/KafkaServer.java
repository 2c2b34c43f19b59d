package dev.millrace.wire.net;

import dev.millrace.base.time.Clock;
import dev.millrace.wire.Handlers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka protocol's server: binds the listeners, accepts connections, and spreads them over a few event loops.
 *
 * <p>Thread-safe. Owns its threads and its memory; {@link #close} gives both back.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails on a channel comes to Connection#exceptionCaught.
public final class KafkaServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KafkaServer.class);

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);
    private static final int ACCEPT_BACKLOG = 512;
    private static final long CLOSE_DEFAULT_MS = 5_000;

    /** A listener as it was bound: {@code advertised} is what clients are told. */
    public record Bound(Listener listener, InetSocketAddress address, InetSocketAddress advertised) {}

    private final WireOptions options;
    private final Shared shared;
    private final PooledByteBufAllocator allocator;
    private final EventLoopGroup loops;
    private final Map<EventExecutor, LoopState> states = new HashMap<>();
    private final List<Channel> serverChannels = new ArrayList<>();
    private final List<Bound> bound = new CopyOnWriteArrayList<>();
    private final AtomicLong connectionIds = new AtomicLong();

    private KafkaServer(WireOptions options, Handlers handlers, Clock clock) {
        this.options = options;
        this.shared = new Shared(
                options,
                new RequestDecoder(handlers),
                new RequestMemory(options.queuedRequestsMaxBytes()),
                new RequestEvents(clock),
                new ClosingLog(clock),
                clock,
                new AtomicInteger());
        this.allocator = allocator(options.eventLoops());
        this.loops = new MultiThreadIoEventLoopGroup(
                options.eventLoops(),
                new DefaultThreadFactory("wire", true),
                Transport.best().loops());
        for (EventExecutor loop : loops) {
            states.put(loop, new LoopState((EventLoop) loop, clock));
        }
    }

    /**
     * Binds every listener and begins to serve.
     *
     * @throws IOException naming the listener that cannot be bound; then none is
     */
    public static KafkaServer start(WireOptions options, Handlers handlers, Clock clock) throws IOException {
        KafkaServer server = new KafkaServer(options, handlers, clock);
        try {
            for (Listener listener : options.listeners()) {
                server.bind(listener);
            }
        } catch (IOException e) {
            server.close(0);
            throw e;
        }
        return server;
    }

    /** What was bound, in the order of the options. */
    public List<Bound> bound() {
        return List.copyOf(bound);
    }

    /** Connections that are open now. */
    public int connections() {
        return shared.connections().get();
    }

    /** Memory that requests in flight hold now, in bytes. */
    public long requestMemoryBytes() {
        return shared.memory().usedBytes();
    }

    /** Network buffers that are in use now, in bytes: requests, and answers that are being sent. */
    public long bufferBytes() {
        return allocator.pinnedDirectMemory();
    }

    @Override
    public void close() {
        close(CLOSE_DEFAULT_MS);
    }

    /**
     * Accepts nothing more, answers what is in flight for at most {@code timeoutMs}, and closes. Requests that only wait (a Fetch without data) are
     * given up at once. Idempotent; waits.
     */
    public void close(long timeoutMs) {
        serverChannels.forEach(channel -> channel.close().awaitUninterruptibly());
        serverChannels.clear();
        List<ChannelFuture> closing = new ArrayList<>();
        states.values().forEach(state -> drain(state, closing));
        long deadlineNs = shared.clock().monotonicNs() + timeoutMs * 1_000_000L;
        for (ChannelFuture future : closing) {
            long leftMs = Math.max(0, (deadlineNs - shared.clock().monotonicNs()) / 1_000_000L);
            if (!future.awaitUninterruptibly(leftMs)) {
                future.channel().close();
            }
        }
        loops.shutdownGracefully(0, 1_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    /** Collects on the loop, so that nothing is missed; a loop that never started has nothing. */
    private static void drain(LoopState state, List<ChannelFuture> closing) {
        if (state.loop().isShuttingDown() || !state.isUsed()) {
            return;
        }
        state.loop()
                .submit(() -> state.connections().forEach(connection -> {
                    closing.add(connection.closeFuture());
                    connection.drain();
                }))
                .awaitUninterruptibly();
    }

    private void bind(Listener listener) throws IOException {
        InetSocketAddress address = new InetSocketAddress(listener.host(), listener.port());
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + listener.host() + ":" + listener.port()
                    + ": this host name is not known here");
        }
        int index = bound.size();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(Transport.best().serverChannel())
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                // Accepts only when it is known what to advertise.
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, bound.get(index));
                    }
                });
        ChannelFuture future = bootstrap.bind(address).awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + listener.host() + ":" + listener.port() + ": "
                            + future.cause().getMessage() + "; is another server running there?",
                    future.cause());
        }
        serverChannels.add(future.channel());
        InetSocketAddress actual = (InetSocketAddress) future.channel().localAddress();
        InetSocketAddress advertised = listener.advertised()
                .orElseGet(() -> InetSocketAddress.createUnresolved(listener.host(), actual.getPort()));
        bound.add(new Bound(listener, actual, advertised));
        future.channel().config().setAutoRead(true);
    }

    private void accept(Channel channel, Bound listener) {
        if (shared.connections().incrementAndGet() > options.connectionsMax()) {
            shared.connectionClosed();
            log.warn(
                    "event=connection-refused remote={} reason=\"max.connections is {}\"",
                    channel.remoteAddress(),
                    options.connectionsMax());
            channel.close();
            return;
        }
        LoopState state = states.get(channel.eventLoop());
        if (state == null || !(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            shared.connectionClosed();
            channel.close();
            return;
        }
        Connection connection =
                new Connection(channel, state, shared, remote, listener.advertised(), connectionIds.incrementAndGet());
        channel.config().setRecvByteBufAllocator(connection.receiver());
        channel.pipeline().addLast(connection);
    }

    /**
     * One small arena for each loop: 4 MiB chunks, no caches for other threads. So an idle server holds next to nothing, and buffers that the log's
     * threads give back go to the arena that they came from.
     */
    private static PooledByteBufAllocator allocator(int eventLoops) {
        return new PooledByteBufAllocator(true, 0, eventLoops, 8192, 9, 128, 32, false);
    }
}
