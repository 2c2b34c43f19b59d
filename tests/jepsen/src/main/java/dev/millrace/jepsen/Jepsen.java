package dev.millrace.jepsen;

import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Broker;
import dev.millrace.peer.Millrace;
import dev.millrace.peer.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Plays rounds against one broker until the time is up: {@code Jepsen [--kafka] [--seconds N] [--seed N]}. The seed repeats which faults come when; how
 * threads and the machine interleave it does not.
 */
public final class Jepsen {
    private static final Map<String, String> SETTINGS =
            Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");

    private Jepsen() {}

    /** See the class. Exits with 1 at the first round in which something is found. */
    public static void main(String[] args) throws IOException {
        List<String> arguments = List.of(args);
        long seconds = value(arguments, "--seconds", 30);
        long seed = value(arguments, "--seed", System.nanoTime());
        Peer peer = arguments.contains("--kafka") ? ApacheKafka.NEWEST : new Millrace();
        Path directory = Files.createTempDirectory("jepsen");
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean passed = false;
        try (Broker broker = peer.start(directory, SETTINGS)) {
            System.out.println(broker.title() + ", " + seconds + " s, --seed " + seed);
            Random random = new Random(seed);
            for (int number = 1; System.nanoTime() < endNs; number++) {
                System.out.println("ok     " + new Round(broker, number, random).play());
            }
            passed = true;
        } catch (Exception | AssertionError e) {
            System.out.println("FAILED " + e);
            e.printStackTrace(System.out);
        }
        System.exit(passed ? 0 : 1);
    }

    private static long value(List<String> arguments, String name, long otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : Long.parseLong(arguments.get(index + 1));
    }
}
