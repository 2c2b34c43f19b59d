package dev.millrace.control.groups.classic;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.machine.FactLimits;

/** What a refused member is told. */
final class Refusals {

    private Refusals() {}

    static MillraceException of(ErrorCode code, String groupId, String memberId) {
        return new MillraceException(
                code,
                switch (code) {
                    case UNKNOWN_MEMBER_ID ->
                        "group " + groupId + " has no member \"" + memberId + "\": join again without a member id";
                    case FENCED_INSTANCE_ID ->
                        "group " + groupId + ": another member has taken over the instance id of member \"" + memberId
                                + "\": each instance id may be used by one member at a time";
                    default -> "group " + groupId + " refuses member \"" + memberId + "\": " + code;
                });
    }

    static MillraceException illegalGeneration(ClassicGroup group, int generation) {
        return new MillraceException(
                ErrorCode.ILLEGAL_GENERATION,
                "group " + group.groupId() + " is in generation " + group.generation() + ", not " + generation
                        + ": join again");
    }

    static MillraceException rebalanceInProgress(ClassicGroup group) {
        return new MillraceException(
                ErrorCode.REBALANCE_IN_PROGRESS, "group " + group.groupId() + " is rebalancing: join again");
    }

    static MillraceException inconsistentProtocol(ClassicGroup group) {
        return new MillraceException(
                ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                "group " + group.groupId() + " speaks \"" + group.protocolType().orElse("")
                        + "\", and every member must share a protocol with all others: use one that they have too");
    }

    static MillraceException full(ClassicGroup group, int maxSize) {
        return new MillraceException(
                ErrorCode.GROUP_MAX_SIZE_REACHED,
                "group " + group.groupId() + " has as many members as group.max.size allows: " + maxSize);
    }

    static MillraceException tooLarge(ClassicGroup group) {
        return new MillraceException(
                ErrorCode.BATCH_TOO_LARGE,
                "the members of group " + group.groupId() + " and their assignments take more than "
                        + FactLimits.MAX_TURN_BYTES + " bytes: split the group, or subscribe to fewer topics");
    }

    static MillraceException groupNotFound(String groupId) {
        return new MillraceException(ErrorCode.GROUP_ID_NOT_FOUND, "Group " + groupId + " not found.");
    }

    static MillraceException notEmpty(String groupId) {
        return new MillraceException(
                ErrorCode.NON_EMPTY_GROUP, "group " + groupId + " still has members: stop them, or remove them, first");
    }
}
