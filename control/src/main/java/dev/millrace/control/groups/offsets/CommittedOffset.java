package dev.millrace.control.groups.offsets;

import dev.millrace.base.TopicId;
import dev.millrace.control.port.GroupOffsets.Position;
import java.util.OptionalLong;

/**
 * A position as it is kept.
 *
 * @param topicId the topic that it was committed for; {@link TopicId#ZERO} if that was not known
 * @param committedAtMs ms since the epoch
 * @param expiresAtMs ms since the epoch, if the client said so (OffsetCommit versions 2 to 4); else the group's retention decides
 */
record CommittedOffset(TopicId topicId, Position position, long committedAtMs, OptionalLong expiresAtMs) {}
