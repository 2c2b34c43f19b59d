package dev.millrace.wire;

import dev.millrace.control.port.Transactions;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * EndTxn (key 26), versions 0 to 5.
 *
 * <p>Behaviour: answers as soon as the outcome is durable; the markers follow, and whatever the producer sends meanwhile waits for them. A
 * repeated request gets the answer of the first.
 *
 * <ul>
 *   <li>v0, v1: a fenced producer hears INVALID_PRODUCER_EPOCH; from v2 on PRODUCER_FENCED. v3: flexible. v4: TRANSACTION_ABORTABLE.
 *   <li>v5: transactions of version 2 (KIP-890): each end raises the epoch, and the answer tells it, or a new producer id when the epochs have
 *       run out.
 * </ul>
 */
final class H26_EndTxn implements Handler<EndTxnRequestData> {

    private static final short FENCED_MIN_VERSION = 2;
    private static final short EPOCH_BUMP_MIN_VERSION = 5;

    private final Transactions transactions;

    H26_EndTxn(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.END_TXN;
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
    public CompletableFuture<EndTxnResponseData> handle(EndTxnRequestData request, RequestContext context) {
        boolean bumpsEpoch = context.apiVersion() >= EPOCH_BUMP_MIN_VERSION;
        EndRequest end = new EndRequest(
                request.transactionalId(),
                new ProducerIdentity(request.producerId(), request.producerEpoch()),
                request.committed(),
                bumpsEpoch ? 2 : 1);
        return TransactionErrors.named(
                transactions.end(end).thenApply(next -> bumpsEpoch ? answer(next) : new EndTxnResponseData()),
                context.apiVersion() >= FENCED_MIN_VERSION);
    }

    private static EndTxnResponseData answer(ProducerIdentity next) {
        return new EndTxnResponseData().setProducerId(next.producerId()).setProducerEpoch(next.epoch());
    }
}
