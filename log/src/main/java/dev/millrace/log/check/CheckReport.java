package dev.millrace.log.check;

import dev.millrace.log.check.Finding.Severity;
import java.util.List;

/**
 * What a check of a data directory saw.
 *
 * @param serverRunning whether a server was using the directory meanwhile: then the ends of active segments were not judged
 * @param recordsCount of all batches that are in order
 * @param journalEntriesCount entries of the journals that the next start would look at; 0 while a server runs
 */
public record CheckReport(
        boolean serverRunning,
        int partitionsCount,
        int segmentsCount,
        long batchesCount,
        long recordsCount,
        long sizeBytes,
        long journalEntriesCount,
        List<Finding> findings) {

    /** Whether nothing is worse than a note. */
    public boolean isClean() {
        return findings.stream().allMatch(finding -> finding.severity() == Severity.NOTE);
    }
}
