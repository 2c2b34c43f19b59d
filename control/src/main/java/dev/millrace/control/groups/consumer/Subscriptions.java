package dev.millrace.control.groups.consumer;

import dev.millrace.base.TopicId;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.assignors.PartitionSets;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What members subscribe to, of what there is: the names and expressions of members, resolved against the topics of the cluster as the machine was
 * last told of them. Soft state. Not thread-safe.
 */
final class Subscriptions {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Expressions expressions = new Expressions();
    private ClusterView cluster;

    Subscriptions(ClusterView cluster) {
        this.cluster = cluster;
    }

    ClusterView cluster() {
        return cluster;
    }

    /** The machine was told that the cluster has changed. */
    void cluster(ClusterView changed) {
        cluster = changed;
        expressions.forget();
    }

    /** Refuses, before a member subscribes by it, an expression that would take too long. */
    void check(String regex) {
        expressions.checkSteps(regex, cluster);
    }

    /** The topics that exist and that the member subscribes to. */
    SortedSet<TopicId> topics(MemberMetadata member) {
        SortedSet<TopicId> topics = new TreeSet<>(PartitionSets.TOPIC_ORDER);
        names(member).forEach(name -> cluster.topic(name).ifPresent(topic -> topics.add(topic.id())));
        return topics;
    }

    boolean subscribes(MemberMetadata member, String topic) {
        return member.topicNames().contains(topic)
                || member.topicRegex()
                        .filter(regex -> expressions.matches(regex, topic))
                        .isPresent();
    }

    /** How many partitions each topic has that one of the members subscribes to. */
    SortedMap<TopicId, Integer> partitionsCount(Collection<MemberMetadata> members) {
        SortedMap<TopicId, Integer> counts = new TreeMap<>(PartitionSets.TOPIC_ORDER);
        for (MemberMetadata member : members) {
            for (TopicId id : topics(member)) {
                cluster.topic(id).ifPresent(topic -> counts.put(id, topic.partitionsCount()));
            }
        }
        return counts;
    }

    /** Changes whenever a topic that one of the members subscribes to comes, goes, or grows. */
    static long hash(SortedMap<TopicId, Integer> partitionsCount) {
        long hash = FNV_OFFSET;
        for (var entry : partitionsCount.entrySet()) {
            hash = (hash ^ entry.getKey().mostSignificantBits()) * FNV_PRIME;
            hash = (hash ^ entry.getKey().leastSignificantBits()) * FNV_PRIME;
            hash = (hash ^ entry.getValue()) * FNV_PRIME;
        }
        return hash;
    }

    private Collection<String> names(MemberMetadata member) {
        Optional<String> regex = member.topicRegex();
        if (regex.isEmpty()) {
            return member.topicNames();
        }
        SortedSet<String> names = new TreeSet<>(member.topicNames());
        names.addAll(expressions.matching(regex.get(), cluster));
        return names;
    }
}
