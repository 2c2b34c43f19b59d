package dev.millrace.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One broker on 127.0.0.1, as a process of its own. It keeps its port and its data over restarts. Not thread-safe, except for what it reports.
 */
public final class Broker implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final String title;
    private final List<String> command;
    private final Path output;
    private final int port;
    private volatile ProcessStats stats = ProcessStats.NONE;
    private volatile @Nullable Process process;

    Broker(String title, List<String> command, Path output, int port) {
        this.title = title;
        this.command = List.copyOf(command);
        this.output = output;
        this.port = port;
    }

    /** What reports call it. */
    public String title() {
        return title;
    }

    /** {@code host:port}, as clients want it. */
    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /** The port that it listens on. */
    public int port() {
        return port;
    }

    /** The file that takes what the process prints, appended to by each start. */
    public Path output() {
        return output;
    }

    /** What the kernel says about the running process. */
    public ProcessStats stats() {
        return stats;
    }

    /**
     * Starts the process and waits until it has answered a Metadata request.
     *
     * @return the time from exec to that answer, in nanoseconds
     */
    public long start() {
        try {
            long startedNs = System.nanoTime();
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            process = started;
            stats = new ProcessStats(started.pid());
            while (!MetadataProbe.answers(port)) {
                if (!started.isAlive() || System.nanoTime() - startedNs > READY_TIMEOUT.toNanos()) {
                    // Nobody has it yet who would close it.
                    kill();
                    throw new IllegalStateException(title + " did not start; it said:\n" + tailOfOutput());
                }
                TimeUnit.MILLISECONDS.sleep(2);
            }
            return System.nanoTime() - startedNs;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + title + " with " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting " + title, e);
        }
    }

    /** Asks it to stop (SIGTERM) and waits until it is gone. Does nothing when it does not run. */
    public void stop() {
        end(false);
    }

    /** Kills it (SIGKILL) and waits until it is gone. Does nothing when it does not run. */
    public void kill() {
        end(true);
    }

    /** Stops it where it is (SIGSTOP), until {@link #resume}. */
    public void pause() {
        signal("STOP");
    }

    /** Has it go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(stats.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send SIG" + name + " to " + title, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(boolean forcibly) {
        Process running = process;
        if (running == null) {
            return;
        }
        if (forcibly) {
            running.destroyForcibly();
        } else {
            running.destroy();
        }
        try {
            if (!running.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
                throw new IllegalStateException(title + " did not stop within " + STOP_TIMEOUT + " and was killed");
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        process = null;
        stats = ProcessStats.NONE;
    }

    /** Stops it; a process that is abandoned must not outlive its test. */
    @Override
    public void close() {
        stop();
    }

    private String tailOfOutput() throws IOException {
        List<String> lines = Files.readAllLines(output);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }
}
