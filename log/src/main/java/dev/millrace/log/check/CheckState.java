package dev.millrace.log.check;

import dev.millrace.log.check.Finding.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a check has gathered so far. */
final class CheckState {

    final boolean serverRunning;
    final CheckProgress progress;

    int segmentsCount;
    long batchesCount;
    long recordsCount;
    long doneBytes;
    long totalBytes;

    private final List<Finding> findings = new ArrayList<>();
    private final Set<Path> brokenDirectories = new HashSet<>();

    CheckState(boolean serverRunning, CheckProgress progress) {
        this.serverRunning = serverRunning;
        this.progress = progress;
    }

    void add(Severity severity, Path file, String what, String remedy) {
        add(severity, file, -1, what, remedy);
    }

    void add(Severity severity, Path file, long position, String what, String remedy) {
        findings.add(new Finding(severity, file, position, what, remedy));
    }

    /** Says that the end of this partition means nothing, because something before it was found to be wrong. */
    void broken(Path directory) {
        brokenDirectories.add(directory);
    }

    boolean isBroken(Path directory) {
        return brokenDirectories.contains(directory);
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }
}
