package dev.millrace.checker;

import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Committed;
import dev.millrace.checker.Operation.Drained;
import dev.millrace.checker.Operation.MayDelete;
import dev.millrace.checker.Operation.Poll;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Unseen: a group that has read a partition to its end was given every acknowledged record that is there for it. */
final class UnseenRule implements Rule {

    private record Share(String group, String partition) {}

    /** What one pass over a history knows so far. */
    private static final class Pass {
        final Map<String, Map<String, Long>> acknowledged = new HashMap<>();
        final Set<String> committed = new HashSet<>();
        final Map<String, Long> mayBeGoneBefore = new HashMap<>();
        final Map<Share, Set<String>> given = new HashMap<>();
    }

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        Pass pass = new Pass();
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Acknowledged it ->
                    pass.acknowledged
                            .computeIfAbsent(it.partition(), _ -> new LinkedHashMap<>())
                            .put(it.value(), it.offset());
                case Committed it -> pass.committed.add(it.transaction());
                case MayDelete it -> pass.mayBeGoneBefore.merge(it.partition(), it.beforeOffset(), Math::max);
                case Poll poll -> {
                    Set<String> values = pass.given.computeIfAbsent(
                            new Share(poll.reader().group(), poll.partition()), _ -> new HashSet<>());
                    poll.records().forEach(seen -> values.add(seen.value()));
                }
                case Drained drained -> compare(known, pass, drained, found);
                default -> {}
            }
        }
    }

    private static void compare(Knowledge known, Pass pass, Drained drained, Consumer<Anomaly> found) {
        Share share = new Share(drained.reader().group(), drained.partition());
        Set<String> given = pass.given.getOrDefault(share, Set.of());
        long goneBefore = pass.mayBeGoneBefore.getOrDefault(share.partition(), 0L);
        pass.acknowledged.getOrDefault(share.partition(), Map.of()).forEach((value, offset) -> {
            RecordId record = new RecordId(share.partition(), value);
            boolean deleted = goneBefore > 0 && offset < goneBefore;
            boolean visible = drained.reader().isolation() == Isolation.UNCOMMITTED
                    || known.transaction(record).map(pass.committed::contains).orElse(true);
            if (visible && !deleted && !given.contains(value)) {
                found.accept(unseen(share, record));
            }
        });
    }

    private static Anomaly unseen(Share share, RecordId record) {
        return Anomaly.in(
                share.partition(),
                AnomalyKind.UNSEEN,
                share.group() + " " + record.value(),
                "no consumer of " + share.group() + " was given " + record + ", though they read to the end");
    }
}
