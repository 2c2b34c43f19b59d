package dev.millrace.peer;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What peers need of the machine that they run on: this JVM's java, the checkout, free ports, class paths, finished commands. */
public final class Machine {
    private Machine() {}

    /** The java that runs this JVM. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The root of the checkout: the system property {@code millrace.root}, else the nearest directory upwards that has ARCHITECTURE.md. */
    public static Path root() {
        String given = System.getProperty("millrace.root");
        if (given != null) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("ARCHITECTURE.md"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException(
                        "not in a checkout of Millrace: run from inside it or set -Dmillrace.root");
            }
        }
        return directory;
    }

    /** A port of 127.0.0.1 that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on 127.0.0.1", e);
        }
    }

    /** The class path of an artifact of {@code org.apache.kafka} and what it needs, resolved by Maven at first use. */
    public static String classPath(String artifact, String version) {
        try {
            Path output = Files.createTempFile("class-path", ".out");
            run(output, root().resolve("tests/peer/class-path").toString(), artifact, version);
            String answer = Files.readString(output).strip();
            Files.delete(output);
            return answer.substring(answer.lastIndexOf('\n') + 1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot resolve " + artifact + " " + version, e);
        }
    }

    /** Runs a command to its end; anything but exit code 0 is an {@link IllegalStateException} with what it printed. */
    static void run(Path output, String... command) {
        File file = output.toFile();
        try {
            int exitCode = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(file)
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException(
                        List.of(command) + " ended with " + exitCode + " and said:\n" + Files.readString(output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + List.of(command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + List.of(command), e);
        }
    }
}
