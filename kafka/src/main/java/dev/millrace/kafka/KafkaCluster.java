package dev.millrace.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/**
 * A Kafka cluster, seen from outside. Not thread-safe; close it to end its connections.
 *
 * <p>Kafka's own client retries an address that does not answer, silently and for minutes. Here the address is tried first, so that a wrong
 * one is told within {@value #CONNECT_TIMEOUT_MS} ms.
 */
public final class KafkaCluster implements AutoCloseable {

    static final int CONNECT_TIMEOUT_MS = 3_000;
    static final int CALL_TIMEOUT_MS = 15_000;

    private final String bootstrap;
    private final String clientId;
    private Optional<Admin> admin = Optional.empty();

    private KafkaCluster(String bootstrap, String clientId) {
        this.bootstrap = bootstrap;
        this.clientId = clientId;
    }

    /**
     * Finds a cluster.
     *
     * @param bootstrap {@code HOST:PORT}, several of them separated by commas; one that answers is enough
     * @param clientId the name under which the cluster sees this client
     * @throws ClusterException if no address can be read, or none answers
     */
    public static KafkaCluster connect(String bootstrap, String clientId) {
        List<BootstrapAddress> addresses = BootstrapAddress.parse(bootstrap);
        List<String> failures = new ArrayList<>();
        for (BootstrapAddress address : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address.resolve(), address.port()), CONNECT_TIMEOUT_MS);
                return new KafkaCluster(
                        addresses.stream().map(BootstrapAddress::toString).collect(Collectors.joining(",")), clientId);
            } catch (UnknownHostException e) {
                failures.add(address + " (no such host)");
            } catch (IOException e) {
                failures.add(address + " (" + reason(e) + ")");
            }
        }
        throw new ClusterException("cannot reach a Kafka server at " + String.join(", ", failures)
                + ". Is it running? \"millrace start\" starts one at 127.0.0.1:9092; --bootstrap HOST:PORT"
                + " names another.");
    }

    /** The addresses by which the cluster was found. */
    public String bootstrap() {
        return bootstrap;
    }

    public Topics topics() {
        return new Topics(calls());
    }

    public Groups groups() {
        return new Groups(calls());
    }

    /** Opens a producer for one topic. */
    public RecordSink sink(String topic) {
        return RecordSink.open(topic, this);
    }

    /** Opens a consumer. */
    public RecordSource source(RecordSource.Options options) {
        return RecordSource.open(options, this);
    }

    @Override
    public void close() {
        admin.ifPresent(a -> a.close(Duration.ofSeconds(1)));
    }

    /** The settings that every client of this cluster shares. */
    Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", clientId);
        settings.put("socket.connection.setup.timeout.ms", (long) CONNECT_TIMEOUT_MS);
        settings.put("reconnect.backoff.max.ms", 500L);
        // Telemetry and JMX are for programs that run for long; they cost a command line its start.
        settings.put("enable.metrics.push", false);
        settings.put("auto.include.jmx.reporter", false);
        settings.put("metric.reporters", "");
        return settings;
    }

    private AdminCalls calls() {
        if (admin.isEmpty()) {
            Map<String, Object> settings = clientSettings();
            settings.put("request.timeout.ms", CALL_TIMEOUT_MS / 3);
            settings.put("default.api.timeout.ms", CALL_TIMEOUT_MS);
            admin = Optional.of(Admin.create(settings));
        }
        return new AdminCalls(admin.get(), bootstrap);
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
    }
}
