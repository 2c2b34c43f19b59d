package dev.millrace.peer;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Millrace as users start it: through the launcher in the root of this checkout, which replaces itself by the server's JVM. */
public record Millrace() implements Peer {
    private static final int TRAINING_TRIES_MAX = 600;

    @Override
    public String title() {
        return "Millrace";
    }

    @Override
    public Broker prepare(Path directory, Map<String, String> settings) {
        // Built before the clock of Broker#start runs: after a change of the sources the launcher would build first,
        // which can outlast it.
        Machine.run(directory.resolve("build.out"), launcher(), "version");
        int port = Machine.freePort();
        List<String> command = new ArrayList<>(List.of(
                launcher(),
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
        return files("lib", ".jar").stream().mapToLong(File::length).sum();
    }

    /**
     * Builds Millrace and starts it once, until its launcher has made the start-up cache that later starts use.
     *
     * @param directory an empty directory for that start's data
     */
    public void train(Path directory) {
        try (Broker broker = prepare(directory, Map.of())) {
            broker.start();
            for (int tries = 0;
                    tries < TRAINING_TRIES_MAX && files("aot", ".aot").isEmpty();
                    tries++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while training", e);
        }
    }

    private static List<File> files(String directory, String suffix) {
        File[] files =
                Machine.root().resolve(".millrace").resolve(directory).toFile().listFiles();
        return files == null
                ? List.of()
                : Arrays.stream(files)
                        .filter(file -> file.getName().endsWith(suffix))
                        .toList();
    }

    private static String launcher() {
        return Machine.root().resolve("millrace").toString();
    }
}
