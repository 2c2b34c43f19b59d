package dev.millrace.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace version}. */
@Command(
        name = "version",
        description = "Shows the version of Millrace and of the Java that runs it.",
        footer = {"", "Examples:", "  millrace version", "  millrace version --json"})
final class VersionCommand implements Callable<Integer> {

    private static final String UNPACKAGED = "development";

    private final Terminal terminal;

    @Mixin
    private OutputOptions output = new OutputOptions();

    VersionCommand(Context context) {
        this.terminal = context.terminal();
    }

    /** The version in the manifest of the jar; {@value #UNPACKAGED} where classes run from a directory. */
    static String version() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? UNPACKAGED : version;
    }

    @Override
    public Integer call() {
        String java = Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        if (output.json) {
            terminal.print(Json.text(Json.object("version", version(), "java", java)));
        } else {
            terminal.print("millrace " + version() + " on Java " + java);
        }
        return 0;
    }
}
