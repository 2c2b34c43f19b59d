package dev.millrace.bench;

import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Millrace;
import dev.millrace.peer.Peer;
import java.util.Map;

/**
 * One of those that a row compares.
 *
 * @param name its column in the report
 * @param peer the kind of broker
 * @param settings of the broker; sides with equal peer and settings share a process
 * @param topicConfigs of every topic that is made on it
 */
record Side(String name, Peer peer, Map<String, String> settings, Map<String, String> topicConfigs) {
    /** Deleted topics must not pile up on the disk while rounds go on; Kafka keeps their files for a minute otherwise. */
    private static final Map<String, String> DELETE_SOON = Map.of("file.delete.delay.ms", "1000");

    /** Kafka as it comes: it does not sync. */
    static final Side KAFKA = new Side("Kafka", ApacheKafka.NEWEST, Map.of(), DELETE_SOON);

    /** Kafka made to sync each batch. */
    static final Side KAFKA_SYNCED = new Side(
            "Kafka, flush.messages=1",
            ApacheKafka.NEWEST,
            Map.of(),
            Map.of("file.delete.delay.ms", "1000", "flush.messages", "1"));

    /** Millrace as it comes: it syncs. */
    static final Side MILLRACE = new Side("Millrace", new Millrace(), Map.of(), Map.of());

    /** Millrace that relies on the operating system, as Kafka does. */
    static final Side MILLRACE_OS =
            new Side("Millrace, durability=os", new Millrace(), Map.of("durability", "os"), Map.of());
}
