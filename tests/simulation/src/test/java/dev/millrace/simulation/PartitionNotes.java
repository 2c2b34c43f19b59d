package dev.millrace.simulation;

import dev.millrace.checker.History;
import dev.millrace.checker.Isolation;
import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Deleted;
import dev.millrace.checker.Operation.MayDelete;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.Seek;
import dev.millrace.checker.Operation.Send;
import dev.millrace.checker.Operation.WholeRead;
import dev.millrace.checker.Reader;
import dev.millrace.checker.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes down what clients of one partition do and see. It has one consumer; what producers are called does not matter.
 *
 * @param partition unique in the history: a topic that is made anew is another one
 */
record PartitionNotes(History history, String partition) {

    void sending(List<String> values) {
        values.forEach(value -> history.add(new Send("a producer", partition, value, Optional.empty())));
    }

    void acknowledged(long baseOffset, List<String> values) {
        seen(baseOffset, values)
                .forEach(it -> history.add(new Acknowledged("a producer", partition, it.offset(), it.value())));
    }

    /** The consumer was given these values, the first at {@code offset}. */
    void polled(long offset, List<String> values) {
        history.add(new Poll(consumer(), partition, seen(offset, values)));
    }

    void seeking() {
        history.add(new Seek(consumer(), partition));
    }

    void deleting(long beforeOffset) {
        history.add(new MayDelete(partition, beforeOffset));
    }

    void deleted(long beforeOffset) {
        history.add(new Deleted(partition, beforeOffset));
    }

    void readWhole(long startOffset, List<String> values) {
        history.add(new WholeRead(Isolation.UNCOMMITTED, partition, startOffset, seen(startOffset, values)));
    }

    private Reader consumer() {
        return Reader.alone("the consumer", Isolation.UNCOMMITTED);
    }

    private static List<Seen> seen(long offset, List<String> values) {
        List<Seen> all = new ArrayList<>();
        for (String value : values) {
            all.add(new Seen(offset + all.size(), value));
        }
        return all;
    }
}
