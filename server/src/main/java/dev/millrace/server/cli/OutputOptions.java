package dev.millrace.server.cli;

import java.util.Locale;
import picocli.CommandLine.Option;

/** For whom a command prints. */
final class OutputOptions {

    @Option(names = "--json", description = "Print JSON, one line, for machines.")
    boolean json;

    /** Prints that something was done: {@code {"deleted": "flights"}}, or {@code Deleted flights.} */
    void done(Terminal terminal, String what, String name) {
        String sentence = what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1) + " " + name + ".";
        terminal.print(json ? Json.text(Json.object(what, name)) : sentence);
    }
}
