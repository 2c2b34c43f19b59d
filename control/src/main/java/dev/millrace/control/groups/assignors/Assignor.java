package dev.millrace.control.groups.assignors;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Shares out partitions. Deterministic: reads nothing but its input, in the order in which it is given.
 *
 * <p>Every partition of a topic that somebody subscribes to goes to exactly one of its subscribers.
 */
public interface Assignor {

    /** The name that clients ask for. */
    String name();

    /**
     * Assigns anew.
     *
     * @param members sorted by member id
     * @param partitionsCount of each topic that a member subscribes to
     * @return what each member is to have, by member id; every member is in it
     */
    Map<String, SortedSet<PartitionId>> assign(List<Member> members, Map<TopicId, Integer> partitionsCount);

    /**
     * A member to assign to.
     *
     * @param topics what it subscribes to and what exists
     * @param before what the last assignment gave it
     */
    record Member(
            String memberId, Optional<String> instanceId, SortedSet<TopicId> topics, SortedSet<PartitionId> before) {}
}
