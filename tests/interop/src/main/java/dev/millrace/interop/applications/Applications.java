package dev.millrace.interop.applications;

import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Broker;
import dev.millrace.peer.Millrace;
import dev.millrace.peer.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the scenarios against one broker and prints what passed: {@code Applications [--kafka] [--long] [NAME]...}. With {@code --kafka} the broker
 * is Apache Kafka, which tells whether a failure is the application's own.
 */
public final class Applications {
    /** So that members and transactions of killed processes are given up soon. */
    private static final Map<String, String> SETTINGS = Map.of(
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "500",
            "group.consumer.min.session.timeout.ms", "10000",
            "group.consumer.session.timeout.ms", "10000",
            "group.consumer.min.heartbeat.interval.ms", "500",
            "group.consumer.heartbeat.interval.ms", "500");

    private static final List<Scenario> ALL = List.of(
            new CopierScenario(1),
            new CopierScenario(2),
            new StreamsScenario(Guarantee.AT_LEAST_ONCE),
            new StreamsScenario(Guarantee.EXACTLY_ONCE),
            new ChurnScenario("classic"),
            new ChurnScenario("consumer"));

    private int passedCount;
    private int failedCount;

    private Applications() {}

    /** See the class. Exits with 1 when something failed. */
    public static void main(String[] args) throws IOException {
        List<String> names = new ArrayList<>(List.of(args));
        Peer peer = names.remove("--kafka") ? ApacheKafka.NEWEST : new Millrace();
        boolean longForm = names.remove("--long");
        Path directory = Files.createTempDirectory("applications");
        Applications applications = new Applications();
        try (Broker broker = peer.start(directory, SETTINGS)) {
            Stage stage = new Stage(broker, directory, longForm);
            for (Scenario scenario : ALL) {
                if (names.isEmpty() || names.stream().anyMatch(scenario.name()::contains)) {
                    applications.run(scenario, stage);
                }
            }
        }
        System.out.println(applications.passedCount + " passed, " + applications.failedCount + " failed");
        System.exit(applications.failedCount == 0 && applications.passedCount > 0 ? 0 : 1);
    }

    private void run(Scenario scenario, Stage stage) {
        long startedNs = System.nanoTime();
        try {
            String done = scenario.run(stage);
            passedCount++;
            System.out.printf("ok     %s: %s (%.1f s)%n", scenario.name(), done, (System.nanoTime() - startedNs) / 1e9);
        } catch (Exception | AssertionError e) {
            failedCount++;
            System.out.println("FAILED " + scenario.name() + ": " + e);
            e.printStackTrace(System.out);
        }
    }
}
