package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.log.PartitionId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What is durable of a consumer group: its members, what each is to have, and what each has. Changed by replaying alone, fact by fact, in any order
 * of the keys; commands work on a {@link GroupDraft} of it.
 *
 * <pre>
 *   Empty ──→ Assigning ──→ Reconciling ──→ Stable        Assigning: the group's epoch is ahead of its targets'
 *     ↑           ↑              │   ↑        │           Reconciling: a member has not come as far as its target
 *     └───────────┴── changes ───┴───┴────────┘
 * </pre>
 */
final class ConsumerGroup {

    private final String groupId;
    private GroupHead head = GroupHead.NEW;
    private final Map<String, MemberMetadata> members = new LinkedHashMap<>();
    private final Map<String, SortedSet<PartitionId>> targets = new HashMap<>();
    private final Map<String, Progress> progress = new HashMap<>();

    /** Who holds a partition: has it, or has not let go of it. */
    private final Map<PartitionId, String> holders = new HashMap<>();

    private final Map<String, String> memberIdByInstanceId = new HashMap<>();

    ConsumerGroup(String groupId) {
        this.groupId = groupId;
    }

    String groupId() {
        return groupId;
    }

    GroupHead head() {
        return head;
    }

    /** In the order in which they came. */
    Map<String, MemberMetadata> members() {
        return members;
    }

    Optional<MemberMetadata> member(String memberId) {
        return Optional.ofNullable(members.get(memberId));
    }

    Optional<MemberMetadata> instance(String instanceId) {
        return Optional.ofNullable(memberIdByInstanceId.get(instanceId)).flatMap(this::member);
    }

    SortedSet<PartitionId> target(String memberId) {
        return targets.getOrDefault(memberId, PartitionSets.EMPTY);
    }

    Progress progress(String memberId) {
        return progress.getOrDefault(memberId, Progress.NEW);
    }

    Optional<String> holder(PartitionId partition) {
        return Optional.ofNullable(holders.get(partition));
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    GroupState state() {
        if (members.isEmpty()) {
            return GroupState.EMPTY;
        }
        if (head.epoch() > head.targetEpoch()) {
            return GroupState.ASSIGNING;
        }
        return members.keySet().stream().allMatch(memberId -> progress(memberId).isReconciledTo(head.targetEpoch()))
                ? GroupState.STABLE
                : GroupState.RECONCILING;
    }

    // ---- replaying

    void replayHead(GroupHead replayed) {
        head = replayed;
    }

    void replayMember(MemberMetadata replayed) {
        members.put(replayed.memberId(), replayed);
        replayed.instanceId().ifPresent(instanceId -> memberIdByInstanceId.put(instanceId, replayed.memberId()));
    }

    void replayMemberGone(String memberId) {
        MemberMetadata gone = members.remove(memberId);
        if (gone != null) {
            gone.instanceId().ifPresent(instanceId -> memberIdByInstanceId.remove(instanceId, memberId));
        }
    }

    void replayTarget(String memberId, SortedSet<PartitionId> target) {
        targets.put(memberId, target);
    }

    void replayTargetGone(String memberId) {
        targets.remove(memberId);
    }

    void replayProgress(String memberId, Progress replayed) {
        letGo(memberId);
        progress.put(memberId, replayed);
        replayed.assigned().keySet().forEach(partition -> holders.put(partition, memberId));
        replayed.revoking().keySet().forEach(partition -> holders.put(partition, memberId));
    }

    void replayProgressGone(String memberId) {
        letGo(memberId);
        progress.remove(memberId);
    }

    private void letGo(String memberId) {
        Progress before = progress(memberId);
        before.assigned().keySet().forEach(partition -> holders.remove(partition, memberId));
        before.revoking().keySet().forEach(partition -> holders.remove(partition, memberId));
    }
}
