package dev.millrace.control.groups.consumer;

import dev.millrace.base.TopicId;
import dev.millrace.control.groups.api.ConsumerSettings;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.consumer.Deadlines.Duty;
import dev.millrace.control.machine.Turn;
import dev.millrace.log.PartitionId;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What every sign of life of a member leads to, in whatever protocol: the group takes a new epoch if something has changed, gets new targets if it is
 * time, and the member makes one step towards its own.
 */
final class Advance {

    private final ConsumerSettings defaults;
    private final Subscriptions subscriptions;
    private final Targets targets;

    Advance(ConsumerSettings defaults, Subscriptions subscriptions) {
        this.defaults = defaults;
        this.subscriptions = subscriptions;
        this.targets = new Targets(defaults.assignors(), subscriptions);
    }

    /** What this group works by now. */
    ConsumerSettings settings(String groupId) {
        return defaults.with(subscriptions.cluster().configs(groupId));
    }

    Targets targets() {
        return targets;
    }

    /**
     * Takes over what the member says of itself.
     *
     * @param before what it said last; empty for a member that is new
     */
    void update(GroupDraft draft, SoftState soft, Optional<MemberMetadata> before, MemberMetadata after) {
        boolean changed = before.isEmpty() || !before.get().subscribesAs(after);
        if (before.isEmpty() || !before.get().equals(after)) {
            String preferred = targets.preferred(draft.members());
            draft.put(after);
            changed |= !targets.preferred(draft.members()).equals(preferred);
        }
        if (changed) {
            draft.head(draft.head().nextEpoch());
        }
        if (changed || soft.mustLookAt(subscriptions.cluster())) {
            lookAtTopics(draft, changed);
            soft.hasLookedAt(subscriptions.cluster());
        }
    }

    /** Members have gone: a new epoch, for what is left. */
    void removed(GroupDraft draft) {
        draft.head(draft.head().nextEpoch());
        lookAtTopics(draft, true);
    }

    /** The group has its topics for the first time. */
    void lookAtTopics(GroupDraft draft) {
        lookAtTopics(draft, true);
    }

    private void lookAtTopics(GroupDraft draft, boolean epochIsNew) {
        SortedMap<TopicId, Integer> partitionsCount = subscriptions.partitionsCount(draft.members());
        long hash = Subscriptions.hash(partitionsCount);
        if (hash != draft.head().topicsHash()) {
            GroupHead head = epochIsNew ? draft.head() : draft.head().nextEpoch();
            draft.head(head.withTopicsHash(hash));
        }
    }

    /** Makes the targets, if the group's epoch is ahead of them and they were not made a moment ago. */
    void assign(GroupDraft draft, SoftState soft, Turn<GroupCommand> turn) {
        if (draft.head().epoch() <= draft.head().targetEpoch()
                || draft.members().isEmpty()) {
            return;
        }
        int intervalMs = settings(draft.group().groupId()).assignmentIntervalMs();
        if (draft.group().isEmpty() || soft.deadlines().mayAssign(intervalMs, turn)) {
            targets.assign(draft);
            soft.deadlines().assigned(turn);
        }
    }

    /** The member's step; returns where it is then. */
    Progress step(GroupDraft draft, String memberId, Optional<Set<PartitionId>> owned) {
        Progress now = draft.progress(memberId);
        Progress next = Reconciliation.next(
                now,
                new Reconciliation.Target(draft.head().targetEpoch(), draft.target(memberId)),
                owned,
                partition -> draft.isFreeFor(memberId, partition));
        draft.progress(memberId, next);
        return next;
    }

    /** A member of the consumer protocol has its rebalance timeout to let go of partitions. */
    static void watchRevocation(
            SoftState soft, MemberMetadata member, Progress before, Progress after, Turn<GroupCommand> turn) {
        if (after.state() != Progress.State.UNREVOKED) {
            soft.deadlines().done(member.memberId(), Duty.REVOKE);
        } else if (before.state() != Progress.State.UNREVOKED || before.epoch() != after.epoch()) {
            soft.deadlines().set(member.memberId(), Duty.REVOKE, member.rebalanceTimeoutMs(), turn);
        }
    }
}
