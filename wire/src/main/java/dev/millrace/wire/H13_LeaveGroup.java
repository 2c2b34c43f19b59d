package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.LeaveAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * LeaveGroup (key 13), versions 0 to 5.
 *
 * <p>Behaviour: the members are out at once, and the others rebalance.
 *
 * <ul>
 *   <li>v0 to v2: one member, whose error is that of the request.
 *   <li>v3: several members, each with its own error, static ones also by instance id alone (KIP-345).
 *   <li>v4: flexible. v5: a reason (KIP-800).
 * </ul>
 */
final class H13_LeaveGroup implements Handler<LeaveGroupRequestData> {

    private static final short BATCHED_MIN_VERSION = 3;

    private final GroupCoordinator groups;

    H13_LeaveGroup(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LEAVE_GROUP;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 5;
    }

    @Override
    public CompletableFuture<LeaveGroupResponseData> handle(LeaveGroupRequestData request, RequestContext context) {
        boolean batched = context.apiVersion() >= BATCHED_MIN_VERSION;
        List<LeaveRequest.Member> members = new ArrayList<>();
        if (batched) {
            request.members()
                    .forEach(member -> members.add(new LeaveRequest.Member(
                            member.memberId(),
                            Optional.ofNullable(member.groupInstanceId()),
                            Optional.ofNullable(member.reason()).orElse(""))));
        } else {
            members.add(new LeaveRequest.Member(request.memberId(), Optional.empty(), ""));
        }
        return groups.leave(new LeaveRequest(request.groupId(), members))
                .thenApply(answer -> batched ? eachMember(answer) : theOnlyMember(answer));
    }

    private static LeaveGroupResponseData theOnlyMember(LeaveAnswer answer) {
        return new LeaveGroupResponseData()
                .setErrorCode(GroupAnswers.code(answer.members().getFirst().error()));
    }

    private static LeaveGroupResponseData eachMember(LeaveAnswer answer) {
        List<MemberResponse> members = new ArrayList<>(answer.members().size());
        answer.members()
                .forEach(member -> members.add(new MemberResponse()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(member.instanceId().orElse(null))
                        .setErrorCode(GroupAnswers.code(member.error()))));
        return new LeaveGroupResponseData().setMembers(members);
    }
}
