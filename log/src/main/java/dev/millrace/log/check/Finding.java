package dev.millrace.log.check;

import java.nio.file.Path;

/**
 * One thing that a check noticed.
 *
 * @param position in the file, bytes; -1 if it concerns the whole of it
 * @param what what stands there, in words
 * @param remedy what to do, in words
 */
public record Finding(Severity severity, Path file, long position, String what, String remedy) {

    /** How bad it is. */
    public enum Severity {
        /** What a crash, or a server at work, leaves: the next start puts it in order by itself. */
        NOTE,
        /** Nothing acknowledged is lost, but it should not be so. */
        WARNING,
        /** Acknowledged records are missing or broken. */
        ERROR
    }

    @Override
    public String toString() {
        String place = position < 0 ? file.toString() : file + " at position " + position;
        return severity + " " + place + ": " + what + ". " + remedy;
    }
}
