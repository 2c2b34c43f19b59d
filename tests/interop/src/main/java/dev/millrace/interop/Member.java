package dev.millrace.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A member of a group, in a process of its own, that prints what it is assigned. */
record Member(Process process, Path output) implements AutoCloseable {
    private static final String ASSIGNED = "assigned";
    private static final Pattern SPACE = Pattern.compile(" ");

    /** The partitions of its newest assignment; none before the first. */
    Set<Integer> assigned() {
        try {
            List<String> lines = Files.readAllLines(output).stream()
                    .filter(line -> line.startsWith(ASSIGNED))
                    .toList();
            Set<Integer> partitions = new TreeSet<>();
            if (!lines.isEmpty()) {
                SPACE.splitAsStream(lines.getLast())
                        .skip(1)
                        .filter(part -> !part.isEmpty())
                        .forEach(part -> partitions.add(Integer.valueOf(part)));
            }
            return partitions;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + output, e);
        }
    }

    /** Kills the process and those that it started. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + output, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
