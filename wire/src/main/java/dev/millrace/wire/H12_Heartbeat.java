package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.HeartbeatRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Heartbeat (key 12), versions 0 to 4.
 *
 * <p>Behaviour: extends the member's session, and tells it with REBALANCE_IN_PROGRESS to join again.
 *
 * <ul>
 *   <li>v3: static members (KIP-345). v4: flexible.
 * </ul>
 */
final class H12_Heartbeat implements Handler<HeartbeatRequestData> {

    private final GroupCoordinator groups;

    H12_Heartbeat(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.HEARTBEAT;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 4;
    }

    @Override
    public CompletableFuture<HeartbeatResponseData> handle(HeartbeatRequestData request, RequestContext context) {
        return groups.heartbeat(new HeartbeatRequest(
                        request.groupId(),
                        request.memberId(),
                        Optional.ofNullable(request.groupInstanceId()),
                        request.generationId()))
                .thenApply(done -> new HeartbeatResponseData());
    }
}
