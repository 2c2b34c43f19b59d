package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.ClusterView;
import java.util.Optional;

/** What is not durable of a group: its deadlines, and which state of the cluster it has looked at. Gone after a restart. Not thread-safe. */
final class SoftState {

    private final Deadlines deadlines;
    private Optional<ClusterView> lookedAt = Optional.empty();

    SoftState(String groupId) {
        this.deadlines = new Deadlines(groupId);
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /** Whether the topics that members subscribe to may be others than when the group looked last. */
    @SuppressWarnings("ReferenceEquality") // Each change of the cluster makes a new view.
    boolean mustLookAt(ClusterView cluster) {
        return lookedAt.isEmpty() || lookedAt.get() != cluster;
    }

    void hasLookedAt(ClusterView cluster) {
        lookedAt = Optional.of(cluster);
    }
}
