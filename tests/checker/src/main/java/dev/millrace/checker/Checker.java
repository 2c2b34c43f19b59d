package dev.millrace.checker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Judges histories. Pure: the same history gives the same findings.
 *
 * <p>A partition is told by any name that is unique in the history, a record by its value, which must be unique in its partition.
 */
public final class Checker {
    private static final List<Rule> RULES = List.of(
            new OffsetsRule(),
            new AbortedReadRule(),
            new PollOrderRule(),
            new LostWriteRule(),
            new UnseenRule(),
            new TornTransactionRule());

    private Checker() {}

    /** Everything that must not be, each finding once, in the order of the rules. */
    public static List<Anomaly> check(List<Operation> history) {
        Knowledge known = new Knowledge(history);
        List<Anomaly> found = new ArrayList<>();
        Set<Object> keys = new HashSet<>();
        for (Rule rule : RULES) {
            rule.look(known, anomaly -> {
                if (keys.add(List.of(anomaly.kind(), anomaly.partitions(), anomaly.subject()))) {
                    found.add(anomaly);
                }
            });
        }
        return found;
    }

    /**
     * Fails when anything is found.
     *
     * @throws AssertionError which tells the first findings, and the shortest history that shows the first one
     */
    public static void verify(List<Operation> history) {
        List<Anomaly> found = check(history);
        if (!found.isEmpty()) {
            throw new AssertionError(Report.of(history, found));
        }
    }
}
