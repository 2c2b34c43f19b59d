package dev.millrace.kafka;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a cluster is asked for first.
 *
 * @param host name or address, without the brackets of IPv6
 * @param port 1 to 65535
 */
record BootstrapAddress(String host, int port) {

    private static final int KAFKA_PORT = 9092;

    /**
     * Reads {@code host[:port][,host[:port]]...}; the port is 9092 if it is left out, IPv6 addresses stand in brackets.
     *
     * @throws ClusterException naming the part that cannot be read
     */
    static List<BootstrapAddress> parse(String text) {
        List<BootstrapAddress> addresses = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            addresses.add(parseOne(part.strip(), text));
        }
        return addresses;
    }

    private static BootstrapAddress parseOne(String part, String whole) {
        int colon = part.lastIndexOf(':');
        boolean withPort = colon > part.lastIndexOf(']');
        String host = withPort ? part.substring(0, colon) : part;
        String port = withPort ? part.substring(colon + 1) : "";
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || (withPort && !port.matches("[0-9]{1,5}"))) {
            throw unreadable(part, whole);
        }
        int number = withPort ? Integer.parseInt(port) : KAFKA_PORT;
        if (number < 1 || number > 65_535) {
            throw unreadable(part, whole);
        }
        return new BootstrapAddress(host, number);
    }

    private static ClusterException unreadable(String part, String whole) {
        return new ClusterException("cannot read the address \"" + part + "\" in --bootstrap " + whole
                + ": expected HOST:PORT, several of them separated by commas, for example 127.0.0.1:9092");
    }

    InetAddress resolve() throws UnknownHostException {
        return InetAddress.getByName(host);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
