package dev.millrace.control.groups.consumer;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ClassicMembership;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What is said in the classic protocol, said in the consumer protocol, and back: names become ids, a generation an epoch. Stateless. */
final class Conversion {

    private Conversion() {}

    /** A classic group as a draft of a consumer group: its members have what they had. */
    static GroupDraft upgraded(ClassicMembership classic, Advance advance, ClusterView cluster) {
        GroupDraft draft = new GroupDraft(new ConsumerGroup(classic.groupId()));
        int epoch = classic.generation();
        draft.head(new GroupHead(epoch, epoch, 0));
        for (ClassicMembership.Member member : classic.members()) {
            EmbeddedProtocol.Subscription subscription = EmbeddedProtocol.subscription(
                            metadata(member.protocols(), classic.protocolName()))
                    .orElseThrow(() -> malformed(classic.groupId()));
            SortedSet<PartitionId> assigned = partitions(
                    EmbeddedProtocol.assignment(member.assignment()).orElseThrow(() -> malformed(classic.groupId())),
                    cluster);
            draft.put(new MemberMetadata(
                    member.memberId(),
                    member.instanceId(),
                    subscription.rackId(),
                    member.clientId(),
                    member.clientHost(),
                    member.rebalanceTimeoutMs(),
                    Heartbeats.sorted(subscription.topics()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new MemberMetadata.Classic(member.sessionTimeoutMs(), member.protocols()))));
            draft.target(member.memberId(), assigned);
            draft.progress(
                    member.memberId(),
                    new Progress(epoch, epoch, Progress.State.STABLE, Progress.all(assigned, epoch), Progress.NOTHING));
        }
        advance.lookAtTopics(draft);
        return draft;
    }

    /** A consumer group whose members all speak the classic protocol, as a classic group. */
    static ClassicMembership downgraded(ConsumerGroup group, ClusterView cluster) {
        List<ClassicMembership.Member> members = new ArrayList<>(group.members().size());
        for (MemberMetadata member : group.members().values()) {
            MemberMetadata.Classic classic = member.classic().orElseThrow();
            members.add(new ClassicMembership.Member(
                    member.memberId(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.rebalanceTimeoutMs(),
                    classic.sessionTimeoutMs(),
                    classic.protocols(),
                    assignment(classic, group.target(member.memberId()), cluster)));
        }
        return new ClassicMembership(group.groupId(), group.head().epoch(), Optional.empty(), members);
    }

    /** What the member has, in the words that it understands. */
    static byte[] assignment(MemberMetadata.Classic classic, Collection<PartitionId> partitions, ClusterView cluster) {
        short version = EmbeddedProtocol.subscription(
                        classic.protocols().getFirst().metadata())
                .map(EmbeddedProtocol.Subscription::version)
                .orElse((short) 0);
        Map<String, List<Integer>> byName = new LinkedHashMap<>();
        partitions.forEach(partition -> cluster.topic(partition.topicId())
                .ifPresent(topic -> byName.computeIfAbsent(topic.name(), name -> new ArrayList<>())
                        .add(partition.partition())));
        return EmbeddedProtocol.encodeAssignment(version, byName);
    }

    /** By the ids that topics have now; topics that are gone are left out. */
    static SortedSet<PartitionId> partitions(Map<String, List<Integer>> byName, ClusterView cluster) {
        SortedSet<PartitionId> partitions = new TreeSet<>(PartitionSets.ORDER);
        byName.forEach((name, numbers) -> {
            Optional<TopicId> id = cluster.topic(name).map(ClusterView.Topic::id);
            id.ifPresent(topic -> numbers.forEach(number -> partitions.add(new PartitionId(topic, number))));
        });
        return PartitionSets.of(partitions);
    }

    private static byte[] metadata(List<Protocol> protocols, Optional<String> chosen) {
        return protocols.stream()
                .filter(protocol -> chosen.isEmpty() || protocol.name().equals(chosen.get()))
                .findFirst()
                .map(Protocol::metadata)
                .orElse(new byte[0]);
    }

    private static MillraceException malformed(String groupId) {
        return new MillraceException(
                ErrorCode.GROUP_ID_NOT_FOUND,
                "Cannot upgrade the classic group " + groupId
                        + " to consumer group because the embedded consumer protocol is malformed.");
    }
}
