package dev.millrace.control.groups.consumer;

import dev.millrace.base.TopicId;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.api.ConsumerGroupDescription;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Groups as administrators see them. Stateless. */
final class Descriptions {

    private Descriptions() {}

    static ConsumerGroupDescription of(ConsumerGroup group, String assignor, ClusterView cluster) {
        List<ConsumerGroupDescription.Member> members =
                new ArrayList<>(group.members().size());
        for (MemberMetadata member : group.members().values()) {
            Progress progress = group.progress(member.memberId());
            members.add(new ConsumerGroupDescription.Member(
                    member.memberId(),
                    member.instanceId(),
                    member.rackId(),
                    progress.epoch(),
                    member.clientId(),
                    member.clientHost(),
                    List.copyOf(member.topicNames()),
                    member.topicRegex(),
                    topics(progress.assigned().keySet(), cluster),
                    topics(group.target(member.memberId()), cluster),
                    member.isClassic()));
        }
        return new ConsumerGroupDescription(
                group.groupId(),
                group.state(),
                group.head().epoch(),
                group.head().targetEpoch(),
                assignor,
                List.copyOf(members));
    }

    /** By topic; those of topics that are gone are left out. */
    private static List<ConsumerGroupDescription.Topic> topics(
            Collection<PartitionId> partitions, ClusterView cluster) {
        SortedMap<TopicId, List<Integer>> byTopic = new TreeMap<>(PartitionSets.TOPIC_ORDER);
        partitions.forEach(each ->
                byTopic.computeIfAbsent(each.topicId(), id -> new ArrayList<>()).add(each.partition()));
        List<ConsumerGroupDescription.Topic> topics = new ArrayList<>(byTopic.size());
        byTopic.forEach((id, numbers) -> cluster.topic(id)
                .ifPresent(topic ->
                        topics.add(new ConsumerGroupDescription.Topic(id, topic.name(), List.copyOf(numbers)))));
        return List.copyOf(topics);
    }
}
