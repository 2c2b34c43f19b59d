package dev.millrace.control.groups.assignors;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Gives every member as many partitions as any other, as far as subscriptions allow, and lets each keep what it has, as far as that is even.
 *
 * <pre>
 *   keep:    what a member has and may have stays, at most the fair share if all subscribe to the same
 *   hand out: each free partition goes to the subscriber that has least
 *   level:   while one subscriber of a topic has two more than another, one partition moves over
 * </pre>
 *
 * <p>Levelling ends: each move makes the sum of squares of what members have smaller.
 */
final class UniformAssignor implements Assignor {

    @Override
    public String name() {
        return "uniform";
    }

    @Override
    public Map<String, SortedSet<PartitionId>> assign(List<Member> members, Map<TopicId, Integer> partitionsCount) {
        Map<String, Share> shares = new LinkedHashMap<>();
        members.forEach(member -> shares.put(member.memberId(), new Share(member)));
        keep(shares, partitionsCount);
        Map<TopicId, List<Share>> subscribers = subscribers(shares);
        List<TopicId> topics = new ArrayList<>(subscribers.keySet());
        topics.sort(Comparator.<TopicId>comparingInt(
                        topic -> subscribers.getOrDefault(topic, List.of()).size())
                .thenComparing(PartitionSets.TOPIC_ORDER));
        handOut(topics, subscribers, partitionsCount, shares);
        while (level(topics, subscribers)) {
            // Once more: what moved for one topic may have made another uneven.
        }
        Map<String, SortedSet<PartitionId>> assigned = new LinkedHashMap<>();
        shares.forEach((memberId, share) -> assigned.put(memberId, share.partitions));
        return assigned;
    }

    /** What a member is to have, while that is being found out. */
    private static final class Share {
        private final Member member;
        private final SortedSet<PartitionId> partitions = PartitionSets.fresh();

        private Share(Member member) {
            this.member = member;
        }

        private int size() {
            return partitions.size();
        }
    }

    private static void keep(Map<String, Share> shares, Map<TopicId, Integer> partitionsCount) {
        Set<SortedSet<TopicId>> subscriptions = new HashSet<>();
        shares.values().forEach(share -> subscriptions.add(share.member.topics()));
        long total =
                partitionsCount.values().stream().mapToLong(Integer::longValue).sum();
        boolean alike = subscriptions.size() == 1;
        long fair = alike ? total / shares.size() : Long.MAX_VALUE;
        long extras = alike ? total % shares.size() : 0;
        Set<PartitionId> taken = new HashSet<>();
        for (Share share : shares.values()) {
            for (PartitionId partition : share.member.before()) {
                boolean exists = partition.partition() < partitionsCount.getOrDefault(partition.topicId(), 0);
                if (!exists || !share.member.topics().contains(partition.topicId()) || taken.contains(partition)) {
                    continue;
                }
                if (share.size() == fair && extras > 0) {
                    extras--;
                } else if (share.size() >= fair) {
                    break;
                }
                share.partitions.add(partition);
                taken.add(partition);
            }
        }
    }

    private static Map<TopicId, List<Share>> subscribers(Map<String, Share> shares) {
        Map<TopicId, List<Share>> subscribers = new TreeMap<>(PartitionSets.TOPIC_ORDER);
        shares.values()
                .forEach(share -> share.member
                        .topics()
                        .forEach(topic -> subscribers
                                .computeIfAbsent(topic, t -> new ArrayList<>())
                                .add(share)));
        return subscribers;
    }

    /** Topics with few subscribers first: their partitions have the fewest places to go. */
    private static void handOut(
            List<TopicId> topics,
            Map<TopicId, List<Share>> subscribers,
            Map<TopicId, Integer> partitionsCount,
            Map<String, Share> shares) {
        Set<PartitionId> taken = new HashSet<>();
        shares.values().forEach(share -> taken.addAll(share.partitions));
        for (TopicId topic : topics) {
            for (int number = 0; number < partitionsCount.getOrDefault(topic, 0); number++) {
                PartitionId partition = new PartitionId(topic, number);
                if (!taken.contains(partition)) {
                    least(subscribers.getOrDefault(topic, List.of())).partitions.add(partition);
                }
            }
        }
    }

    /** Evens out each topic among its subscribers; returns whether anything moved. */
    private static boolean level(List<TopicId> topics, Map<TopicId, List<Share>> subscribers) {
        boolean moved = false;
        for (TopicId topic : topics) {
            List<Share> candidates = subscribers.getOrDefault(topic, List.of());
            boolean uneven = true;
            while (uneven) {
                Share least = least(candidates);
                uneven = moveFromMost(topic, candidates, least);
                moved |= uneven;
            }
        }
        return moved;
    }

    private static boolean moveFromMost(TopicId topic, List<Share> candidates, Share to) {
        Share most = to;
        for (Share candidate : candidates) {
            if (candidate.size() > most.size() && !ofTopic(candidate, topic).isEmpty()) {
                most = candidate;
            }
        }
        if (most.size() < to.size() + 2) {
            return false;
        }
        // What it did not have before goes first: nobody loses what it could keep.
        SortedSet<PartitionId> before = most.member.before();
        SortedSet<PartitionId> movable = ofTopic(most, topic);
        PartitionId moving = movable.stream()
                .filter(partition -> !before.contains(partition))
                .findFirst()
                .orElseGet(() -> movable.last());
        most.partitions.remove(moving);
        to.partitions.add(moving);
        return true;
    }

    private static SortedSet<PartitionId> ofTopic(Share share, TopicId topic) {
        return share.partitions.subSet(new PartitionId(topic, 0), new PartitionId(topic, Integer.MAX_VALUE));
    }

    private static Share least(List<Share> candidates) {
        Share least = candidates.getFirst();
        for (Share candidate : candidates) {
            if (candidate.size() < least.size()) {
                least = candidate;
            }
        }
        return least;
    }
}
