package dev.millrace.interop.applications;

import dev.millrace.peer.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One run of a program of this package in a process of its own. What it prints goes to a file, which failures quote. Not thread-safe. */
final class AppProcess implements AutoCloseable {
    private static final int QUOTED_LINES = 40;
    private static final AtomicLong RUNS_COUNT = new AtomicLong();

    private final Process process;
    private final Path output;

    private AppProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts {@code program}, which needs this class path beside the classes of this module. */
    static AppProcess start(Stage stage, Class<?> program, String classPath, List<String> arguments) {
        Path output = stage.directory().resolve(program.getSimpleName() + "-" + RUNS_COUNT.incrementAndGet() + ".out");
        List<String> command = new ArrayList<>(List.of(
                Machine.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                Machine.root().resolve("tests/interop/target/classes") + ":" + classPath,
                program.getName(),
                stage.broker().bootstrap()));
        command.addAll(arguments);
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new AppProcess(started, output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        }
    }

    /** Lines that it has printed that begin like this. */
    long linesCount(String beginning) {
        return lines().stream().filter(line -> line.startsWith(beginning)).count();
    }

    /** Fails when it has ended, which none of these programs does by itself. */
    void expectAlive() {
        if (!process.isAlive()) {
            List<String> lines = lines();
            throw new AssertionError("an application ended by itself with " + process.exitValue() + " and said:\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - QUOTED_LINES), lines.size())));
        }
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + output, e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
