package dev.millrace.control.groups.consumer;

import dev.millrace.base.TopicId;
import dev.millrace.control.groups.assignors.Assignor;
import dev.millrace.control.groups.assignors.Assignors;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;

/** Makes the targets of a group: lets the assignor that most members prefer share out what they subscribe to. */
final class Targets {

    private final List<String> assignors;
    private final Subscriptions subscriptions;

    /** @param assignors that may be used; the first is the default */
    Targets(List<String> assignors, Subscriptions subscriptions) {
        this.assignors = assignors;
        this.subscriptions = subscriptions;
    }

    /** Gives every member of the draft its target for the group's epoch. */
    void assign(GroupDraft draft) {
        List<MemberMetadata> members = draft.members();
        SortedMap<TopicId, Integer> partitionsCount = subscriptions.partitionsCount(members);
        List<Assignor.Member> input = new ArrayList<>(members.size());
        for (MemberMetadata member : members) {
            input.add(new Assignor.Member(
                    member.memberId(),
                    member.instanceId(),
                    subscriptions.topics(member),
                    draft.target(member.memberId())));
        }
        input.sort(Comparator.comparing(Assignor.Member::memberId));
        Map<String, SortedSet<PartitionId>> assigned =
                Assignors.named(preferred(members)).orElseThrow().assign(input, partitionsCount);
        assigned.forEach((memberId, target) -> draft.target(memberId, PartitionSets.of(target)));
        draft.head(draft.head().assigned());
    }

    /** The assignor that most members ask for, of equals the one that is configured first; the default if nobody asks. */
    String preferred(Iterable<MemberMetadata> members) {
        Map<String, Integer> votesCount = new HashMap<>();
        members.forEach(member -> member.serverAssignor().ifPresent(name -> votesCount.merge(name, 1, Integer::sum)));
        String preferred = assignors.getFirst();
        for (String name : assignors) {
            if (votesCount.getOrDefault(name, 0) > votesCount.getOrDefault(preferred, 0)) {
                preferred = name;
            }
        }
        return preferred;
    }
}
