package dev.millrace.wire;

import dev.millrace.base.time.Clock;
import dev.millrace.control.metadata.FeatureLevels;
import dev.millrace.wire.net.KafkaServer;
import dev.millrace.wire.net.Listener;
import dev.millrace.wire.net.WireOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The real network server with the handlers under test, in this JVM on a free port of 127.0.0.1. */
public final class WireFixture implements AutoCloseable {

    private final KafkaServer server;
    private final WireClient client;

    private WireFixture(KafkaServer server) {
        this.server = server;
        this.client = WireClient.connect(port());
    }

    public static WireFixture start(List<? extends Handler<?>> handlers) {
        return start(handlers, UnaryOperator.identity());
    }

    public static WireFixture start(List<? extends Handler<?>> handlers, UnaryOperator<WireOptions> with) {
        return start(Handlers.of(handlers), with);
    }

    /** With the feature levels that {@code features} gives at any time. */
    public static WireFixture start(List<? extends Handler<?>> handlers, Supplier<FeatureLevels> features) {
        return start(Handlers.of(handlers, features), UnaryOperator.identity());
    }

    private static WireFixture start(Handlers handlers, UnaryOperator<WireOptions> with) {
        WireOptions options = with.apply(WireOptions.defaults(List.of(Listener.plaintext("127.0.0.1", 0))));
        try {
            return new WireFixture(KafkaServer.start(options, handlers, TestClock.INSTANCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.bound().getFirst().address().getPort();
    }

    public String bootstrap() {
        return "127.0.0.1:" + port();
    }

    /** A connection that is open from the start; {@link WireClient#connect} opens more. */
    public WireClient client() {
        return client;
    }

    public KafkaServer server() {
        return server;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }

    private enum TestClock implements Clock {
        INSTANCE;

        @Override
        public long wallMs() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    }
}
