package dev.millrace.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Linux's {@code /proc} tells about a process. Each call reads it anew.
 *
 * @param pid the process; 0 for none, of which nothing can be asked
 */
public record ProcessStats(long pid) {
    static final ProcessStats NONE = new ProcessStats(0);

    /** The kernel reports times in ticks of USER_HZ, which is 100 on every Linux that a JVM runs on. */
    private static final double TICKS_PER_SECOND = 100.0;

    /** Fields of {@code /proc/PID/stat} after the command's closing parenthesis, counted from 0. */
    private static final int USER_TICKS_FIELD = 11;

    private static final int SYSTEM_TICKS_FIELD = 12;

    /** User and system time that the process has taken so far, in seconds. */
    public double cpuSeconds() {
        String stat = read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS_FIELD]) + Long.parseLong(fields[SYSTEM_TICKS_FIELD]))
                / TICKS_PER_SECOND;
    }

    /** Resident memory, in bytes. */
    public long residentSizeBytes() {
        return status("VmRSS:") * 1024;
    }

    /** Threads of the process. */
    public long threadsCount() {
        return status("Threads:");
    }

    private long status(String key) {
        return read("status")
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("/proc/" + pid + "/status has no " + key));
    }

    private String read(String name) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), name));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is not running", e);
        }
    }
}
