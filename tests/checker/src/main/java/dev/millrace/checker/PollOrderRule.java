package dev.millrace.checker;

import dev.millrace.checker.Operation.Deleted;
import dev.millrace.checker.Operation.MayDelete;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.Seek;
import dev.millrace.checker.Operation.WholeRead;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Nonmonotonic-poll and poll-skip: between two seeks a consumer is given everything that is there for it, in the order of offsets. */
final class PollOrderRule implements Rule {

    private record Position(Reader reader, String partition) {}

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        Map<Position, Long> lastOffsets = new HashMap<>();
        Map<String, Long> mayBeGoneBefore = new HashMap<>();
        Map<String, Long> goneBefore = new HashMap<>();
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Seek(Reader reader, String partition) -> lastOffsets.remove(new Position(reader, partition));
                case MayDelete(String partition, long offset) -> mayBeGoneBefore.merge(partition, offset, Math::max);
                case Deleted(String partition, long offset) -> goneBefore.merge(partition, offset, Math::max);
                case WholeRead read
                when read.startOffset() < goneBefore.getOrDefault(read.partition(), 0L) ->
                    found.accept(backAgain(read, goneBefore.getOrDefault(read.partition(), 0L)));
                case Poll poll -> {
                    Position position = new Position(poll.reader(), poll.partition());
                    for (Seen seen : poll.records()) {
                        Long before = lastOffsets.put(position, seen.offset());
                        if (before != null && seen.offset() <= before) {
                            found.accept(nonmonotonic(poll, before, seen));
                        } else if (before != null && seen.offset() > before + 1) {
                            long visibleFrom = mayBeGoneBefore.getOrDefault(poll.partition(), 0L);
                            lookBetween(known, poll, Math.max(before + 1, visibleFrom), seen, found);
                        }
                    }
                }
                default -> {}
            }
        }
    }

    private static Anomaly backAgain(WholeRead read, long goneBefore) {
        return Anomaly.in(
                read.partition(),
                AnomalyKind.NONMONOTONIC_POLL,
                "start",
                read.partition() + " begins at offset " + read.startOffset() + ", though everything before offset "
                        + goneBefore + " was deleted");
    }

    private static Anomaly nonmonotonic(Poll poll, long before, Seen seen) {
        String reader = poll.reader().name();
        return Anomaly.in(
                poll.partition(),
                AnomalyKind.NONMONOTONIC_POLL,
                reader + " " + seen,
                reader + " was given " + Seen.brief(seen.value()) + " at offset " + seen.offset() + " of "
                        + poll.partition() + " after offset " + before);
    }

    private static void lookBetween(Knowledge known, Poll poll, long fromOffset, Seen seen, Consumer<Anomaly> found) {
        if (fromOffset >= seen.offset()) {
            return;
        }
        String reader = poll.reader().name();
        known.valueAt(poll.partition()).subMap(fromOffset, seen.offset()).forEach((offset, value) -> {
            RecordId skipped = new RecordId(poll.partition(), value);
            if (known.isVisible(skipped, poll.reader().isolation())) {
                found.accept(Anomaly.in(
                        poll.partition(),
                        AnomalyKind.POLL_SKIP,
                        reader + " " + value,
                        reader + " was not given " + skipped + " at offset " + offset + ", before it was given offset "
                                + seen.offset()));
            }
        });
    }
}
