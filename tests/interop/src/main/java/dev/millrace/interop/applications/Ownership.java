package dev.millrace.interop.applications;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Who owns which partition, by what members' listeners were told. Thread-safe. */
final class Ownership {
    private final Map<Integer, String> ownerOf = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private long movesCount;

    /** A member was given partitions; none of them may be anybody's. */
    synchronized void given(String member, Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            String before = ownerOf.put(partition.partition(), member);
            if (before != null && !before.equals(member)) {
                violations.add(partition + " was given to " + member + " while " + before + " owned it");
            }
            movesCount++;
        }
    }

    /** A member gave partitions back, or lost them. */
    synchronized void taken(String member, Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> ownerOf.remove(partition.partition(), member));
    }

    /** A member is dead: it works on nothing any more. */
    synchronized void died(String member) {
        ownerOf.values().removeIf(member::equals);
    }

    synchronized int ownedCount() {
        return ownerOf.size();
    }

    synchronized long movesCount() {
        return movesCount;
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    @Override
    public synchronized String toString() {
        return ownerOf.toString();
    }
}
