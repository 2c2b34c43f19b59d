package dev.millrace.wire;

import dev.millrace.control.transactions.TransactionCoordinator;
import dev.millrace.control.transactions.api.ProducerIdentity;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * AddOffsetsToTxn (key 25), versions 0 to 4.
 *
 * <p>Behaviour: makes the partition of {@code __consumer_offsets} that has the group part of the producer's transaction, and answers when that is
 * durable. A request that meets the previous transaction while it is being completed waits for it.
 *
 * <ul>
 *   <li>v0, v1: a fenced producer hears INVALID_PRODUCER_EPOCH; from v2 on PRODUCER_FENCED. v3: flexible. v4: TRANSACTION_ABORTABLE.
 * </ul>
 */
final class H25_AddOffsetsToTxn implements Handler<AddOffsetsToTxnRequestData> {

    private static final short FENCED_MIN_VERSION = 2;

    private final TransactionCoordinator transactions;

    H25_AddOffsetsToTxn(TransactionCoordinator transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ADD_OFFSETS_TO_TXN;
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
    public CompletableFuture<AddOffsetsToTxnResponseData> handle(
            AddOffsetsToTxnRequestData request, RequestContext context) {
        ProducerIdentity producer = new ProducerIdentity(request.producerId(), request.producerEpoch());
        return TransactionErrors.named(
                transactions
                        .addGroup(request.transactionalId(), producer, request.groupId(), false, 1)
                        .thenApply(added -> new AddOffsetsToTxnResponseData()),
                context.apiVersion() >= FENCED_MIN_VERSION);
    }
}
