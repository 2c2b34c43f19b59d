package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * JoinGroup (key 11), versions 0 to 9.
 *
 * <p>Behaviour: answers when the member belongs to a generation; the leader is told of all members.
 *
 * <ul>
 *   <li>v0: no rebalance timeout; the session timeout stands for it.
 *   <li>v4: a new dynamic member first gets an id, with MEMBER_ID_REQUIRED (KIP-394).
 *   <li>v5: static members (KIP-345). v6: flexible. v7: the protocol type in the answer (KIP-559). v8: a reason (KIP-800).
 *   <li>v9: a leader may be told to skip the assignment (KIP-814).
 * </ul>
 */
final class H11_JoinGroup implements Handler<JoinGroupRequestData> {

    private static final short REBALANCE_TIMEOUT_MIN_VERSION = 1;
    private static final short MEMBER_ID_FIRST_MIN_VERSION = 4;
    private static final short NULLABLE_PROTOCOL_MIN_VERSION = 7;
    private static final short SKIP_ASSIGNMENT_MIN_VERSION = 9;
    private static final int NO_GENERATION = -1;

    private final GroupCoordinator groups;

    H11_JoinGroup(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.JOIN_GROUP;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 9;
    }

    @Override
    public CompletableFuture<JoinGroupResponseData> handle(JoinGroupRequestData request, RequestContext context) {
        short version = context.apiVersion();
        return groups.join(joinRequest(request, context)).handle((answer, failure) -> {
            if (failure != null) {
                return refused(request, ErrorMapping.errors(failure), version);
            }
            return switch (answer) {
                case JoinAnswer.Joined joined -> joined(joined, version);
                case JoinAnswer.MemberIdRequired required ->
                    empty(Errors.MEMBER_ID_REQUIRED, version).setMemberId(required.memberId());
            };
        });
    }

    private static JoinRequest joinRequest(JoinGroupRequestData request, RequestContext context) {
        short version = context.apiVersion();
        List<Protocol> protocols = new ArrayList<>(request.protocols().size());
        request.protocols().forEach(protocol -> protocols.add(new Protocol(protocol.name(), protocol.metadata())));
        return new JoinRequest(
                request.groupId(),
                request.memberId(),
                Optional.ofNullable(request.groupInstanceId()),
                context.clientId().orElse(""),
                GroupAnswers.clientHost(context),
                request.sessionTimeoutMs(),
                version < REBALANCE_TIMEOUT_MIN_VERSION ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs(),
                request.protocolType(),
                List.copyOf(protocols),
                version >= MEMBER_ID_FIRST_MIN_VERSION,
                version >= SKIP_ASSIGNMENT_MIN_VERSION,
                Optional.ofNullable(request.reason()).orElse(""));
    }

    private static JoinGroupResponseData joined(JoinAnswer.Joined joined, short version) {
        List<JoinGroupResponseMember> members = new ArrayList<>(joined.members().size());
        joined.members()
                .forEach(member -> members.add(new JoinGroupResponseMember()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(member.instanceId().orElse(null))
                        .setMetadata(member.metadata())));
        return empty(Errors.NONE, version)
                .setGenerationId(joined.generation())
                .setProtocolType(joined.protocolType().orElse(null))
                .setProtocolName(joined.protocolName().orElse(""))
                .setLeader(joined.leaderId())
                .setSkipAssignment(joined.skipAssignment())
                .setMemberId(joined.memberId())
                .setMembers(members);
    }

    /** A group that is full forgets the member; otherwise it keeps the id that it came with. */
    private static JoinGroupResponseData refused(JoinGroupRequestData request, Errors error, short version) {
        return empty(error, version).setMemberId(error == Errors.GROUP_MAX_SIZE_REACHED ? "" : request.memberId());
    }

    private static JoinGroupResponseData empty(Errors error, short version) {
        return new JoinGroupResponseData()
                .setErrorCode(error.code())
                .setGenerationId(NO_GENERATION)
                .setProtocolName(version < NULLABLE_PROTOCOL_MIN_VERSION ? "" : null);
    }
}
