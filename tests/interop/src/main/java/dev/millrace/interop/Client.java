package dev.millrace.interop;

import dev.millrace.peer.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client program of {@code tests/interop/clients}, whose README tells the verbs.
 *
 * @param name what results call it
 * @param command what starts it, before bootstrap, verb and arguments
 * @param codecs what it compresses with
 * @param administers whether it has the verb admin
 * @param transacts whether it has the verb transact, and reads committed data alone
 */
record Client(String name, List<String> command, List<String> codecs, boolean administers, boolean transacts) {
    private static final long TIMEOUT_S = 120;
    private static final List<String> ALL_CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final Path CLIENTS = Machine.root().resolve("tests/interop/clients");

    static Client kcat() {
        return new Client("kcat", List.of(CLIENTS.resolve("kcat/client").toString()), ALL_CODECS, false, true);
    }

    static Client kafkaPython() {
        String program = CLIENTS.resolve("python/client.py").toString();
        return new Client("kafka-python", List.of("/usr/bin/python3", program), ALL_CODECS, true, false);
    }

    /** Without lz4, of which no codec in JavaScript writes the independent blocks that Kafka asks for. */
    static Client kafkaJs() {
        String program = CLIENTS.resolve("kafkajs/client.js").toString();
        return new Client("kafkajs", List.of("node", program), List.of("none", "gzip", "snappy", "zstd"), true, true);
    }

    /** kafka-clients in this version, running the program that {@code classes} holds. */
    static Client java(String version, Path classes) {
        List<String> command = List.of(
                Machine.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                classes + ":" + Machine.classPath("kafka-clients", version),
                "InteropClient");
        return new Client("kafka-clients " + version, command, ALL_CODECS, true, true);
    }

    /** Runs a verb to its end and gives the lines that it printed. */
    List<String> run(String bootstrap, String... arguments) {
        try {
            Path output = Files.createTempFile("interop", ".out");
            Path errors = Files.createTempFile("interop", ".err");
            Process process = builder(bootstrap, arguments)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            boolean ended = process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            List<String> lines = Files.readAllLines(output);
            String complaints = Files.readString(errors);
            Files.delete(output);
            Files.delete(errors);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", arguments)
                        + (ended ? " ended with " + process.exitValue() : " did not end within " + TIMEOUT_S + " s")
                        + ":\n"
                        + complaints);
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + name, e);
        }
    }

    /** Starts a member of a group, which runs until it is killed. */
    Member join(String bootstrap, String topic, String group) {
        try {
            Path output = Files.createTempFile("interop", ".out");
            Process process = builder(bootstrap, "join", topic, group)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Member(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + name, e);
        }
    }

    private ProcessBuilder builder(String bootstrap, String... arguments) {
        List<String> line = new ArrayList<>(command);
        line.add(bootstrap);
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line);
    }
}
