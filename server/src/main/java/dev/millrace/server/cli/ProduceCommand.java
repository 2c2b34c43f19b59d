package dev.millrace.server.cli;

import dev.millrace.base.time.Clock;
import dev.millrace.kafka.KafkaCluster;
import dev.millrace.kafka.RecordSink;
import dev.millrace.server.cli.input.InputException;
import dev.millrace.server.cli.input.InputFormat;
import dev.millrace.server.cli.input.InputRecord;
import dev.millrace.server.cli.input.Keying;
import dev.millrace.server.cli.input.RecordReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace produce}. */
@Command(
        name = "produce",
        description = {
            "Writes records to a topic, of any Kafka cluster: from a file or from standard input.",
            "Every record is acknowledged by the cluster before this ends with exit code 0."
        },
        footer = {
            "",
            "Examples:",
            "  millrace produce flights --file flights.json --key-field origin",
            "  millrace produce airports --file airports.csv --key-field iata --rate 100/s",
            "  printf 'a:1\\nb:2\\n' | millrace produce letters --key-separator :",
            "  echo '{\"hello\": \"world\"}' | millrace produce greetings"
        })
final class ProduceCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final Clock clock;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "TOPIC", description = "Where the records go.")
    private String topic = "";

    @Option(names = "--file", paramLabel = "FILE", description = "What to read. Default: standard input.")
    private @Nullable Path file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description = {
                "json: an array of records, or values one behind the other (JSON lines);",
                "csv: with a header, rows become JSON objects of strings; lines: each line is a record;",
                "auto (the default): by the file's name, else by its first character."
            })
    private InputFormat format = InputFormat.AUTO;

    @Option(names = "--rate", paramLabel = "N/s", description = "At most so many records per second.")
    private @Nullable String rate;

    @ArgGroup
    private @Nullable Key key;

    /** At most one of them. */
    private static final class Key {

        @Option(
                names = "--key-field",
                paramLabel = "NAME",
                description = "JSON and CSV: this field is the record's key.")
        private @Nullable String field;

        @Option(
                names = "--key-separator",
                paramLabel = "C",
                description = "Lines: the key stands before the first of these; \\t is a tab.")
        private @Nullable String separator;

        private Keying keying() {
            if (field != null) {
                return new Keying.Field(field);
            }
            return separator == null ? new Keying.None() : new Keying.Separator(Options.unescape(separator));
        }
    }

    ProduceCommand(Context context) {
        this.terminal = context.terminal();
        this.clock = context.clock();
    }

    @Override
    public Integer call() throws IOException {
        Optional<Long> ratePerSecond = Options.rate(rate);
        Keying keying = key == null ? new Keying.None() : key.keying();
        Path path = file;
        try (CountingInput input = new CountingInput(path == null ? terminal.in() : UserFiles.open(path))) {
            long sizeBytes = path == null ? -1 : UserFiles.sizeBytes(path);
            RecordReader reader = format.open(input, path == null ? "stdin" : path.toString(), keying);
            try (KafkaCluster kafka = cluster.connect();
                    RecordSink sink = kafka.sink(topic);
                    Progress progress = new Progress(terminal, clock, "records")) {
                produce(
                        reader,
                        sink,
                        ratePerSecond,
                        count -> progress.update(count, sizeBytes <= 0 ? -1 : (double) input.readBytes() / sizeBytes));
                report(sink.acknowledgedCount(), progress);
            }
        }
        return 0;
    }

    private void produce(
            RecordReader reader,
            RecordSink sink,
            Optional<Long> ratePerSecond,
            java.util.function.LongConsumer progress)
            throws IOException {
        long startNs = clock.monotonicNs();
        long sentCount = 0;
        try {
            Optional<InputRecord> record = reader.next();
            while (record.isPresent()) {
                if (ratePerSecond.isPresent()) {
                    awaitTurn(startNs, sentCount, ratePerSecond.get());
                }
                sink.send(record.get().key(), record.get().value());
                sentCount++;
                progress.accept(sentCount);
                record = reader.next();
            }
        } catch (InputException e) {
            sink.flush();
            terminal.note(
                    "millrace: " + Options.plural(sentCount, "record") + " that stand before the error were written");
            throw e;
        }
        sink.flush();
    }

    private void awaitTurn(long startNs, long sentCount, long ratePerSecond) {
        long dueNs = startNs + (long) (sentCount * (1e9 / ratePerSecond));
        long waitNs = dueNs - clock.monotonicNs();
        while (waitNs > 0) {
            LockSupport.parkNanos(waitNs);
            waitNs = dueNs - clock.monotonicNs();
        }
    }

    private void report(long recordsCount, Progress progress) {
        progress.clear();
        double seconds = progress.elapsedSeconds();
        terminal.print(
                output.json
                        ? Json.text(Json.object("topic", topic, "recordsCount", recordsCount, "seconds", seconds))
                        : "Wrote " + progress.rate(recordsCount) + " to " + topic + ".");
    }

    /** Counts what has been read, for the progress bar. */
    private static final class CountingInput extends java.io.FilterInputStream {

        private long readBytes;

        CountingInput(InputStream input) {
            super(input);
        }

        long readBytes() {
            return readBytes;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            readBytes += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] target, int index, int length) throws IOException {
            int count = super.read(target, index, length);
            readBytes += Math.max(count, 0);
            return count;
        }
    }
}
