package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.transactions.TransactionCoordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/**
 * FindCoordinator (key 10), versions 0 to 6.
 *
 * <p>Behaviour: this node coordinates everything. The first question about a group creates {@code __consumer_offsets}, and waits for it; the first
 * about a transactional id does the same with {@code __transaction_state}.
 *
 * <ul>
 *   <li>v1: type of the key. v3: flexible. v4: several keys at once (KIP-699).
 *   <li>v6: share groups (KIP-932).
 * </ul>
 *
 * <p>Deliberately missing: share groups; their keys are refused with INVALID_REQUEST, as by a Kafka that has them switched off.
 */
final class H10_FindCoordinator implements Handler<FindCoordinatorRequestData> {

    private static final short BATCHED_MIN_VERSION = 4;

    private final GroupCoordinator groups;
    private final TransactionCoordinator transactions;
    private final int nodeId;

    /** Answers with this node, under the address by which the client reached it. */
    H10_FindCoordinator(GroupCoordinator groups, TransactionCoordinator transactions, int nodeId) {
        this.groups = groups;
        this.transactions = transactions;
        this.nodeId = nodeId;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FIND_COORDINATOR;
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
    public CompletableFuture<FindCoordinatorResponseData> handle(
            FindCoordinatorRequestData request, RequestContext context) {
        byte type = request.keyType();
        if (type == CoordinatorType.GROUP.id()) {
            return groups.ready().thenApply(ready -> answer(request, context, Errors.NONE));
        }
        if (type == CoordinatorType.TRANSACTION.id()) {
            return transactions.ready().thenApply(ready -> answer(request, context, Errors.NONE));
        }
        if (type == CoordinatorType.SHARE.id()) {
            return CompletableFuture.completedFuture(answer(request, context, Errors.INVALID_REQUEST));
        }
        return CompletableFuture.failedFuture(
                Errors.INVALID_REQUEST.exception("there is no coordinator of type " + type));
    }

    private FindCoordinatorResponseData answer(
            FindCoordinatorRequestData request, RequestContext context, Errors error) {
        Node node = error == Errors.NONE
                ? new Node(
                        nodeId,
                        context.advertisedAddress().getHostString(),
                        context.advertisedAddress().getPort())
                : Node.noNode();
        if (context.apiVersion() < BATCHED_MIN_VERSION) {
            return new FindCoordinatorResponseData()
                    .setErrorCode(error.code())
                    .setErrorMessage(error.message())
                    .setNodeId(node.id())
                    .setHost(node.host())
                    .setPort(node.port());
        }
        List<Coordinator> coordinators =
                new ArrayList<>(request.coordinatorKeys().size());
        for (String key : request.coordinatorKeys()) {
            coordinators.add(new Coordinator()
                    .setKey(key)
                    .setErrorCode(error.code())
                    .setNodeId(node.id())
                    .setHost(node.host())
                    .setPort(node.port()));
        }
        return new FindCoordinatorResponseData().setCoordinators(coordinators);
    }
}
