package dev.millrace.interop;

import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Broker;
import dev.millrace.peer.Machine;
import dev.millrace.peer.Millrace;
import dev.millrace.peer.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/**
 * Runs every client against one broker and prints what passed: {@code Interop [--kafka] [CLIENT]...}. With {@code --kafka} the broker is Apache
 * Kafka, which tells whether a failure is the client's own.
 */
public final class Interop {
    private static final String KAFKA = "--kafka";
    private static final String OLDEST = "2.8.2";

    private final List<Client> clients;
    private int passedCount;
    private int failedCount;

    private Interop(List<Client> clients) {
        this.clients = clients;
    }

    /** See the class. Exits with 1 when something failed. */
    public static void main(String[] args) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(args));
        Path classes = compiled();
        boolean kafka = arguments.remove(KAFKA);
        Peer peer = kafka ? ApacheKafka.NEWEST : new Millrace();
        List<Client> clients = List.of(
                Client.kcat(),
                Client.java(OLDEST, classes),
                Client.java("3.9.1", classes),
                Client.java("4.4.0", classes),
                Client.kafkaJs(),
                Client.kafkaPython());
        Interop interop = new Interop(clients.stream()
                .filter(client -> arguments.isEmpty() || arguments.stream().anyMatch(client.name()::contains))
                .toList());
        Path directory = Files.createTempDirectory("interop");
        try (Broker broker = peer.start(directory, Map.of())) {
            interop.run(broker);
            if (!kafka) {
                interop.check("Millrace: sends records with sendfile", () -> new SendfileCheck(broker).run());
            }
        }
        System.out.println(interop.passedCount + " passed, " + interop.failedCount + " failed");
        System.exit(interop.failedCount == 0 && interop.passedCount > 0 ? 0 : 1);
    }

    /** The Java client program, compiled against the oldest version that runs it. */
    private static Path compiled() throws IOException {
        Path classes = Files.createTempDirectory("interop-classes");
        String source = Machine.root()
                .resolve("tests/interop/clients/java/InteropClient.java")
                .toString();
        String classPath = Machine.classPath("kafka-clients", OLDEST);
        int exitCode = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        System.out,
                        System.err,
                        "--release",
                        "11",
                        "-Xlint:-options",
                        "-cp",
                        classPath,
                        "-d",
                        classes.toString(),
                        source);
        if (exitCode != 0) {
            throw new IllegalStateException(source + " does not compile against kafka-clients " + OLDEST);
        }
        return classes;
    }

    private void run(Broker broker) {
        String bootstrap = broker.bootstrap();
        for (Client client : clients) {
            Conversation conversation = new Conversation(client, bootstrap);
            for (String codec : client.codecs()) {
                check(client.name() + ": produces and consumes " + codec, () -> conversation.roundTrip(codec));
            }
            check(client.name() + ": reads what every other client wrote", () -> conversation.readAll(clients));
            check(client.name() + ": resumes where its group stopped", conversation::resume);
            check(client.name() + ": takes over from a killed member", conversation::takeOver);
            if (client.transacts()) {
                check(client.name() + ": commits and aborts transactions", conversation::transact);
            }
            if (client.administers()) {
                check(client.name() + ": administers topics", conversation::administer);
            }
        }
    }

    private void check(String what, Runnable test) {
        long startedNs = System.nanoTime();
        try {
            test.run();
            passedCount++;
            System.out.printf("ok     %s (%.1f s)%n", what, (System.nanoTime() - startedNs) / 1e9);
        } catch (RuntimeException | AssertionError e) {
            failedCount++;
            System.out.println("FAILED " + what + ": " + e);
        }
    }
}
