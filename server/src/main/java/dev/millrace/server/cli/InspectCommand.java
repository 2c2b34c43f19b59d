package dev.millrace.server.cli;

import dev.millrace.base.files.DiskFileStore;
import dev.millrace.log.check.SegmentDump;
import dev.millrace.log.check.SegmentDump.DumpedBatch;
import dev.millrace.log.check.SegmentDump.DumpedHeader;
import dev.millrace.log.check.SegmentDump.DumpedRecord;
import dev.millrace.log.segment.AbortedSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace inspect …}. */
@Command(
        name = "inspect",
        description = "Takes files of a data directory apart, to see what they hold.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  millrace inspect segment millrace-data/topics/flights-0/00000000000000000000.log",
            "  millrace inspect segment millrace-data/topics/flights-0/00000000000000000000.timeindex"
        })
final class InspectCommand implements Runnable {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    InspectCommand(Context context) {
        this.terminal = context.terminal();
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name what to inspect");
    }

    @Command(
            description = "Prints the batches of a .log, or the entries of an .index, .timeindex or .txnindex. Changes"
                    + " nothing.",
            footer = {
                "",
                "Examples:",
                "  millrace inspect segment millrace-data/topics/flights-0/00000000000000000000.log",
                "  millrace inspect segment 00000000000000000000.log --records --json"
            })
    int segment(
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "FILE") Path file,
            @Option(names = "--records", description = "Also the records of each batch; long keys and values are cut.")
                    boolean records) {
        SegmentDump dump = new SegmentDump(new DiskFileStore());
        SegmentDump.Kind kind = SegmentDump.kindOf(file)
                .orElseThrow(() -> new CommandException("cannot inspect " + file
                        + ": a segment's files are named by their first offset, 20 digits, and end in"
                        + " .log, .index, .timeindex or .txnindex"));
        try {
            return switch (kind) {
                case LOG -> batches(dump, file, records, output.json);
                case OFFSET_INDEX -> {
                    dump.offsetIndex(file)
                            .forEach(e -> entry(output.json, "offset", e.offset(), "logPosition", e.logPosition()));
                    yield 0;
                }
                case TIME_INDEX -> {
                    dump.timeIndex(file)
                            .forEach(e -> entry(output.json, "timestampMs", e.timestampMs(), "offset", e.offset()));
                    yield 0;
                }
                case TRANSACTION_INDEX -> {
                    dump.transactionIndex(file).forEach(span -> terminal.print(aborted(span, output.json)));
                    yield 0;
                }
            };
        } catch (IOException e) {
            throw UserFiles.unreadable(file, e);
        }
    }

    private int batches(SegmentDump dump, Path file, boolean records, boolean json) throws IOException {
        int[] problemsCount = {0};
        Optional<String> tail = dump.batches(file, records, batch -> {
            problemsCount[0] += batch.problem().isPresent() ? 1 : 0;
            if (json) {
                terminal.print(Json.text(json(batch, records)));
            } else {
                terminal.print(SegmentDump.describe(batch));
                batch.records().forEach(record -> terminal.print(SegmentDump.describe(record)));
            }
        });
        tail.ifPresent(problem -> terminal.note("millrace: the file ends with what is no whole batch, " + problem));
        return tail.isPresent() || problemsCount[0] > 0 ? Cli.FAILED : 0;
    }

    private static String aborted(AbortedSpan span, boolean json) {
        return json
                ? Json.text(Json.object(
                        "producerId", span.producerId(),
                        "firstOffset", span.firstOffset(),
                        "lastOffset", span.lastOffset(),
                        "lastStableOffset", span.lastStableOffset()))
                : SegmentDump.describe(span);
    }

    private void entry(boolean json, String firstName, long first, String secondName, long second) {
        terminal.print(
                json
                        ? Json.text(Json.object(firstName, first, secondName, second))
                        : firstName + " " + first + "  " + secondName + " " + second);
    }

    private static Map<String, Object> json(DumpedBatch batch, boolean records) {
        Map<String, Object> fields = Json.object(
                "position", batch.position(),
                "sizeBytes", batch.sizeBytes(),
                "baseOffset", batch.baseOffset(),
                "lastOffset", batch.lastOffset(),
                "recordsCount", batch.recordsCount(),
                "leaderEpoch", batch.leaderEpoch(),
                "codec", batch.codec(),
                "timestampType", batch.timestampType(),
                "baseTimestampMs", batch.baseTimestampMs(),
                "maxTimestampMs", batch.maxTimestampMs(),
                "producerId", batch.producerId(),
                "producerEpoch", batch.producerEpoch(),
                "baseSequence", batch.baseSequence(),
                "transactional", batch.transactional(),
                "control", batch.control(),
                "crc", batch.crc(),
                "problem", batch.problem());
        batch.end().ifPresent(end -> {
            fields.put("end", end.committed() ? "commit" : "abort");
            fields.put("coordinatorEpoch", end.coordinatorEpoch());
        });
        if (records) {
            fields.put(
                    "records",
                    batch.records().stream().map(InspectCommand::json).toList());
        }
        return fields;
    }

    private static Map<String, Object> json(DumpedRecord record) {
        List<Map<String, Object>> headers =
                record.headers().stream().map(InspectCommand::json).toList();
        return Json.object(
                "offset", record.offset(),
                "timestampMs", record.timestampMs(),
                "keySizeBytes", record.keySizeBytes(),
                "key", record.key(),
                "valueSizeBytes", record.valueSizeBytes(),
                "value", record.value(),
                "headers", headers);
    }

    private static Map<String, Object> json(DumpedHeader header) {
        return Json.object("key", header.key(), "value", header.value());
    }
}
