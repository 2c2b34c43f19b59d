package dev.millrace.server.cli;

import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.time.Clock;
import dev.millrace.log.check.CheckReport;
import dev.millrace.log.check.DirectoryCheck;
import dev.millrace.log.check.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace check}. */
@Command(
        name = "check",
        description = {
            "Looks through a data directory: every batch with its checksum, offsets, indexes, epochs, the journal."
                    + " Changes nothing.",
            "Exit code 0: clean, or only what the next start puts in order by itself. 1: something is wrong."
        },
        footer = {"", "Examples:", "  millrace check millrace-data", "  millrace check /var/lib/millrace --json"})
final class CheckCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final Clock clock;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "DIR", description = "The data directory. A server may be using it.")
    private Path directory = Path.of("");

    CheckCommand(Context context) {
        this.terminal = context.terminal();
        this.clock = context.clock();
    }

    @Override
    public Integer call() {
        try (Progress progress = new Progress(terminal, clock, "MiB")) {
            CheckReport report = new DirectoryCheck(new DiskFileStore())
                    .run(
                            directory,
                            (file, doneBytes, totalBytes) ->
                                    progress.update(doneBytes >> 20, (double) doneBytes / Math.max(1, totalBytes)));
            progress.clear();
            if (output.json) {
                terminal.print(Json.text(json(report)));
            } else {
                print(report);
            }
            return report.isClean() ? 0 : Cli.FAILED;
        } catch (IOException e) {
            throw new CommandException("cannot check: " + e.getMessage());
        }
    }

    private void print(CheckReport report) {
        report.findings().forEach(finding -> terminal.print(finding.toString()));
        terminal.print(String.format(
                Locale.ROOT,
                "%s, %s, %,d batches, %,d records, %,d bytes%s: %s.",
                Options.plural(report.partitionsCount(), "partition"),
                Options.plural(report.segmentsCount(), "segment"),
                report.batchesCount(),
                report.recordsCount(),
                report.sizeBytes(),
                report.serverRunning() ? ", beside a running server" : "",
                report.isClean() ? "clean" : "NOT clean"));
    }

    private static Map<String, Object> json(CheckReport report) {
        return Json.object(
                "clean", report.isClean(),
                "serverRunning", report.serverRunning(),
                "partitionsCount", report.partitionsCount(),
                "segmentsCount", report.segmentsCount(),
                "batchesCount", report.batchesCount(),
                "recordsCount", report.recordsCount(),
                "sizeBytes", report.sizeBytes(),
                "journalEntriesCount", report.journalEntriesCount(),
                "findings", report.findings().stream().map(CheckCommand::json).toList());
    }

    private static Map<String, Object> json(Finding finding) {
        return Json.object(
                "severity", finding.severity().name(),
                "file", finding.file(),
                "position", finding.position(),
                "what", finding.what(),
                "remedy", finding.remedy());
    }
}
