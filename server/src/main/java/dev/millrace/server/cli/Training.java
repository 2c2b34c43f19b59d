package dev.millrace.server.cli;

import dev.millrace.base.time.SystemClock;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The short life of a server that is only lived so that the virtual machine can record what it loads: the launcher runs this in a process
 * of its own, with {@code -XX:AOTCacheOutput}. Starts a server on a free port, does to it what users do first, and ends.
 */
public final class Training {

    private static final Pattern ADDRESS = Pattern.compile("Kafka +(\\S+:[0-9]+)");
    private static final String RECORDS =
            "{\"origin\": \"DTW\", \"delay\": 66}\n{\"origin\": \"HNL\", \"delay\": 95}\n";

    private Training() {}

    /**
     * Trains.
     *
     * @param args the directory for the server's data: it must be new, and is the caller's to remove
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        PipedInputStream output = new PipedInputStream();
        PrintStream banner = new PrintStream(new PipedOutputStream(output), true, StandardCharsets.UTF_8);
        Thread server = Thread.ofPlatform()
                .start(() -> run(
                        banner,
                        "start",
                        "--kafka",
                        "127.0.0.1:0",
                        "--data",
                        Path.of(args[0]).toString()));
        String address = address(output);
        for (String[] command : commands(address)) {
            run(System.out, command);
        }
        server.interrupt();
        server.join();
    }

    private static String[][] commands(String address) {
        return new String[][] {
            {"--help"},
            {"version"},
            {"config"},
            {"topic", "create", "trained", "--partitions", "2", "--bootstrap", address},
            {"produce", "trained", "--key-field", "origin", "--bootstrap", address},
            {"consume", "trained", "--format", "json", "--bootstrap", address},
            {"consume", "trained", "--group", "trainees", "--count", "2", "--bootstrap", address},
            {"topic", "list", "--bootstrap", address},
            {"topic", "describe", "trained", "--json", "--bootstrap", address},
            {"group", "list", "--bootstrap", address},
            {"group", "describe", "trainees", "--bootstrap", address},
            {"topic", "delete", "trained", "--bootstrap", address},
        };
    }

    private static void run(PrintStream out, String... command) {
        ByteArrayInputStream input = new ByteArrayInputStream(RECORDS.getBytes(StandardCharsets.UTF_8));
        new Cli(new Terminal(input, out, System.err, false, false), new SystemClock()).run(command);
    }

    private static String address(PipedInputStream output) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                return address.group(1);
            }
        }
        throw new IOException("the server did not start");
    }
}
