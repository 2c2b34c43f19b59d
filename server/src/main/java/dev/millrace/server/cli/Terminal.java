package dev.millrace.server.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command reads and writes. Results go to {@code out}, everything else to {@code err}.
 *
 * @param out buffered: flush it when something must be seen
 * @param outIsTerminal whether a person sees {@code out}, and so colours
 * @param errIsTerminal whether a person sees {@code err}, and so progress
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {

    /**
     * The streams of this process. Whether they are terminals is told by the launcher, which knows for nothing what would cost a
     * virtual machine a native call; NO_COLOR and TERM=dumb are respected there.
     */
    public static Terminal ofProcess() {
        String terminals = System.getProperty("millrace.terminals", "");
        return new Terminal(
                System.in,
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                terminals.contains("out"),
                terminals.contains("err"));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), 32 << 10), false, StandardCharsets.UTF_8);
    }

    String bold(String text) {
        return styled("1", text);
    }

    String dim(String text) {
        return styled("2", text);
    }

    private String styled(String style, String text) {
        return outIsTerminal ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
    }

    /** Writes a line of result. */
    public void print(String line) {
        out.println(line);
    }

    /** Writes a line beside the result, at once. */
    public void note(String line) {
        err.println(line);
        err.flush();
    }
}
