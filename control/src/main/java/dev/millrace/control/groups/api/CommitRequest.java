package dev.millrace.control.groups.api;

import dev.millrace.base.TopicId;
import dev.millrace.control.port.GroupOffsets;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Positions to be kept for a group.
 *
 * @param retentionMs how long they are kept at least, if the client still says so (OffsetCommit versions 2 to 4)
 */
public record CommitRequest(
        GroupOffsets.Committer committer, Map<GroupOffsets.Key, Commit> commits, OptionalLong retentionMs) {

    /**
     * A position in a partition.
     *
     * @param topicId the topic that bears the key's name now; {@link TopicId#ZERO} if that is not known
     */
    public record Commit(TopicId topicId, GroupOffsets.Position position) {}
}
