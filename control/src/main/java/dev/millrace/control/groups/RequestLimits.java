package dev.millrace.control.groups;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.machine.FactLimits;
import dev.millrace.control.port.GroupOffsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Refuses at the door what would make more facts of one turn than {@link FactLimits} allows. Stateless. */
final class RequestLimits {

    /** What one member says of itself. Kafka allows no more for a whole group (message.max.bytes). */
    static final int MAX_MEMBER_BYTES = 1 << 20;

    /** Kafka has no such limit; this is far above any group id in use. */
    private static final int MAX_GROUP_ID_CHARS = 1_024;

    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;
    private static final int FIXED_BYTES = 64;

    private RequestLimits() {}

    static Optional<MillraceException> refuseGroupId(String groupId) {
        return groupId.length() <= MAX_GROUP_ID_CHARS
                ? Optional.empty()
                : Optional.of(new MillraceException(
                        ErrorCode.INVALID_GROUP_ID,
                        "a group id may have " + MAX_GROUP_ID_CHARS + " characters, not " + groupId.length()));
    }

    static Optional<MillraceException> refuse(JoinRequest request) {
        long sizeBytes = sizeBytes(request.clientId())
                + sizeBytes(request.protocolType())
                + request.instanceId().map(RequestLimits::sizeBytes).orElse(0L);
        for (Protocol protocol : request.protocols()) {
            sizeBytes += sizeBytes(protocol.name()) + protocol.metadata().length;
        }
        return refuse("what a member says of itself", sizeBytes, MAX_MEMBER_BYTES);
    }

    static Optional<MillraceException> refuse(ConsumerHeartbeatRequest request) {
        long sizeBytes = sizeBytes(request.memberId())
                + sizeBytes(request.clientId())
                + request.instanceId().map(RequestLimits::sizeBytes).orElse(0L)
                + request.rackId().map(RequestLimits::sizeBytes).orElse(0L)
                + request.topicRegex().map(RequestLimits::sizeBytes).orElse(0L);
        for (String topic : request.topicNames().orElse(List.of())) {
            sizeBytes += FIXED_BYTES + sizeBytes(topic);
        }
        return request.memberId().length() > MAX_GROUP_ID_CHARS
                ? Optional.of(new MillraceException(
                        ErrorCode.INVALID_REQUEST,
                        "a member id may have " + MAX_GROUP_ID_CHARS + " characters, not "
                                + request.memberId().length()))
                : refuse("what a member says of itself", sizeBytes, MAX_MEMBER_BYTES);
    }

    static Optional<MillraceException> refuse(CommitRequest request) {
        long sizeBytes =
                keysSizeBytes(request.committer().groupId(), request.commits().keySet());
        for (CommitRequest.Commit commit : request.commits().values()) {
            sizeBytes += sizeBytes(commit.position().metadata());
        }
        return refuse("a commit", sizeBytes, FactLimits.MAX_TURN_BYTES);
    }

    static Optional<MillraceException> refuse(String groupId, Collection<GroupOffsets.Key> keys) {
        return refuse("a deletion of offsets", keysSizeBytes(groupId, keys), FactLimits.MAX_TURN_BYTES);
    }

    private static Optional<MillraceException> refuse(String what, long sizeBytes, long maxBytes) {
        return sizeBytes <= maxBytes
                ? Optional.empty()
                : Optional.of(new MillraceException(
                        ErrorCode.BATCH_TOO_LARGE,
                        what + " may take " + maxBytes + " bytes, and this takes up to " + sizeBytes
                                + ": ask for less at once"));
    }

    private static long keysSizeBytes(String groupId, Collection<GroupOffsets.Key> keys) {
        long sizeBytes = 0;
        for (GroupOffsets.Key key : keys) {
            sizeBytes += FIXED_BYTES + sizeBytes(groupId) + sizeBytes(key.topic());
        }
        return sizeBytes;
    }

    /** The most that the text can take in UTF-8. */
    private static long sizeBytes(String text) {
        return (long) text.length() * MAX_UTF8_BYTES_PER_CHAR;
    }
}
