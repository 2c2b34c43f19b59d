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

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        Map<String, Map<String, Long>> acknowledged = new HashMap<>();
        Set<String> committed = new HashSet<>();
        Map<String, Long> mayBeGoneBefore = new HashMap<>();
        Map<Share, Set<String>> given = new HashMap<>();
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Acknowledged it ->
                    acknowledged
                            .computeIfAbsent(it.partition(), _ -> new LinkedHashMap<>())
                            .put(it.value(), it.offset());
                case Committed it -> committed.add(it.transaction());
                case MayDelete it -> mayBeGoneBefore.merge(it.partition(), it.beforeOffset(), Math::max);
                case Poll poll -> {
                    Share share = new Share(poll.reader().group(), poll.partition());
                    Set<String> values = given.computeIfAbsent(share, _ -> new HashSet<>());
                    poll.records().forEach(seen -> values.add(seen.value()));
                }
                case Drained drained -> {
                    Share share = new Share(drained.reader().group(), drained.partition());
                    Set<String> values = given.getOrDefault(share, Set.of());
                    long goneBefore = mayBeGoneBefore.getOrDefault(drained.partition(), 0L);
                    acknowledged.getOrDefault(drained.partition(), Map.of()).forEach((value, offset) -> {
                        RecordId record = new RecordId(drained.partition(), value);
                        boolean due = drained.reader().isolation() == Isolation.UNCOMMITTED
                                || known.transaction(record)
                                        .map(committed::contains)
                                        .orElse(true);
                        if (due && (goneBefore == 0 || offset >= goneBefore) && !values.contains(value)) {
                            found.accept(unseen(share, record));
                        }
                    });
                }
                default -> {}
            }
        }
    }

    private static Anomaly unseen(Share share, RecordId record) {
        return Anomaly.in(
                share.partition(),
                AnomalyKind.UNSEEN,
                share.group() + " " + record.value(),
                "no consumer of " + share.group() + " was given " + record + ", though they read to the end");
    }
}
