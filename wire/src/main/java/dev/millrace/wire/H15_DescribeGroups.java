package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.GroupDescription;
import dev.millrace.control.groups.api.GroupState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeGroups (key 15), versions 0 to 6.
 *
 * <p>Behaviour: members with where they are, and, while the group is stable, what they subscribe to under the chosen protocol.
 *
 * <ul>
 *   <li>v3: what the client may do with the group, if it asks: everything, as there are no ACLs. v4: static members (KIP-345). v5: flexible.
 *   <li>v6: a group that does not exist is GROUP_ID_NOT_FOUND (KIP-1043); before that it is in state Dead, without an error.
 * </ul>
 */
final class H15_DescribeGroups implements Handler<DescribeGroupsRequestData> {

    private static final short NOT_FOUND_MIN_VERSION = 6;

    private final GroupCoordinator groups;

    H15_DescribeGroups(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_GROUPS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 6;
    }

    @Override
    public CompletableFuture<DescribeGroupsResponseData> handle(
            DescribeGroupsRequestData request, RequestContext context) {
        List<CompletableFuture<DescribedGroup>> answers = new ArrayList<>();
        for (String groupId : request.groups()) {
            answers.add(groups.describe(groupId)
                    .handle((group, failure) -> failure == null
                            ? described(groupId, group, context.apiVersion(), request.includeAuthorizedOperations())
                            : new DescribedGroup()
                                    .setGroupId(groupId)
                                    .setErrorCode(ErrorMapping.errors(failure).code())));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> new DescribeGroupsResponseData()
                        .setGroups(answers.stream().map(CompletableFuture::join).toList()));
    }

    private static DescribedGroup described(
            String groupId, Optional<GroupDescription> group, short version, boolean withOperations) {
        DescribedGroup described = group.map(H15_DescribeGroups::described).orElseGet(() -> missing(groupId, version));
        boolean exists = described.errorCode() == Errors.NONE.code();
        return withOperations && exists ? described.setAuthorizedOperations(GroupAnswers.EVERY_OPERATION) : described;
    }

    private static DescribedGroup missing(String groupId, short version) {
        DescribedGroup missing = new DescribedGroup().setGroupId(groupId).setGroupState(GroupState.DEAD.label());
        return version < NOT_FOUND_MIN_VERSION
                ? missing
                : missing.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                        .setErrorMessage("Group " + groupId + " not found.");
    }

    private static DescribedGroup described(GroupDescription group) {
        List<DescribedGroupMember> members = new ArrayList<>(group.members().size());
        group.members()
                .forEach(member -> members.add(new DescribedGroupMember()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(member.instanceId().orElse(null))
                        .setClientId(member.clientId())
                        .setClientHost(member.clientHost())
                        .setMemberMetadata(member.metadata())
                        .setMemberAssignment(member.assignment())));
        return new DescribedGroup()
                .setGroupId(group.groupId())
                .setGroupState(group.state().label())
                .setProtocolType(group.protocolType())
                .setProtocolData(group.protocolName())
                .setMembers(members);
    }
}
