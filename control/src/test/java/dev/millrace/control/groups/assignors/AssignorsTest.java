package dev.millrace.control.groups.assignors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import dev.millrace.testkit.seeds.SeededTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever the group: everything is assigned, once, to who subscribes to it; evenly; and what can stay stays. */
final class AssignorsTest {

    private static final TopicId FLIGHTS = new TopicId(0, 1);
    private static final TopicId BOATS = new TopicId(0, 2);

    @Test
    void shouldGiveRangesOfEachTopic() {
        Map<String, SortedSet<PartitionId>> assigned = assignor("range")
                .assign(
                        List.of(
                                member("a", Optional.empty()),
                                member("b", Optional.of("z")),
                                member("c", Optional.empty())),
                        counts(7, 2));
        assertThat(assigned.get("b")).as("static members come first").isEqualTo(set("0 1 2", "0"));
        assertThat(assigned.get("a")).isEqualTo(set("3 4", "1"));
        assertThat(assigned.get("c")).isEqualTo(set("5 6", ""));
    }

    @SeededTest
    void shouldAssignEverythingOnceAndEvenly(Random random) {
        for (int round = 0; round < 40; round++) {
            SortedMap<TopicId, Integer> counts = new TreeMap<>(PartitionSets.TOPIC_ORDER);
            int topicsCount = 1 + random.nextInt(4);
            for (int topic = 0; topic < topicsCount; topic++) {
                counts.put(new TopicId(0, topic), random.nextInt(20));
            }
            boolean alike = random.nextBoolean();
            List<Assignor.Member> members = members(random, counts, alike);
            Set<TopicId> subscribed = new HashSet<>();
            members.forEach(member -> subscribed.addAll(member.topics()));
            counts.keySet().retainAll(subscribed);

            for (String name : Assignors.names()) {
                Map<String, SortedSet<PartitionId>> assigned = assignor(name).assign(members, counts);
                checkComplete(members, counts, assigned);
                assertThat(assignor(name).assign(members, counts))
                        .as("the same again")
                        .isEqualTo(assigned);
            }
            Map<String, SortedSet<PartitionId>> uniform = assignor("uniform").assign(members, counts);
            checkEven(members, uniform);
            checkStays(members, counts, uniform);
            if (alike) {
                checkKept(members, counts, uniform);
            }
        }
    }

    private static void checkComplete(
            List<Assignor.Member> members, Map<TopicId, Integer> counts, Map<String, SortedSet<PartitionId>> assigned) {
        List<PartitionId> all = new ArrayList<>();
        for (Assignor.Member member : members) {
            assertThat(assigned.get(member.memberId()))
                    .allMatch(partition -> member.topics().contains(partition.topicId()));
            all.addAll(assigned.get(member.memberId()));
        }
        assertThat(all)
                .doesNotHaveDuplicates()
                .hasSize(counts.values().stream().mapToInt(Integer::intValue).sum());
    }

    /** Nobody has two more than another that could have one of them. */
    private static void checkEven(List<Assignor.Member> members, Map<String, SortedSet<PartitionId>> assigned) {
        for (Assignor.Member more : members) {
            for (Assignor.Member less : members) {
                int difference = Objects.requireNonNull(assigned.get(more.memberId()))
                                .size()
                        - Objects.requireNonNull(assigned.get(less.memberId())).size();
                boolean couldGive = Objects.requireNonNull(assigned.get(more.memberId())).stream()
                        .anyMatch(partition -> less.topics().contains(partition.topicId()));
                assertThat(difference > 1 && couldGive).isFalse();
            }
        }
    }

    /** Assigned anew with nothing changed, nothing moves. */
    private static void checkStays(
            List<Assignor.Member> members, Map<TopicId, Integer> counts, Map<String, SortedSet<PartitionId>> assigned) {
        List<Assignor.Member> again = members.stream()
                .map(member -> new Assignor.Member(
                        member.memberId(),
                        member.instanceId(),
                        member.topics(),
                        Objects.requireNonNull(assigned.get(member.memberId()))))
                .toList();
        assertThat(assignor("uniform").assign(again, counts)).isEqualTo(assigned);
    }

    /** Who had no more than its share keeps all of it. */
    private static void checkKept(
            List<Assignor.Member> members, Map<TopicId, Integer> counts, Map<String, SortedSet<PartitionId>> assigned) {
        int share = counts.values().stream().mapToInt(Integer::intValue).sum() / members.size();
        for (Assignor.Member member : members) {
            List<PartitionId> valid = member.before().stream()
                    .filter(partition -> partition.partition() < counts.getOrDefault(partition.topicId(), 0))
                    .toList();
            if (valid.size() <= share) {
                assertThat(assigned.get(member.memberId())).containsAll(valid);
            }
        }
    }

    private static List<Assignor.Member> members(Random random, Map<TopicId, Integer> counts, boolean alike) {
        int membersCount = 1 + random.nextInt(8);
        List<SortedSet<PartitionId>> before = new ArrayList<>();
        for (int i = 0; i < membersCount; i++) {
            before.add(new TreeSet<>(PartitionSets.ORDER));
        }
        // What was before is whole, but for other members and other counts.
        counts.forEach((topic, count) -> {
            for (int partition = 0; partition < count + 2; partition++) {
                int owner = random.nextInt(membersCount + 2);
                if (owner < membersCount) {
                    before.get(owner).add(new PartitionId(topic, partition));
                }
            }
        });
        List<Assignor.Member> members = new ArrayList<>();
        for (int i = 0; i < membersCount; i++) {
            SortedSet<TopicId> topics = new TreeSet<>(PartitionSets.TOPIC_ORDER);
            counts.keySet().forEach(topic -> {
                if (alike || random.nextBoolean()) {
                    topics.add(topic);
                }
            });
            members.add(new Assignor.Member("member-" + i, Optional.empty(), topics, before.get(i)));
        }
        members.sort(Comparator.comparing(Assignor.Member::memberId));
        return members;
    }

    private static Assignor assignor(String name) {
        return Assignors.named(name).orElseThrow();
    }

    private static Assignor.Member member(String memberId, Optional<String> instanceId) {
        SortedSet<TopicId> topics = new TreeSet<>(PartitionSets.TOPIC_ORDER);
        topics.addAll(List.of(FLIGHTS, BOATS));
        return new Assignor.Member(memberId, instanceId, topics, PartitionSets.EMPTY);
    }

    private static Map<TopicId, Integer> counts(int flights, int boats) {
        return Map.of(FLIGHTS, flights, BOATS, boats);
    }

    private static SortedSet<PartitionId> set(String flights, String boats) {
        SortedSet<PartitionId> set = new TreeSet<>(PartitionSets.ORDER);
        for (String number : flights.split(" ", -1)) {
            set.add(new PartitionId(FLIGHTS, Integer.parseInt(number)));
        }
        if (!boats.isEmpty()) {
            set.add(new PartitionId(BOATS, Integer.parseInt(boats)));
        }
        return set;
    }
}
