package dev.millrace.wire;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * ListPartitionReassignments (key 46), version 0.
 *
 * <p>Behaviour: no partition is ever being reassigned (KIP-455), known or unknown.
 *
 * <p>Deliberately missing: reassignments, which need a second node.
 */
final class H46_ListPartitionReassignments implements Handler<ListPartitionReassignmentsRequestData> {

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 0;
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> handle(
            ListPartitionReassignmentsRequestData request, RequestContext context) {
        return CompletableFuture.completedFuture(new ListPartitionReassignmentsResponseData().setErrorMessage(null));
    }
}
