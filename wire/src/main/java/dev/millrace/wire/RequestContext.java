package dev.millrace.wire;

import java.net.InetSocketAddress;
import java.util.Optional;

/** What a handler may know about where a request comes from. Immutable. */
public interface RequestContext {

    short apiVersion();

    Optional<String> clientId();

    /** The other end; its host is what group descriptions show. */
    InetSocketAddress remoteAddress();

    /** The address by which this client reached us, as it is advertised on the listener that it used. */
    InetSocketAddress advertisedAddress();

    /** Unique in this process, for log lines. */
    long connectionId();
}
