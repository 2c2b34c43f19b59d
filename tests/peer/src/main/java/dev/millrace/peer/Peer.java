package dev.millrace.peer;

import java.nio.file.Path;
import java.util.Map;

/** A kind of broker that can be run as a process on this machine. */
public sealed interface Peer permits ApacheKafka, Millrace {
    /** What reports call it, such as {@code Apache Kafka 4.4.0}. */
    String title();

    /**
     * Gets {@code directory} ready for a broker with these settings (Kafka's key names) and picks its port, without starting it.
     *
     * @param directory an empty directory that the broker may fill; the caller deletes it
     */
    Broker prepare(Path directory, Map<String, String> settings);

    /** The size of the jars that are needed to run it, in bytes. */
    long jarsSizeBytes();

    /** Prepares a broker, starts it, and waits until it answers. */
    default Broker start(Path directory, Map<String, String> settings) {
        Broker broker = prepare(directory, settings);
        broker.start();
        return broker;
    }
}
