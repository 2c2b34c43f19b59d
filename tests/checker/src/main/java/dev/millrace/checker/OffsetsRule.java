package dev.millrace.checker;

import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.WholeRead;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Inconsistent-offsets, duplicate and unsent: each record that is learned of is held against what was known of its offset and its value. */
final class OffsetsRule implements Rule {

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        Map<RecordId, Long> offsetOf = new HashMap<>();
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Acknowledged it
                when it.offset() >= 0 ->
                    learn(known, offsetOf, it.partition(), new Seen(it.offset(), it.value()), found);
                case Poll poll -> poll.records().forEach(seen -> learn(known, offsetOf, poll.partition(), seen, found));
                case WholeRead read ->
                    read.records().forEach(seen -> learn(known, offsetOf, read.partition(), seen, found));
                default -> {}
            }
        }
    }

    private static void learn(
            Knowledge known, Map<RecordId, Long> offsetOf, String partition, Seen seen, Consumer<Anomaly> found) {
        RecordId record = new RecordId(partition, seen.value());
        if (known.send(record).isEmpty()) {
            found.accept(Anomaly.in(
                    partition,
                    AnomalyKind.UNSENT,
                    seen.value(),
                    record + " is at offset " + seen.offset() + ", and nobody sent it"));
        }
        String first = known.valueAt(partition).getOrDefault(seen.offset(), seen.value());
        if (!first.equals(seen.value())) {
            found.accept(Anomaly.in(
                    partition,
                    AnomalyKind.INCONSISTENT_OFFSETS,
                    Long.toString(seen.offset()),
                    "offset " + seen.offset() + " of " + partition + " had " + Seen.brief(first) + " and had "
                            + Seen.brief(seen.value())));
        }
        Long before = offsetOf.putIfAbsent(record, seen.offset());
        if (before != null && before != seen.offset()) {
            found.accept(Anomaly.in(
                    partition,
                    AnomalyKind.DUPLICATE,
                    seen.value(),
                    record + " is at offset " + before + " and at offset " + seen.offset()));
        }
    }
}
