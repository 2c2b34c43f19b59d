package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * SyncGroup (key 14), versions 0 to 5.
 *
 * <p>Behaviour: the leader brings everybody's assignment; each member hears its own as soon as it is durable.
 *
 * <ul>
 *   <li>v3: static members (KIP-345). v4: flexible.
 *   <li>v5: the member may say which protocol it believes to be chosen, and is refused if that is another (KIP-559).
 * </ul>
 */
final class H14_SyncGroup implements Handler<SyncGroupRequestData> {

    private final GroupCoordinator groups;

    H14_SyncGroup(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.SYNC_GROUP;
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
    public CompletableFuture<SyncGroupResponseData> handle(SyncGroupRequestData request, RequestContext context) {
        Map<String, byte[]> assignments =
                LinkedHashMap.newLinkedHashMap(request.assignments().size());
        request.assignments().forEach(assignment -> assignments.put(assignment.memberId(), assignment.assignment()));
        return groups.sync(new SyncRequest(
                        request.groupId(),
                        request.memberId(),
                        Optional.ofNullable(request.groupInstanceId()),
                        request.generationId(),
                        Optional.ofNullable(request.protocolType()),
                        Optional.ofNullable(request.protocolName()),
                        assignments))
                .thenApply(H14_SyncGroup::answer);
    }

    private static SyncGroupResponseData answer(SyncAnswer answer) {
        return new SyncGroupResponseData()
                .setProtocolType(answer.protocolType().orElse(null))
                .setProtocolName(answer.protocolName().orElse(null))
                .setAssignment(answer.assignment());
    }
}
