package dev.millrace.wire;

import dev.millrace.control.transactions.TransactionCoordinator;
import dev.millrace.control.transactions.api.TransactionDescription;
import dev.millrace.control.transactions.api.TransactionPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeTransactions (key 65), version 0.
 *
 * <p>Behaviour: tells what is known of each transactional id, partitions of the current transaction included (KIP-664); what is not known is
 * TRANSACTIONAL_ID_NOT_FOUND.
 */
final class H65_DescribeTransactions implements Handler<DescribeTransactionsRequestData> {

    private static final Comparator<TransactionPartition> BY_NAME =
            Comparator.comparing(TransactionPartition::topic).thenComparingInt(TransactionPartition::partition);

    private static final long NOT_STARTED = -1;

    private final TransactionCoordinator transactions;

    H65_DescribeTransactions(TransactionCoordinator transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_TRANSACTIONS;
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
    public CompletableFuture<DescribeTransactionsResponseData> handle(
            DescribeTransactionsRequestData request, RequestContext context) {
        List<CompletableFuture<TransactionState>> answers = new ArrayList<>();
        for (String id : request.transactionalIds()) {
            answers.add(transactions.describe(id).handle((found, failure) -> {
                if (failure != null) {
                    return refused(id, ErrorMapping.errors(failure));
                }
                return found.map(H65_DescribeTransactions::state)
                        .orElseGet(() ->
                                refused(id, id.isEmpty() ? Errors.INVALID_REQUEST : Errors.TRANSACTIONAL_ID_NOT_FOUND));
            }));
        }
        return Futures.allDone(answers)
                .thenApply(done -> new DescribeTransactionsResponseData()
                        .setTransactionStates(
                                answers.stream().map(CompletableFuture::join).toList()));
    }

    private static TransactionState refused(String id, Errors error) {
        return new TransactionState().setTransactionalId(id).setErrorCode(error.code());
    }

    private static TransactionState state(TransactionDescription found) {
        TransactionState state = new TransactionState()
                .setTransactionalId(found.transactionalId())
                .setTransactionState(found.state().label())
                .setTransactionTimeoutMs(found.timeoutMs())
                .setTransactionStartTimeMs(found.startedAtMs().orElse(NOT_STARTED))
                .setProducerId(found.producer().producerId())
                .setProducerEpoch(found.producer().epoch());
        for (TransactionPartition partition :
                found.partitions().stream().sorted(BY_NAME).toList()) {
            Optional<TopicData> known = Optional.ofNullable(state.topics().find(partition.topic()));
            known.orElseGet(() -> {
                        TopicData topic = new TopicData().setTopic(partition.topic());
                        state.topics().add(topic);
                        return topic;
                    })
                    .partitions()
                    .add(partition.partition());
        }
        return state;
    }
}
