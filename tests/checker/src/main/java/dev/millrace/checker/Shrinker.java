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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Drops from a history what an anomaly does not need. What is left still shows it, and shows nothing that the whole history did not: so a record is
 * never dropped from what makes another one innocent, such as the abort of a transaction. Removing any one thing more would end that.
 */
final class Shrinker {
    private final Anomaly anomaly;
    private final Set<Object> foundInAll;

    private Shrinker(Anomaly anomaly, List<Anomaly> foundInAll) {
        this.anomaly = anomaly;
        this.foundInAll = new HashSet<>();
        foundInAll.forEach(found -> this.foundInAll.add(key(found)));
    }

    /** The shortest part of a history that shows this anomaly, one of those that were found in it. */
    static List<Operation> shortest(List<Operation> history, Anomaly anomaly, List<Anomaly> found) {
        Shrinker shrinker = new Shrinker(anomaly, found);
        List<Operation> near = shrinker.nearby(history);
        List<Operation> left = dropWhilePossible(shrinker.shows(near) ? near : history, shrinker::shows);
        // With fewer records in polls there is more that nobody needs.
        return dropWhilePossible(shrinker.trimPolls(left), shrinker::shows);
    }

    private boolean shows(List<Operation> history) {
        List<Anomaly> found = Checker.check(history);
        return found.stream().anyMatch(anomaly::isSameAs)
                && found.stream().allMatch(one -> foundInAll.contains(key(one)));
    }

    private static Object key(Anomaly anomaly) {
        return List.of(anomaly.kind(), anomaly.partitions(), anomaly.subject());
    }

    /** What was done to the anomaly's partitions, and to the transactions that wrote to them. */
    private List<Operation> nearby(List<Operation> history) {
        Set<String> transactions = new HashSet<>();
        for (Operation operation : history) {
            if (operation instanceof Send send && anomaly.partitions().contains(send.partition())) {
                send.transaction().ifPresent(transactions::add);
            }
        }
        return history.stream()
                .filter(operation -> partition(operation)
                        .map(anomaly.partitions()::contains)
                        .orElseGet(() -> transaction(operation)
                                .map(transactions::contains)
                                .orElse(false)))
                .toList();
    }

    private static Optional<String> partition(Operation operation) {
        return switch (operation) {
            case Send it -> Optional.of(it.partition());
            case Acknowledged it -> Optional.of(it.partition());
            case Seek it -> Optional.of(it.partition());
            case Poll it -> Optional.of(it.partition());
            case WholeRead it -> Optional.of(it.partition());
            case Drained it -> Optional.of(it.partition());
            case MayDelete it -> Optional.of(it.partition());
            case Deleted it -> Optional.of(it.partition());
            case Committing _, Committed _, Aborted _ -> Optional.empty();
        };
    }

    private static Optional<String> transaction(Operation operation) {
        return switch (operation) {
            case Committing it -> Optional.of(it.transaction());
            case Committed it -> Optional.of(it.transaction());
            case Aborted it -> Optional.of(it.transaction());
            default -> Optional.empty();
        };
    }

    /** Drops ever smaller pieces, as long as what is left is still good; in the end no single one can be dropped. */
    private static <T> List<T> dropWhilePossible(List<T> all, Predicate<List<T>> good) {
        List<T> left = all;
        int pieceSize = Math.max(1, left.size() / 2);
        while (true) {
            boolean dropped = false;
            for (int from = 0; from < left.size(); ) {
                List<T> fewer = new ArrayList<>(left.subList(0, from));
                fewer.addAll(left.subList(Math.min(left.size(), from + pieceSize), left.size()));
                if (good.test(fewer)) {
                    left = fewer;
                    dropped = true;
                } else {
                    from += pieceSize;
                }
            }
            if (pieceSize == 1 && !dropped) {
                return left;
            }
            pieceSize = Math.max(1, pieceSize / 2);
        }
    }

    /** Drops records from polls; a whole read stays whole, for what it lacks may be the point. */
    private List<Operation> trimPolls(List<Operation> history) {
        List<Operation> trimmed = new ArrayList<>(history);
        for (int index = 0; index < trimmed.size(); index++) {
            if (trimmed.get(index) instanceof Poll poll) {
                int at = index;
                List<Seen> records = dropWhilePossible(poll.records(), fewer -> {
                    List<Operation> changed = new ArrayList<>(trimmed);
                    changed.set(at, new Poll(poll.reader(), poll.partition(), fewer));
                    return shows(changed);
                });
                trimmed.set(index, new Poll(poll.reader(), poll.partition(), records));
            }
        }
        return trimmed;
    }
}
