package dev.millrace.wire;

import java.net.InetSocketAddress;
import java.util.Optional;

/** What a handler may know about where a request comes from. */
public interface RequestContext {

    short apiVersion();

    Optional<String> clientId();

    /** The other end; its host is what group descriptions show. */
    InetSocketAddress remoteAddress();

    /** The address by which this client reached us, as it is advertised on the listener that it used. */
    InetSocketAddress advertisedAddress();

    /** Unique in this process, for log lines. */
    long connectionId();

    /**
     * Takes the bytes of the request, of which {@link java.nio.ByteBuffer}s and records in the request data are slices. Without this
     * call they are valid until the answer is given. With it, until the caller runs what it got: exactly once, on any thread.
     */
    default Runnable takeFrame() {
        return () -> {};
    }

    /** Runs {@code task} later on the event loop of this connection, on which {@link Handler#handle} is called. Thread-safe. */
    default void execute(Runnable task) {
        task.run();
    }

    /**
     * Runs {@code task} on the event loop when everything that has arrived by now, on any connection of this loop, has been handed to its
     * handler; once, however many requests ask for the same one. Called inside {@link Handler#handle} only.
     */
    default void afterBurst(Runnable task) {
        task.run();
    }

    /**
     * Runs {@code action} on the event loop if the connection ends before this request is answered: for what waits on behalf of a client.
     * One action at most; called inside {@link Handler#handle} only.
     */
    default void onDisconnect(Runnable action) {}
}
