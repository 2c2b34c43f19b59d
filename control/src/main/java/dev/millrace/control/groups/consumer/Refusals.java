package dev.millrace.control.groups.consumer;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;

/** What a refused member is told. Stateless. */
final class Refusals {

    private Refusals() {}

    static MillraceException invalid(String message) {
        return new MillraceException(ErrorCode.INVALID_REQUEST, message);
    }

    static MillraceException groupNotFound(String groupId) {
        return new MillraceException(ErrorCode.GROUP_ID_NOT_FOUND, "Group " + groupId + " not found.");
    }

    static MillraceException unknownMember(String groupId, String memberId) {
        return new MillraceException(
                ErrorCode.UNKNOWN_MEMBER_ID,
                "Member " + memberId + " is not a member of group " + groupId + ": join again with epoch 0.");
    }

    static MillraceException unknownInstance(String instanceId) {
        return new MillraceException(ErrorCode.UNKNOWN_MEMBER_ID, "Instance id " + instanceId + " is unknown.");
    }

    static MillraceException fencedInstance(String memberId, String instanceId, String by) {
        return new MillraceException(
                ErrorCode.FENCED_INSTANCE_ID,
                "Static member " + memberId + " with instance id " + instanceId + " was fenced by member " + by + ".");
    }

    static MillraceException unreleasedInstance(String memberId, String instanceId, String by) {
        return new MillraceException(
                ErrorCode.UNRELEASED_INSTANCE_ID,
                "Static member " + memberId + " with instance id " + instanceId
                        + " cannot join the group because the instance id is owned by " + by + " member.");
    }

    static MillraceException fencedEpoch(int received, int known) {
        return new MillraceException(
                ErrorCode.FENCED_MEMBER_EPOCH,
                "The consumer group member has a " + (received > known ? "greater" : "smaller") + " member epoch ("
                        + received + ") than the one known by the group coordinator (" + known
                        + "). The member must abandon all its partitions and rejoin.");
    }

    static MillraceException staleEpoch(int received, int known) {
        return new MillraceException(
                ErrorCode.STALE_MEMBER_EPOCH,
                "The received member epoch " + received + " does not match the expected member epoch " + known + ".");
    }

    static MillraceException illegalGeneration(int received, int known) {
        return new MillraceException(
                ErrorCode.ILLEGAL_GENERATION,
                "The received generation id " + received + " does not match the expected member epoch " + known
                        + ": join again.");
    }

    static MillraceException full(int maxSize) {
        return new MillraceException(
                ErrorCode.GROUP_MAX_SIZE_REACHED,
                "The consumer group has reached its maximum capacity of " + maxSize + " members.");
    }

    static MillraceException notEmpty(String groupId) {
        return new MillraceException(
                ErrorCode.NON_EMPTY_GROUP, "group " + groupId + " still has members: stop them, or remove them, first");
    }
}
