package dev.millrace.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Apache Kafka as published on Maven Central: one node, controller and broker in one process, with the JVM flags of its own start script and its
 * default settings. Only what a single node needs differs: replication factors of 1, and no wait before a group's first rebalance.
 *
 * @param version which Kafka, such as {@code 4.4.0}
 */
public record ApacheKafka(String version) implements Peer {
    /** The version that Millrace is measured and compared against. */
    public static final ApacheKafka NEWEST = new ApacheKafka("4.4.0");

    private static final String CLUSTER_ID = "bWlsbHJhY2UtcGVlcnMtMQ";

    @Override
    public String title() {
        return "Apache Kafka " + version;
    }

    @Override
    public Broker prepare(Path directory, Map<String, String> settings) {
        Path properties = directory.resolve("server.properties");
        int port = Machine.freePort();
        write(properties, properties(directory.resolve("data"), port, settings));
        format(properties, directory.resolve("format.out"));
        List<String> command = List.of(
                Machine.java(),
                "-server",
                "-Xms1G",
                "-Xmx1G",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-Djava.awt.headless=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath(),
                "kafka.Kafka",
                properties.toString());
        return new Broker(title(), command, directory.resolve("broker.out"), port);
    }

    @Override
    public long jarsSizeBytes() {
        return Pattern.compile(":")
                .splitAsStream(classPath())
                .mapToLong(jar -> Path.of(jar).toFile().length())
                .sum();
    }

    /** The class path of the broker and its tools. */
    public String classPath() {
        return Machine.classPath("kafka_2.13", version);
    }

    private void format(Path properties, Path output) {
        Machine.run(
                output,
                Machine.java(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath(),
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                CLUSTER_ID,
                "--config",
                properties.toString());
    }

    private static Properties properties(Path data, int port, Map<String, String> settings) {
        int controllerPort = Machine.freePort();
        Properties all = new Properties();
        all.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "controller.listener.names", "CONTROLLER",
                "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "log.dirs", data.toString(),
                "offsets.topic.replication.factor", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "group.initial.rebalance.delay.ms", "0"));
        all.put("share.coordinator.state.topic.replication.factor", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.putAll(settings);
        return all;
    }

    private static void write(Path file, Properties properties) {
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
