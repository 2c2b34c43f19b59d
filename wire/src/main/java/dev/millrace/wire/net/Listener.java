package dev.millrace.wire.net;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A place to listen at, and what to tell clients about it: one entry of Kafka's {@code listeners}, with its counterpart in
 * {@code advertised.listeners}.
 *
 * @param name the listener's name; only PLAINTEXT is spoken yet
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param advertised the address told to clients, not resolved; empty: the bound one
 */
public record Listener(String name, String host, int port, Optional<InetSocketAddress> advertised) {

    private static final String PLAINTEXT = "PLAINTEXT";
    private static final Set<String> ANY_ADDRESS = Set.of("", "0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0");

    /** A listener that advertises what it binds. */
    public static Listener plaintext(String host, int port) {
        return new Listener(PLAINTEXT, host, port, Optional.empty());
    }

    /**
     * Reads both keys, e.g. {@code PLAINTEXT://127.0.0.1:9092}; entries are separated by commas.
     *
     * @param advertised as configured; empty if it is not
     * @throws IllegalArgumentException with a message for the operator
     */
    public static List<Listener> parse(String listeners, String advertised) {
        Map<String, Endpoint> told = new HashMap<>();
        for (Endpoint endpoint : Endpoint.parseAll("advertised.listeners", advertised)) {
            told.put(endpoint.name, endpoint);
        }
        List<Listener> parsed = new ArrayList<>();
        for (Endpoint bound : Endpoint.parseAll("listeners", listeners)) {
            parsed.add(listener(bound, Optional.ofNullable(told.remove(bound.name))));
        }
        if (parsed.isEmpty()) {
            throw new IllegalArgumentException(
                    "listeners is empty: name at least one, e.g. PLAINTEXT://127.0.0.1:9092");
        }
        if (!told.isEmpty()) {
            throw new IllegalArgumentException("advertised.listeners names " + String.join(", ", told.keySet())
                    + ", which listeners does not have: use the same names in both");
        }
        return parsed;
    }

    private static Listener listener(Endpoint bound, Optional<Endpoint> told) {
        if (!bound.name.equals(PLAINTEXT)) {
            throw new IllegalArgumentException("listeners has " + bound.name + "://" + bound.host + ":" + bound.port
                    + ": only PLAINTEXT is supported");
        }
        if (told.isEmpty() && ANY_ADDRESS.contains(bound.host)) {
            throw new IllegalArgumentException("listeners binds every address (" + bound.name + "://" + bound.host + ":"
                    + bound.port
                    + "), and clients cannot connect to that: set advertised.listeners to the address by which they"
                    + " reach this machine, e.g. advertised.listeners=" + bound.name + "://192.0.2.1:" + bound.port);
        }
        if (told.isPresent() && (ANY_ADDRESS.contains(told.get().host) || told.get().port == 0)) {
            throw new IllegalArgumentException("advertised.listeners has " + told.get().host + ":" + told.get().port
                    + ": clients need an address and a port that they can connect to");
        }
        return new Listener(
                bound.name,
                bound.host,
                bound.port,
                told.map(endpoint -> InetSocketAddress.createUnresolved(endpoint.host, endpoint.port)));
    }

    private record Endpoint(String name, String host, int port) {

        static List<Endpoint> parseAll(String key, String text) {
            List<Endpoint> endpoints = new ArrayList<>();
            for (String entry : text.split(",", -1)) {
                if (!entry.isBlank()) {
                    endpoints.add(parse(key, entry.strip()));
                }
            }
            return endpoints;
        }

        static Endpoint parse(String key, String entry) {
            int scheme = entry.indexOf("://");
            int colon = entry.lastIndexOf(':');
            if (scheme <= 0 || colon <= scheme + 2) {
                throw malformed(key, entry);
            }
            String host = entry.substring(scheme + 3, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            try {
                int port = Integer.parseInt(entry.substring(colon + 1));
                if (port >= 0 && port <= 65_535) {
                    return new Endpoint(entry.substring(0, scheme).toUpperCase(Locale.ROOT), host, port);
                }
            } catch (NumberFormatException e) {
                // Told below, together with a port that is out of range.
            }
            throw malformed(key, entry);
        }

        private static IllegalArgumentException malformed(String key, String entry) {
            return new IllegalArgumentException(
                    key + " has \"" + entry + "\": write NAME://HOST:PORT, e.g. PLAINTEXT://127.0.0.1:9092");
        }
    }
}
