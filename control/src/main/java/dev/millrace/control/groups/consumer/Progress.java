package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.log.PartitionId;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * How far a member has come on its way from what it has to what it is to have; {@link Reconciliation} draws the way. Immutable.
 *
 * @param epoch the member's epoch
 * @param previousEpoch the one before: a member that has not heard of the last may still come with it
 * @param assigned what it may have, each partition with the epoch in which it got it
 * @param revoking what it had, and has not let go of yet
 */
record Progress(
        int epoch,
        int previousEpoch,
        State state,
        SortedMap<PartitionId, Integer> assigned,
        SortedMap<PartitionId, Integer> revoking) {

    static final SortedMap<PartitionId, Integer> NOTHING =
            Collections.unmodifiableSortedMap(new TreeMap<>(PartitionSets.ORDER));

    /** A member that has nothing yet. */
    static final Progress NEW = new Progress(0, 0, State.STABLE, NOTHING, NOTHING);

    /** Where the member is. The numbers stand in records. */
    enum State {
        /** It has all that the assignment of its epoch gives it. */
        STABLE(0),
        /** It must let go of something first. */
        UNREVOKED(1),
        /** It waits for what others have not let go of. */
        UNRELEASED(2);

        private final int id;

        State(int id) {
            this.id = id;
        }

        int id() {
            return id;
        }
    }

    boolean isReconciledTo(int targetEpoch) {
        return state == State.STABLE && epoch == targetEpoch;
    }

    /** Whether the member went without giving up its place. */
    boolean isAway() {
        return epoch == ConsumerHeartbeatRequest.LEAVE_STATIC_EPOCH;
    }

    boolean holds(PartitionId partition) {
        return assigned.containsKey(partition) || revoking.containsKey(partition);
    }

    SortedSet<PartitionId> assignedPartitions() {
        return PartitionSets.of(assigned.keySet());
    }

    /** The static member is away: it keeps what it has until it is back, or its session ends. */
    Progress away() {
        return new Progress(ConsumerHeartbeatRequest.LEAVE_STATIC_EPOCH, epoch, state, assigned, NOTHING);
    }

    /** The member joins from the start: it says that it owns nothing, and may have again what it had. */
    Progress joiningAgain() {
        return new Progress(0, 0, State.STABLE, assigned, NOTHING);
    }

    /** Those of {@code from} that are in {@code partitions}, with their epochs. */
    static SortedMap<PartitionId, Integer> only(SortedMap<PartitionId, Integer> from, Set<PartitionId> partitions) {
        SortedMap<PartitionId, Integer> kept = new TreeMap<>(PartitionSets.ORDER);
        from.forEach((partition, epoch) -> {
            if (partitions.contains(partition)) {
                kept.put(partition, epoch);
            }
        });
        return Collections.unmodifiableSortedMap(kept);
    }

    static SortedMap<PartitionId, Integer> all(Collection<PartitionId> partitions, int epoch) {
        SortedMap<PartitionId, Integer> all = new TreeMap<>(PartitionSets.ORDER);
        partitions.forEach(partition -> all.put(partition, epoch));
        return Collections.unmodifiableSortedMap(all);
    }
}
