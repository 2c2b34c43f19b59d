package dev.millrace.server.cli;

import dev.millrace.base.time.SystemClock;

/** Where the process begins. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        int code = new Cli(Terminal.ofProcess(), new SystemClock()).run(args);
        // Not by returning: a client's thread that is still closing must not keep the shell waiting.
        System.exit(code);
    }
}
