package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.log.PartitionId;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * One step of a member towards its target. A pure function.
 *
 * <pre>
 *                       new target takes something away
 *        ┌────────┐ ─────────────────────────────────────→ ┌───────────┐
 *        │ STABLE │                                        │ UNREVOKED │ ──┐ still owns what it
 *        └────────┘ ←───────────┐                          └───────────┘ ←─┘ must let go of
 *          │  ↑                 │ all that it is to have         │
 *          │  │                 │ is free                        │ has let go
 *          │  │           ┌─────┴──────┐                         │
 *          │  └───────────│ UNRELEASED │ ←───────────────────────┘
 *          └────────────→ └────────────┘
 *    another member still has what it is to have
 * </pre>
 *
 * <p>A partition is given to a member only when nobody else holds it. So at no time two members may have the same.
 */
final class Reconciliation {

    private Reconciliation() {}

    /** Where the member is to go: the assignment of an epoch. */
    record Target(int epoch, SortedSet<PartitionId> partitions) {}

    /**
     * The next state, or the same if the member cannot go on now.
     *
     * @param owned what the member says it has; empty if it says that nothing has changed
     * @param isFree whether no other member holds a partition
     */
    static Progress next(Progress now, Target target, Optional<Set<PartitionId>> owned, Predicate<PartitionId> isFree) {
        return switch (now.state()) {
            case STABLE -> now.epoch() == target.epoch() ? now : step(now, now.epoch(), target, owned, isFree);
            case UNREVOKED ->
                owns(owned, now.revoking().keySet()) ? now : step(now, now.epoch() + 1, target, owned, isFree);
            case UNRELEASED -> step(now, now.epoch(), target, owned, isFree);
        };
    }

    private static Progress step(
            Progress now, int epoch, Target target, Optional<Set<PartitionId>> owned, Predicate<PartitionId> isFree) {
        SortedMap<PartitionId, Integer> kept = Progress.only(now.assigned(), target.partitions());
        SortedSet<PartitionId> lost = new TreeSet<>(PartitionSets.ORDER);
        lost.addAll(now.assigned().keySet());
        lost.removeAll(kept.keySet());
        if (!lost.isEmpty() && owns(owned, lost)) {
            return new Progress(
                    epoch, previous(now, epoch), Progress.State.UNREVOKED, kept, Progress.only(now.assigned(), lost));
        }
        SortedMap<PartitionId, Integer> assigned = new TreeMap<>(kept);
        boolean waits = false;
        for (PartitionId partition : target.partitions()) {
            if (!kept.containsKey(partition)) {
                if (isFree.test(partition)) {
                    assigned.put(partition, target.epoch());
                } else {
                    waits = true;
                }
            }
        }
        Progress next = new Progress(
                target.epoch(),
                previous(now, target.epoch()),
                waits ? Progress.State.UNRELEASED : Progress.State.STABLE,
                Collections.unmodifiableSortedMap(assigned),
                Progress.NOTHING);
        return next.equals(now) ? now : next;
    }

    private static int previous(Progress now, int epoch) {
        return epoch == now.epoch() ? now.previousEpoch() : now.epoch();
    }

    /** Who does not say what it owns may own everything that it had. */
    private static boolean owns(Optional<Set<PartitionId>> owned, Set<PartitionId> any) {
        return owned.isEmpty() || any.stream().anyMatch(owned.get()::contains);
    }
}
