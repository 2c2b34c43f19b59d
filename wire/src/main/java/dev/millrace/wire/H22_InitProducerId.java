package dev.millrace.wire;

import dev.millrace.control.port.Transactions;
import dev.millrace.control.transactions.api.InitRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * InitProducerId (key 22), versions 0 to 5.
 *
 * <p>Behaviour: an idempotent producer gets an id that nobody had before, with epoch 0 (KIP-98), also when it names the id that it has:
 * bumping its epoch is its own business (KIP-360). With a transactional id the producer gets the id's next epoch, which fences whoever had it, when
 * what that one has left open is aborted everywhere.
 *
 * <ul>
 *   <li>v2: flexible. v3: a transactional producer may name the identity that it has, to get the next epoch (KIP-360).
 *   <li>v0 to v3: a fenced producer hears INVALID_PRODUCER_EPOCH; from v4 on PRODUCER_FENCED. v5: TRANSACTION_ABORTABLE.
 * </ul>
 *
 * <p>Deliberately missing: v6, two-phase commit (KIP-939), which is not stable in Kafka 4.4.
 */
public final class H22_InitProducerId implements Handler<InitProducerIdRequestData> {

    private static final long NO_PRODUCER_ID = -1;
    private static final short NO_EPOCH = -1;
    private static final short FENCED_MIN_VERSION = 4;

    private final Supplier<CompletableFuture<Long>> producerIds;
    private final Transactions transactions;

    /**
     * Serves producers with and without transactions.
     *
     * @param producerIds ids for those without, each given once, also across crashes
     */
    public H22_InitProducerId(Supplier<CompletableFuture<Long>> producerIds, Transactions transactions) {
        this.producerIds = producerIds;
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INIT_PRODUCER_ID;
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
    public CompletableFuture<InitProducerIdResponseData> handle(
            InitProducerIdRequestData request, RequestContext context) {
        if (request.transactionalId() != null && request.transactionalId().isEmpty()) {
            return refuse("the transactional id is empty");
        }
        boolean named = request.producerId() != NO_PRODUCER_ID;
        if (named != (request.producerEpoch() != NO_EPOCH)) {
            return refuse("a producer id and its epoch come together, or neither");
        }
        if (request.transactionalId() == null) {
            return producerIds.get().thenApply(id -> answer(new ProducerIdentity(id, (short) 0)));
        }
        Optional<ProducerIdentity> expected = named
                ? Optional.of(new ProducerIdentity(request.producerId(), request.producerEpoch()))
                : Optional.empty();
        InitRequest init = new InitRequest(request.transactionalId(), request.transactionTimeoutMs(), expected);
        return TransactionErrors.named(
                transactions.initProducerId(init).thenApply(H22_InitProducerId::answer),
                context.apiVersion() >= FENCED_MIN_VERSION);
    }

    private static InitProducerIdResponseData answer(ProducerIdentity identity) {
        return new InitProducerIdResponseData()
                .setProducerId(identity.producerId())
                .setProducerEpoch(identity.epoch());
    }

    private static CompletableFuture<InitProducerIdResponseData> refuse(String why) {
        return CompletableFuture.failedFuture(Errors.INVALID_REQUEST.exception(why));
    }
}
