package dev.millrace.control.groups.consumer;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a heartbeat must be like, whoever sends it. Throws what the member is told. Stateless. */
final class HeartbeatRules {

    private HeartbeatRules() {}

    static void check(ConsumerHeartbeatRequest request, List<String> assignors) {
        refuseIf(request.groupId().isEmpty(), "GroupId can't be empty.");
        refuseIf(isEmptyText(request.instanceId()), "InstanceId can't be empty.");
        refuseIf(isEmptyText(request.rackId()), "RackId can't be empty.");
        switch (request.memberEpoch()) {
            case ConsumerHeartbeatRequest.JOIN_EPOCH -> checkJoin(request);
            case ConsumerHeartbeatRequest.LEAVE_STATIC_EPOCH -> {
                refuseIf(request.memberId().isEmpty(), "MemberId can't be empty.");
                refuseIf(request.instanceId().isEmpty(), "InstanceId can't be null.");
            }
            default -> {
                refuseIf(request.memberEpoch() < ConsumerHeartbeatRequest.LEAVE_EPOCH, "MemberEpoch is invalid.");
                refuseIf(request.memberId().isEmpty(), "MemberId can't be empty.");
            }
        }
        Optional<String> assignor = request.serverAssignor();
        if (assignor.isPresent() && !assignors.contains(assignor.get())) {
            throw new MillraceException(
                    ErrorCode.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor " + assignor.get() + " is not supported. Supported assignors: "
                            + String.join(", ", assignors) + ".");
        }
        request.topicRegex().filter(regex -> !regex.isEmpty()).ifPresent(Expressions::check);
    }

    private static void checkJoin(ConsumerHeartbeatRequest request) {
        refuseIf(request.rebalanceTimeoutMs().isEmpty(), "RebalanceTimeoutMs must be provided in first request.");
        refuseIf(
                request.ownedPartitions().filter(Set::isEmpty).isEmpty(),
                "TopicPartitions must be empty when (re-)joining.");
        refuseIf(
                request.topicNames().isEmpty() && request.topicRegex().isEmpty(),
                "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
    }

    private static boolean isEmptyText(Optional<String> text) {
        return text.filter(String::isEmpty).isPresent();
    }

    private static void refuseIf(boolean wrong, String message) {
        if (wrong) {
            throw Refusals.invalid(message);
        }
    }
}
