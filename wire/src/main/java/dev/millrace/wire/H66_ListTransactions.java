package dev.millrace.wire;

import dev.millrace.base.time.Clock;
import dev.millrace.control.transactions.TransactionCoordinator;
import dev.millrace.control.transactions.api.TransactionDescription;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * ListTransactions (key 66), versions 0 to 2.
 *
 * <p>Behaviour: tells all transactional ids, or those in some states, of some producers (KIP-664). A state that does not exist selects nothing, and
 * is told.
 *
 * <ul>
 *   <li>v1: those whose transaction is older than a duration (KIP-994); as in Kafka one that has none counts as infinitely old.
 *   <li>v2: those whose id as a whole matches a pattern in RE2's syntax (KIP-1152).
 * </ul>
 */
final class H66_ListTransactions implements Handler<ListTransactionsRequestData> {

    private static final Set<String> STATES = Arrays.stream(TransactionState.values())
            .map(TransactionState::label)
            .collect(Collectors.toSet());
    /** States that Kafka has and nothing here is ever seen in. */
    private static final Set<String> OTHER_STATES = Set.of("Dead", "PrepareEpochFence");

    private static final long NOT_STARTED = -1;

    private final TransactionCoordinator transactions;
    private final Clock clock;

    H66_ListTransactions(TransactionCoordinator transactions, Clock clock) {
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_TRANSACTIONS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 2;
    }

    @Override
    public CompletableFuture<ListTransactionsResponseData> handle(
            ListTransactionsRequestData request, RequestContext context) {
        Set<String> states = new HashSet<>(request.stateFilters());
        Set<Long> producerIds = new HashSet<>(request.producerIdFilters());
        return listed(request).thenApply(all -> {
            ListTransactionsResponseData answer = new ListTransactionsResponseData();
            states.stream()
                    .filter(state -> !STATES.contains(state) && !OTHER_STATES.contains(state))
                    .forEach(answer.unknownStateFilters()::add);
            all.stream()
                    .filter(each ->
                            states.isEmpty() || states.contains(each.state().label()))
                    .filter(each -> producerIds.isEmpty()
                            || producerIds.contains(each.producer().producerId()))
                    .filter(each -> isOlder(each, request.durationFilter()))
                    .forEach(each -> answer.transactionStates().add(state(each)));
            return answer;
        });
    }

    /** An empty pattern is none. */
    private CompletableFuture<List<TransactionDescription>> listed(ListTransactionsRequestData request) {
        @Nullable String pattern = request.transactionalIdPattern();
        return pattern == null || pattern.isEmpty() ? transactions.list() : transactions.list(pattern);
    }

    private boolean isOlder(TransactionDescription transaction, long durationMs) {
        return durationMs < 0 || clock.wallMs() - transaction.startedAtMs().orElse(NOT_STARTED) > durationMs;
    }

    private static ListTransactionsResponseData.TransactionState state(TransactionDescription transaction) {
        return new ListTransactionsResponseData.TransactionState()
                .setTransactionalId(transaction.transactionalId())
                .setProducerId(transaction.producer().producerId())
                .setTransactionState(transaction.state().label());
    }
}
