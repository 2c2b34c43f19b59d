package dev.millrace.interop;

import dev.millrace.peer.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Watches a broker's system calls while a consumer reads: records that lie in the page cache must leave by {@code sendfile}. */
record SendfileCheck(Broker broker) {
    private static final String TOPIC = "interop-sendfile";
    private static final int RECORDS = 20_000;

    void run() {
        Client kcat = Client.kcat();
        kcat.run(broker.bootstrap(), "produce", TOPIC, "none", Integer.toString(RECORDS));
        try {
            Path trace = Files.createTempFile("sendfile", ".trace");
            Process strace = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-q",
                            "-e",
                            "trace=sendfile",
                            "-o",
                            trace.toString(),
                            "-p",
                            Long.toString(broker.stats().pid()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                // strace says nothing when it has attached: the first answers may go unseen, so read until a byte of
                // each record is seen.
                for (int tries = 0; tries < 10 && sent(trace) < RECORDS; tries++) {
                    kcat.run(broker.bootstrap(), "consume", TOPIC, Integer.toString(RECORDS));
                }
            } finally {
                strace.destroy();
                strace.waitFor(10, TimeUnit.SECONDS);
            }
            long sentBytes = sent(trace);
            Files.delete(trace);
            if (sentBytes < RECORDS) {
                throw new AssertionError(
                        "sendfile sent " + sentBytes + " bytes while " + RECORDS + " records were read");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run strace", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Lines look like {@code 1234 sendfile(51, 48, [0] => [65536], 65536) = 65536}. */
    private static long sent(Path trace) throws IOException {
        List<String> lines = Files.readAllLines(trace);
        return lines.stream()
                .map(line -> line.substring(line.lastIndexOf('=') + 1).strip())
                .filter(result -> !result.isEmpty() && result.chars().allMatch(Character::isDigit))
                .mapToLong(Long::parseLong)
                .sum();
    }
}
