package dev.millrace.server.cli;

import dev.millrace.base.time.Clock;
import dev.millrace.kafka.KafkaCluster;
import dev.millrace.kafka.RecordSource;
import dev.millrace.kafka.RecordSource.Received;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace consume}. */
@Command(
        name = "consume",
        description = {
            "Reads records of a topic, of any Kafka cluster, and prints them.",
            "Ends at what is the end of the topic now; with --follow it waits for more."
        },
        footer = {
            "",
            "Examples:",
            "  millrace consume flights --count 10",
            "  millrace consume flights --follow --from end --format kv",
            "  millrace consume flights --group billing",
            "  millrace consume flights --from 2026-01-31T18:30:00Z --format json"
        })
final class ConsumeCommand implements Callable<Integer> {

    private static final int GOODBYE_SECONDS = 4;

    private final Terminal terminal;
    private final Clock clock;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Parameters(paramLabel = "TOPIC", description = "What to read.")
    private String topic = "";

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "Read as a member of this group, and commit what was printed. Default: read all partitions.")
    private @Nullable String group;

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            defaultValue = "beginning",
            description = {
                "beginning, end, an offset, a time (ISO 8601), or how long ago (15m). Default: beginning.",
                "With --group: where the group has committed nothing yet."
            })
    private String from = "beginning";

    @Option(names = "--count", paramLabel = "N", description = "End after so many records.")
    private @Nullable Long count;

    @Option(names = "--follow", description = "Wait for new records, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "value",
            description = {
                "value (the default), kv: key, tab, value;",
                "json: an object with partition, offset, timestamp, key, value and headers."
            })
    private RecordPrinter.Format format = RecordPrinter.Format.VALUE;

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    ConsumeCommand(Context context) {
        this.terminal = context.terminal();
        this.clock = context.clock();
    }

    @Override
    public Integer call() {
        RecordSource.Options options = new RecordSource.Options(
                topic,
                Optional.ofNullable(group),
                Options.position(from, clock.wallMs()),
                count == null ? Long.MAX_VALUE : count,
                follow);
        RecordPrinter printer = new RecordPrinter(terminal.out(), json ? RecordPrinter.Format.JSON : format);
        try (Ending ending = new Ending();
                KafkaCluster kafka = cluster.connect();
                RecordSource source = kafka.source(options)) {
            ending.onSignal("goodbye", () -> sayGoodbye(source, ending));
            read(source, printer);
        }
        return 0;
    }

    private void read(RecordSource source, RecordPrinter printer) {
        try (Progress progress = new Progress(terminal, clock, "records")) {
            long[] printedCount = {0};
            source.forEach(
                    (Received record) -> {
                        printer.print(record);
                        printedCount[0]++;
                    },
                    () -> {
                        if (!printer.flush()) {
                            source.stop();
                        }
                        if (!terminal.outIsTerminal()) {
                            progress.update(printedCount[0], -1);
                        }
                    });
        }
    }

    /** Ctrl-C: what was printed is committed, and the group is told, so that the others need not wait for a session to time out. */
    private static void sayGoodbye(RecordSource source, Ending ending) {
        if (!ending.isOver()) {
            source.stop();
            ending.await(GOODBYE_SECONDS);
        }
    }
}
