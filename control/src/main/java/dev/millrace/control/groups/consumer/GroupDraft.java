package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.machine.Turn;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * What one command makes of a group: the group as it is, and over it what is different. Shows the group as it will be; {@link #record} writes the
 * difference, and nothing if there is none. Lives for one turn.
 */
final class GroupDraft {

    private final ConsumerGroup group;
    private GroupHead head;
    private final Map<String, MemberMetadata> changedMembers = new LinkedHashMap<>();
    private final Map<String, SortedSet<PartitionId>> changedTargets = new LinkedHashMap<>();
    private final Map<String, Progress> changedProgress = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();

    GroupDraft(ConsumerGroup group) {
        this.group = group;
        this.head = group.head();
    }

    ConsumerGroup group() {
        return group;
    }

    GroupHead head() {
        return head;
    }

    void head(GroupHead changed) {
        head = changed;
    }

    Optional<MemberMetadata> member(String memberId) {
        MemberMetadata changed = changedMembers.get(memberId);
        if (changed != null) {
            return Optional.of(changed);
        }
        return removed.contains(memberId) ? Optional.empty() : group.member(memberId);
    }

    /** All members as they will be. */
    List<MemberMetadata> members() {
        List<MemberMetadata> members = new ArrayList<>(group.members().size() + 1);
        group.members().forEach((memberId, member) -> {
            if (!removed.contains(memberId) && !changedMembers.containsKey(memberId)) {
                members.add(member);
            }
        });
        members.addAll(changedMembers.values());
        return members;
    }

    SortedSet<PartitionId> target(String memberId) {
        SortedSet<PartitionId> changed = changedTargets.get(memberId);
        return changed != null ? changed : group.target(memberId);
    }

    Progress progress(String memberId) {
        Progress changed = changedProgress.get(memberId);
        return changed != null ? changed : group.progress(memberId);
    }

    /** Whether nobody but {@code memberId} holds the partition. */
    boolean isFreeFor(String memberId, PartitionId partition) {
        for (Map.Entry<String, Progress> changed : changedProgress.entrySet()) {
            if (!changed.getKey().equals(memberId) && changed.getValue().holds(partition)) {
                return false;
            }
        }
        Optional<String> holder = group.holder(partition);
        return holder.isEmpty()
                || holder.get().equals(memberId)
                || removed.contains(holder.get())
                || changedProgress.containsKey(holder.get());
    }

    void put(MemberMetadata member) {
        changedMembers.put(member.memberId(), member);
    }

    void target(String memberId, SortedSet<PartitionId> target) {
        if (!target.equals(target(memberId))) {
            changedTargets.put(memberId, target);
        }
    }

    void progress(String memberId, Progress progress) {
        if (!progress.equals(progress(memberId))) {
            changedProgress.put(memberId, progress);
        }
    }

    /** Takes the member out, with all that it has and was to have. */
    void remove(String memberId) {
        changedMembers.remove(memberId);
        changedTargets.remove(memberId);
        changedProgress.remove(memberId);
        removed.add(memberId);
    }

    /** The static member's place is taken by {@code member}, that joins with what was the other's. */
    void replace(MemberMetadata old, MemberMetadata member) {
        SortedSet<PartitionId> target = target(old.memberId());
        Progress progress = progress(old.memberId());
        remove(old.memberId());
        put(member);
        changedTargets.put(member.memberId(), target);
        changedProgress.put(member.memberId(), progress.joiningAgain());
    }

    /** Takes everybody out. */
    void removeAll() {
        members().forEach(member -> remove(member.memberId()));
    }

    GroupState state() {
        List<MemberMetadata> members = members();
        if (members.isEmpty()) {
            return GroupState.EMPTY;
        }
        if (head.epoch() > head.targetEpoch()) {
            return GroupState.ASSIGNING;
        }
        return members.stream().allMatch(member -> isAtRest(progress(member.memberId())))
                ? GroupState.STABLE
                : GroupState.RECONCILING;
    }

    /** Nobody waits for a static member that is away. */
    private boolean isAtRest(Progress progress) {
        return progress.isReconciledTo(head.targetEpoch()) || progress.isAway();
    }

    void record(Turn<GroupCommand> turn) {
        String groupId = group.groupId();
        for (String memberId : removed) {
            ConsumerFacts.memberGone(groupId, memberId).forEach(turn::record);
        }
        changedMembers.values().forEach(member -> turn.record(ConsumerFacts.member(groupId, member)));
        if (!head.equals(group.head())) {
            turn.record(ConsumerFacts.head(groupId, head));
        }
        changedTargets.forEach((memberId, target) -> turn.record(ConsumerFacts.target(groupId, memberId, target)));
        changedProgress.forEach(
                (memberId, progress) -> turn.record(ConsumerFacts.progress(groupId, memberId, progress)));
    }
}
