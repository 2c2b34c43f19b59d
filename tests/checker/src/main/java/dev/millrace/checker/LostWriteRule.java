package dev.millrace.checker;

import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Committed;
import dev.millrace.checker.Operation.MayDelete;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.WholeRead;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Lost-write: whatever was acknowledged or read is there in every later {@link WholeRead} that it is visible to. A record of a transaction is
 * expected in committed data once the commit was acknowledged, or once anybody saw it there.
 */
final class LostWriteRule implements Rule {

    /** What one pass over a history knows so far. */
    private static final class Pass {
        final Map<String, Map<String, Long>> offsetOf = new HashMap<>();
        final Set<RecordId> seenCommitted = new HashSet<>();
        final Set<String> committed = new HashSet<>();
        final Map<String, Long> mayBeGoneBefore = new HashMap<>();

        void know(String partition, long offset, String value) {
            offsetOf.computeIfAbsent(partition, _ -> new LinkedHashMap<>()).merge(value, offset, Math::max);
        }

        void know(Isolation isolation, String partition, Iterable<Seen> records) {
            for (Seen seen : records) {
                know(partition, seen.offset(), seen.value());
                if (isolation == Isolation.COMMITTED) {
                    seenCommitted.add(new RecordId(partition, seen.value()));
                }
            }
        }
    }

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        Pass pass = new Pass();
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Acknowledged it -> pass.know(it.partition(), it.offset(), it.value());
                case Committed it -> pass.committed.add(it.transaction());
                case MayDelete it -> pass.mayBeGoneBefore.merge(it.partition(), it.beforeOffset(), Math::max);
                case Poll poll -> pass.know(poll.reader().isolation(), poll.partition(), poll.records());
                case WholeRead read -> {
                    compare(known, pass, read, found);
                    pass.know(read.isolation(), read.partition(), read.records());
                }
                default -> {}
            }
        }
    }

    private static void compare(Knowledge known, Pass pass, WholeRead read, Consumer<Anomaly> found) {
        long mayBeGoneBefore = pass.mayBeGoneBefore.getOrDefault(read.partition(), 0L);
        Set<String> there = new HashSet<>();
        read.records().forEach(seen -> there.add(seen.value()));
        pass.offsetOf.getOrDefault(read.partition(), Map.of()).forEach((value, offset) -> {
            RecordId record = new RecordId(read.partition(), value);
            boolean deleted = mayBeGoneBefore > 0 && offset < Math.min(read.startOffset(), mayBeGoneBefore);
            if (!there.contains(value) && !deleted && isDue(known, pass, record, read.isolation())) {
                found.accept(Anomaly.in(
                        read.partition(),
                        AnomalyKind.LOST_WRITE,
                        read.isolation() + " " + value,
                        record + (offset < 0 ? "" : ", known to be at offset " + offset) + ", is not among the "
                                + read.records().size() + " records from offset " + read.startOffset() + " on"));
            }
        });
    }

    private static boolean isDue(Knowledge known, Pass pass, RecordId record, Isolation isolation) {
        return isolation == Isolation.UNCOMMITTED
                || pass.seenCommitted.contains(record)
                || known.transaction(record).map(pass.committed::contains).orElse(true);
    }
}
