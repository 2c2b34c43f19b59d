package dev.millrace.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Millrace as users start it: through the launcher in the root of this checkout, which replaces itself by the server's JVM. */
public record Millrace() implements Peer {
    @Override
    public String title() {
        return "Millrace";
    }

    @Override
    public Broker prepare(Path directory, Map<String, String> settings) {
        int port = Machine.freePort();
        List<String> command = new ArrayList<>(List.of(
                Machine.root().resolve("millrace").toString(),
                "start",
                "--kafka",
                "127.0.0.1:" + port,
                "--data",
                directory.resolve("data").toString()));
        new TreeMap<>(settings).forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return new Broker(title(), command, directory.resolve("broker.out"), port);
    }

    @Override
    public long jarsSizeBytes() {
        try (Stream<Path> jars = Files.walk(Machine.root().resolve("server/target/dist"))) {
            return jars.filter(jar -> jar.toString().endsWith(".jar"))
                    .mapToLong(jar -> jar.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("Millrace is not built: run ./millrace version first", e);
        }
    }
}
