package dev.millrace.server.cli;

import dev.millrace.base.time.Clock;
import dev.millrace.server.Server;
import dev.millrace.server.ServerConfig;
import dev.millrace.server.ServerKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace start}. */
@Command(
        name = "start",
        description = {
            "Starts the server: Kafka on 127.0.0.1:9092, data in ./millrace-data.",
            "Ctrl-C or SIGTERM ends it: what is in flight is finished, everything is flushed."
        },
        footer = {
            "",
            "Examples:",
            "  millrace start",
            "  millrace start --data /var/lib/millrace --kafka 127.0.0.1:19092",
            "  millrace start --kafka 127.0.0.1:0                  takes a free port, and prints it",
            "  millrace start --config millrace.properties --set durability=os"
        })
final class StartCommand implements Callable<Integer> {

    private static final int SHUTDOWN_SECONDS = 9;

    private final Terminal terminal;
    private final Clock clock;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data directory (log.dir). Default: ./millrace-data.")
    private @Nullable String data;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description =
                    "Where Kafka's clients connect (listeners); port 0 takes a free one. Default: 127.0.0.1:9092.")
    private @Nullable String kafka;

    StartCommand(Context context) {
        this.terminal = context.terminal();
        this.clock = context.clock();
    }

    @Override
    public Integer call() throws IOException {
        ServerConfig config = ServerConfig.of(options.read(assignments()));
        CountDownLatch asked = new CountDownLatch(1);
        try (Ending ending = new Ending();
                Server server = start(config)) {
            ending.onSignal("shutdown", () -> shutDown(asked, ending));
            banner(server, config);
            asked.await();
        } catch (InterruptedException e) {
            // Whoever runs this command in a thread of their own, as the training does, ends it so.
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private Server start(ServerConfig config) {
        try {
            return Server.start(config, clock);
        } catch (IOException e) {
            throw new CommandException("cannot start: " + e.getMessage());
        }
    }

    private List<String> assignments() {
        List<String> assignments = new ArrayList<>();
        String directory = data;
        if (directory != null) {
            assignments.add(ServerKeys.LOG_DIR.name() + "=" + directory);
        }
        String address = kafka;
        if (address != null) {
            assignments.add(ServerKeys.LISTENERS.name() + "=PLAINTEXT://" + address);
        }
        return assignments;
    }

    /** Asks the command to end, and ends the process with its own exit code: a signal's would look like a failure. */
    private static void shutDown(CountDownLatch asked, Ending ending) {
        asked.countDown();
        boolean inTime = ending.await(SHUTDOWN_SECONDS);
        if (!inTime) {
            Logger log = LoggerFactory.getLogger(StartCommand.class);
            log.warn("event=shutdown-cut-short seconds={}", SHUTDOWN_SECONDS);
        }
        Runtime.getRuntime().halt(inTime ? 0 : Cli.FAILED);
    }

    private void banner(Server server, ServerConfig config) {
        List<String> addresses =
                server.addresses().stream().map(StartCommand::text).toList();
        String durability = config.log().durability().name().toLowerCase(Locale.ROOT);
        terminal.print(terminal.bold("Millrace " + VersionCommand.version()) + " is ready.");
        terminal.print("  Kafka  " + String.join(", ", addresses));
        terminal.print("  Data   " + config.directory() + "  (durability=" + durability + ")");
        terminal.print("");
        String bootstrap = addresses.getFirst().equals("127.0.0.1:9092") ? "" : " --bootstrap " + addresses.getFirst();
        terminal.print("Try, in another terminal:");
        terminal.print("  ./millrace topic create flights --partitions 4" + bootstrap);
        terminal.print(
                "  ./millrace produce flights --file examples/data/flights-20k.json --key-field origin" + bootstrap);
        terminal.print("  ./millrace consume flights --count 5" + bootstrap);
        terminal.print("");
        terminal.print("Ctrl-C ends it.");
        terminal.out().flush();
    }

    private static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
