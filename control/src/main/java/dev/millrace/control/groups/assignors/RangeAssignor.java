package dev.millrace.control.groups.assignors;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Gives each member neighbouring partitions of each topic, and the same numbers of topics that have the same subscribers, so that what belongs
 * together by key is read together.
 *
 * <p>Static members come first, by instance id: a member that was restarted has the partitions that it had.
 *
 * <pre>
 *   7 partitions, 3 members     │ 0 1 2 │ 3 4 │ 5 6 │
 * </pre>
 */
final class RangeAssignor implements Assignor {

    private static final Comparator<Member> ORDER = Comparator.<Member>comparingInt(
                    member -> member.instanceId().isPresent() ? 0 : 1)
            .thenComparing(member -> member.instanceId().orElse(member.memberId()));

    @Override
    public String name() {
        return "range";
    }

    @Override
    public Map<String, SortedSet<PartitionId>> assign(List<Member> members, Map<TopicId, Integer> partitionsCount) {
        Map<TopicId, Integer> subscribersCount = new HashMap<>();
        members.forEach(member -> member.topics().forEach(topic -> subscribersCount.merge(topic, 1, Integer::sum)));
        Map<String, SortedSet<PartitionId>> assigned = new LinkedHashMap<>();
        Map<TopicId, Integer> served = new HashMap<>();
        for (Member member : members.stream().sorted(ORDER).toList()) {
            SortedSet<PartitionId> its = PartitionSets.fresh();
            for (TopicId topic : member.topics()) {
                int place = served.merge(topic, 1, Integer::sum) - 1;
                addRange(
                        topic,
                        place,
                        subscribersCount.getOrDefault(topic, 1),
                        partitionsCount.getOrDefault(topic, 0),
                        its);
            }
            assigned.put(member.memberId(), its);
        }
        return assigned;
    }

    /** The first members get one more, if it does not come out even. */
    private static void addRange(
            TopicId topic, int place, int membersCount, int partitionsCount, SortedSet<PartitionId> into) {
        int each = partitionsCount / membersCount;
        int more = partitionsCount % membersCount;
        int from = place * each + Math.min(place, more);
        int to = from + each + (place < more ? 1 : 0);
        for (int partition = from; partition < to; partition++) {
            into.add(new PartitionId(topic, partition));
        }
    }
}
