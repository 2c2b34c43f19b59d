package dev.millrace.checker;

import java.util.Set;

/**
 * Something that a log must not do, found in a history.
 *
 * @param kind its name
 * @param partitions where it was found: mostly one, a torn transaction has several
 * @param subject what it is about; with the kind it tells one anomaly from another
 * @param text what was seen, in words
 */
public record Anomaly(AnomalyKind kind, Set<String> partitions, String subject, String text) {

    static Anomaly in(String partition, AnomalyKind kind, String subject, String text) {
        return new Anomaly(kind, Set.of(partition), subject, text);
    }

    /** Whether this is the same finding, though perhaps of another history. */
    boolean isSameAs(Anomaly other) {
        return kind == other.kind && partitions.equals(other.partitions) && subject.equals(other.subject);
    }

    @Override
    public String toString() {
        return kind.title() + ": " + text;
    }
}
