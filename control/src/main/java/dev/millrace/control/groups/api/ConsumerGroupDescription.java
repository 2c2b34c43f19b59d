package dev.millrace.control.groups.api;

import dev.millrace.base.TopicId;
import java.util.List;
import java.util.Optional;

/**
 * A group of the consumer protocol as an administrator sees it.
 *
 * @param groupEpoch grows with each change of members or topics
 * @param assignmentEpoch the group epoch that the last assignment was made for
 * @param assignor the one that most members prefer
 */
public record ConsumerGroupDescription(
        String groupId, GroupState state, int groupEpoch, int assignmentEpoch, String assignor, List<Member> members) {

    /**
     * A member, with what it has and what it is to have.
     *
     * @param classic whether it speaks the classic protocol in this group
     */
    public record Member(
            String memberId,
            Optional<String> instanceId,
            Optional<String> rackId,
            int memberEpoch,
            String clientId,
            String clientHost,
            List<String> topicNames,
            Optional<String> topicRegex,
            List<Topic> assignment,
            List<Topic> target,
            boolean classic) {}

    /** Partitions of a topic that exists. */
    public record Topic(TopicId id, String name, List<Integer> partitions) {}
}
