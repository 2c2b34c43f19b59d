package dev.millrace.wire;

import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * AddPartitionsToTxn (key 24), versions 0 to 5.
 *
 * <p>Behaviour: makes partitions part of the producer's transaction, and answers when that is durable. All are added or none: if one of them does not
 * exist, the others hear OPERATION_NOT_ATTEMPTED. A request that meets the previous transaction while it is being completed waits for it.
 *
 * <ul>
 *   <li>v0, v1: a fenced producer hears INVALID_PRODUCER_EPOCH; from v2 on PRODUCER_FENCED. v3: flexible.
 *   <li>v4: for servers: several transactions at once, and to look without adding (KIP-890), which may answer TRANSACTION_ABORTABLE.
 * </ul>
 */
final class H24_AddPartitionsToTxn implements Handler<AddPartitionsToTxnRequestData> {

    private static final short FENCED_MIN_VERSION = 2;
    private static final short BATCHED_MIN_VERSION = 4;
    private static final short ABORTABLE_MIN_VERSION = 4;

    private final LogPort port;

    H24_AddPartitionsToTxn(LogPort port) {
        this.port = port;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ADD_PARTITIONS_TO_TXN;
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
    public CompletableFuture<AddPartitionsToTxnResponseData> handle(
            AddPartitionsToTxnRequestData request, RequestContext context) {
        short version = context.apiVersion();
        if (version < BATCHED_MIN_VERSION) {
            AddPartitionsToTxnTransaction only = new AddPartitionsToTxnTransaction()
                    .setTransactionalId(request.v3AndBelowTransactionalId())
                    .setProducerId(request.v3AndBelowProducerId())
                    .setProducerEpoch(request.v3AndBelowProducerEpoch())
                    .setTopics(request.v3AndBelowTopics());
            return results(only, version)
                    .thenApply(results -> new AddPartitionsToTxnResponseData().setResultsByTopicV3AndBelow(results));
        }
        List<CompletableFuture<AddPartitionsToTxnResult>> answers = new ArrayList<>();
        for (AddPartitionsToTxnTransaction transaction : request.transactions()) {
            answers.add(results(transaction, version)
                    .thenApply(results -> new AddPartitionsToTxnResult()
                            .setTransactionalId(transaction.transactionalId())
                            .setTopicResults(results)));
        }
        return Futures.allDone(answers).thenApply(done -> {
            AddPartitionsToTxnResponseData answer = new AddPartitionsToTxnResponseData();
            answers.forEach(each -> answer.resultsByTransaction().add(each.join()));
            return answer;
        });
    }

    /** One transaction; never fails. */
    private CompletableFuture<AddPartitionsToTxnTopicResultCollection> results(
            AddPartitionsToTxnTransaction asked, short version) {
        Set<TransactionPartition> found = new LinkedHashSet<>();
        Map<Named, Errors> refused = refused(asked.topics(), found);
        if (!refused.isEmpty()) {
            return CompletableFuture.completedFuture(results(
                    asked.topics(), partition -> refused.getOrDefault(partition, Errors.OPERATION_NOT_ATTEMPTED)));
        }
        AddRequest add = new AddRequest(
                asked.transactionalId(),
                new ProducerIdentity(asked.producerId(), asked.producerEpoch()),
                found,
                asked.verifyOnly(),
                version < BATCHED_MIN_VERSION ? 1 : 2);
        return port.transactions().addPartitions(add).handle((missing, failure) -> {
            if (failure != null) {
                Errors error = TransactionErrors.errors(failure, version >= FENCED_MIN_VERSION);
                return results(asked.topics(), partition -> error);
            }
            Errors notThere =
                    version >= ABORTABLE_MIN_VERSION ? Errors.TRANSACTION_ABORTABLE : Errors.INVALID_TXN_STATE;
            Set<Named> notAdded = new HashSet<>();
            missing.forEach(each -> notAdded.add(new Named(each.topic(), each.partition())));
            return results(asked.topics(), partition -> notAdded.contains(partition) ? notThere : Errors.NONE);
        });
    }

    /** A partition as the request names it. */
    private record Named(String topic, int partition) {}

    /** Finds the partitions; gives those that cannot be in a transaction, with the reason. */
    private Map<Named, Errors> refused(AddPartitionsToTxnTopicCollection topics, Set<TransactionPartition> found) {
        Map<Named, Errors> refused = new LinkedHashMap<>();
        for (AddPartitionsToTxnTopic topic : topics) {
            for (int partition : topic.partitions()) {
                Optional<PartitionPort> named = port.partition(topic.name(), partition);
                if (named.isEmpty()) {
                    refused.put(new Named(topic.name(), partition), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                } else if (named.get().internal()) {
                    refused.put(new Named(topic.name(), partition), Errors.TOPIC_AUTHORIZATION_FAILED);
                } else {
                    found.add(new TransactionPartition(named.get().id().topicId(), topic.name(), partition));
                }
            }
        }
        return refused;
    }

    private interface Verdict {
        Errors of(Named partition);
    }

    /** Each partition once, however often the request names it. */
    private static AddPartitionsToTxnTopicResultCollection results(
            AddPartitionsToTxnTopicCollection topics, Verdict verdict) {
        Map<String, Set<Integer>> distinct = new LinkedHashMap<>();
        for (AddPartitionsToTxnTopic topic : topics) {
            distinct.computeIfAbsent(topic.name(), name -> new LinkedHashSet<>())
                    .addAll(topic.partitions());
        }
        AddPartitionsToTxnTopicResultCollection results = new AddPartitionsToTxnTopicResultCollection();
        distinct.forEach((topic, partitions) -> {
            AddPartitionsToTxnTopicResult result = new AddPartitionsToTxnTopicResult().setName(topic);
            partitions.forEach(partition -> result.resultsByPartition()
                    .add(new AddPartitionsToTxnPartitionResult()
                            .setPartitionIndex(partition)
                            .setPartitionErrorCode(
                                    verdict.of(new Named(topic, partition)).code())));
            results.add(result);
        });
        return results;
    }
}
