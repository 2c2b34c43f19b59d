package dev.millrace.server.cli;

import picocli.CommandLine.Option;

/** For whom a command prints. */
final class OutputOptions {

    @Option(names = "--json", description = "Print JSON, one line, for machines.")
    boolean json;
}
