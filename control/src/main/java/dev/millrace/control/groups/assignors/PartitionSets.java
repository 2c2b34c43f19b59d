package dev.millrace.control.groups.assignors;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;

/** Sets of partitions in one order, so that what is computed or written of them is always the same. Stateless. */
public final class PartitionSets {

    public static final Comparator<TopicId> TOPIC_ORDER =
            Comparator.comparingLong(TopicId::mostSignificantBits).thenComparingLong(TopicId::leastSignificantBits);

    public static final Comparator<PartitionId> ORDER =
            Comparator.comparing(PartitionId::topicId, TOPIC_ORDER).thenComparingInt(PartitionId::partition);

    public static final SortedSet<PartitionId> EMPTY = Collections.unmodifiableSortedSet(new TreeSet<>(ORDER));

    private PartitionSets() {}

    /** An immutable set of these. */
    public static SortedSet<PartitionId> of(Collection<PartitionId> partitions) {
        if (partitions.isEmpty()) {
            return EMPTY;
        }
        SortedSet<PartitionId> set = new TreeSet<>(ORDER);
        set.addAll(partitions);
        return Collections.unmodifiableSortedSet(set);
    }

    /** An empty set to be filled. */
    static SortedSet<PartitionId> fresh() {
        return new TreeSet<>(ORDER);
    }
}
