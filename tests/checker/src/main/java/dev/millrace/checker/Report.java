package dev.millrace.checker;

import dev.millrace.checker.Operation.Aborted;
import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Committed;
import dev.millrace.checker.Operation.Committing;
import dev.millrace.checker.Operation.Deleted;
import dev.millrace.checker.Operation.Drained;
import dev.millrace.checker.Operation.MayDelete;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.Seek;
import dev.millrace.checker.Operation.Send;
import dev.millrace.checker.Operation.WholeRead;
import java.util.List;
import java.util.stream.Collectors;

/** Findings in words, for the one who has to find out why. */
public final class Report {
    private static final int FINDINGS_SHOWN = 10;
    private static final int RECORDS_SHOWN = 6;

    private Report() {}

    /** The first findings, and the shortest history that shows the first of them. */
    public static String of(List<Operation> history, List<Anomaly> found) {
        Anomaly first = found.getFirst();
        List<Operation> shortest = Shrinker.shortest(history, first, found);
        return found.stream().limit(FINDINGS_SHOWN).map(Anomaly::toString).collect(Collectors.joining("\n"))
                + (found.size() > FINDINGS_SHOWN ? "\nand " + (found.size() - FINDINGS_SHOWN) + " more" : "")
                + "\nThe shortest history that shows the first (" + shortest.size() + " of " + history.size()
                + " operations):\n"
                + shortest.stream().map(it -> "  " + line(it)).collect(Collectors.joining("\n"));
    }

    private static String line(Operation operation) {
        return switch (operation) {
            case Send it ->
                it.client() + " sends " + Seen.brief(it.value()) + " to " + it.partition()
                        + it.transaction()
                                .map(transaction -> " in " + transaction)
                                .orElse("");
            case Acknowledged it ->
                it.client() + " learns that " + Seen.brief(it.value()) + " is at offset " + it.offset() + " of "
                        + it.partition();
            case Committing it -> it.client() + " asks to commit " + it.transaction();
            case Committed it -> it.client() + " learns that " + it.transaction() + " is committed";
            case Aborted it -> it.client() + " learns that " + it.transaction() + " is aborted";
            case Seek it -> it.reader().name() + " begins anew in " + it.partition();
            case Poll it -> it.reader().name() + " is given, of " + it.partition() + ": " + some(it.records());
            case WholeRead it ->
                "all of " + it.partition() + ", " + it.isolation() + ", from offset " + it.startOffset() + " on: "
                        + some(it.records());
            case Drained it -> it.reader().group() + " has read " + it.partition() + " to its end";
            case MayDelete it -> it.partition() + " may lose what lies before offset " + it.beforeOffset();
            case Deleted it -> it.partition() + " has nothing before offset " + it.beforeOffset();
        };
    }

    private static String some(List<Seen> records) {
        if (records.size() <= RECORDS_SHOWN) {
            return records.toString();
        }
        return "[" + records.getFirst() + ", … " + (records.size() - 2) + " more …, " + records.getLast() + "]";
    }
}
