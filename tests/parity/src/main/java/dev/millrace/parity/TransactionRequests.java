package dev.millrace.parity;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Requests about transactions, and how to wait for what coordinators do in their own time. */
final class TransactionRequests {
    private static final byte TRANSACTION = 1;
    private static final int TIMEOUT_MS = 60_000;

    /** COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR. */
    private static final List<Short> NOT_SETTLED = List.of((short) 14, (short) 15, (short) 16);

    private TransactionRequests() {}

    /** Who writes: a transactional id, and the identity that the coordinator gave it. */
    record Producer(String id, long producerId, int epoch) {
        Producer withEpoch(int other) {
            return new Producer(id, producerId, other);
        }

        Producer withId(String other) {
            return new Producer(other, producerId, epoch);
        }

        Producer withProducerId(long other) {
            return new Producer(id, other, epoch);
        }

        static Producer of(String id, InitProducerIdResponseData answer) {
            return new Producer(id, answer.producerId(), answer.producerEpoch());
        }
    }

    static FindCoordinatorRequestData findCoordinator(String... ids) {
        return Requests.findCoordinator(ids).setKeyType(TRANSACTION);
    }

    static InitProducerIdRequestData init(String id) {
        return new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(TIMEOUT_MS);
    }

    /** Of somebody who has an identity already. */
    static InitProducerIdRequestData init(Producer producer) {
        return init(producer.id()).setProducerId(producer.producerId()).setProducerEpoch((short) producer.epoch());
    }

    /** The form of versions below 4, that of clients. */
    static AddPartitionsToTxnRequestData add(Producer producer, String topic, Integer... partitions) {
        return new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(producer.id())
                .setV3AndBelowProducerId(producer.producerId())
                .setV3AndBelowProducerEpoch((short) producer.epoch())
                .setV3AndBelowTopics(topics(topic, partitions));
    }

    /** The form from version 4 on, that of brokers: several transactions at once. */
    static AddPartitionsToTxnRequestData batch(AddPartitionsToTxnTransaction... transactions) {
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData();
        request.transactions().addAll(Arrays.asList(transactions));
        return request;
    }

    static AddPartitionsToTxnTransaction inBatch(
            Producer producer, boolean verifyOnly, String topic, Integer... partitions) {
        return new AddPartitionsToTxnTransaction()
                .setTransactionalId(producer.id())
                .setProducerId(producer.producerId())
                .setProducerEpoch((short) producer.epoch())
                .setVerifyOnly(verifyOnly)
                .setTopics(topics(topic, partitions));
    }

    static AddPartitionsToTxnTopicCollection topics(String topic, Integer... partitions) {
        var topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(topic).setPartitions(List.of(partitions)));
        return topics;
    }

    static AddOffsetsToTxnRequestData addOffsets(Producer producer, String group) {
        return new AddOffsetsToTxnRequestData()
                .setTransactionalId(producer.id())
                .setProducerId(producer.producerId())
                .setProducerEpoch((short) producer.epoch())
                .setGroupId(group);
    }

    static TxnOffsetCommitRequestData commit(Producer producer, String group, String topic, long offset) {
        return commit(producer, group, new TxnOffsetCommitRequestTopic().setName(topic), offset);
    }

    static TxnOffsetCommitRequestData commitById(Producer producer, String group, Uuid topicId, long offset) {
        return commit(producer, group, new TxnOffsetCommitRequestTopic().setTopicId(topicId), offset);
    }

    private static TxnOffsetCommitRequestData commit(
            Producer producer, String group, TxnOffsetCommitRequestTopic topic, long offset) {
        topic.setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                .setPartitionIndex(0)
                .setCommittedOffset(offset)
                .setCommittedMetadata("")));
        return new TxnOffsetCommitRequestData()
                .setTransactionalId(producer.id())
                .setGroupId(group)
                .setProducerId(producer.producerId())
                .setProducerEpoch((short) producer.epoch())
                .setTopics(List.of(topic));
    }

    static EndTxnRequestData end(Producer producer, boolean committed) {
        return new EndTxnRequestData()
                .setTransactionalId(producer.id())
                .setProducerId(producer.producerId())
                .setProducerEpoch((short) producer.epoch())
                .setCommitted(committed);
    }

    /** One record to partition 0. */
    static ProduceRequestData produce(Producer producer, String topic, int sequence) {
        return DataRequests.produce(topic, 0, records(producer, sequence)).setTransactionalId(producer.id());
    }

    static ProduceRequestData produceById(Producer producer, Uuid topicId, int sequence) {
        return DataRequests.produceById(topicId, 0, records(producer, sequence)).setTransactionalId(producer.id());
    }

    private static MemoryRecords records(Producer producer, int sequence) {
        return MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                producer.producerId(),
                (short) producer.epoch(),
                sequence,
                Batches.records(sequence, 1));
    }

    static WriteTxnMarkersRequestData marker(
            long producerId, int epoch, int coordinatorEpoch, String topic, int partition) {
        return new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setProducerId(producerId)
                        .setProducerEpoch((short) epoch)
                        .setCoordinatorEpoch(coordinatorEpoch)
                        .setTransactionResult(true)
                        .setTopics(List.of(
                                new WritableTxnMarkerTopic().setName(topic).setPartitionIndexes(List.of(partition))))));
    }

    static DescribeProducersRequestData describeProducers(String topic, Integer... partitions) {
        DescribeProducersRequestData request = new DescribeProducersRequestData();
        request.topics().add(new TopicRequest().setName(topic).setPartitionIndexes(List.of(partitions)));
        return request;
    }

    static DescribeTransactionsRequestData describe(String... ids) {
        return new DescribeTransactionsRequestData().setTransactionalIds(List.of(ids));
    }

    /** Of one producer alone, for brokers list in any order. */
    static ListTransactionsRequestData list(Producer producer, String... states) {
        return new ListTransactionsRequestData()
                .setProducerIdFilters(List.of(producer.producerId()))
                .setStateFilters(List.of(states));
    }

    /** Waits until the coordinator of the transactional id answers. */
    static void settleCoordinator(Stage stage, String id) {
        stage.settle("transactional id " + id + " got no coordinator", () -> {
            var found = stage.quietly(FindCoordinatorResponseData.class, findCoordinator(id), 4);
            boolean settled =
                    !NOT_SETTLED.contains(found.coordinators().getFirst().errorCode())
                            && !NOT_SETTLED.contains(described(stage, id).errorCode());
            return settled ? Optional.of(found) : Optional.empty();
        });
    }

    /** Waits until no markers are due any more. */
    static void settleEnd(Stage stage, String id) {
        stage.settle("the transaction of " + id + " did not end", () -> {
            String state = described(stage, id).transactionState();
            return state.startsWith("Prepare") ? Optional.empty() : Optional.of(state);
        });
    }

    /** An identity for the id, whatever it takes. */
    static Producer settleProducer(Stage stage, String id) {
        settleCoordinator(stage, id);
        return stage.settle("transactional id " + id + " got no producer id", () -> {
            var answer = stage.quietly(InitProducerIdResponseData.class, init(id), 5);
            return answer.errorCode() == 0 ? Optional.of(Producer.of(id, answer)) : Optional.empty();
        });
    }

    private static DescribeTransactionsResponseData.TransactionState described(Stage stage, String id) {
        return stage.quietly(DescribeTransactionsResponseData.class, describe(id), 0)
                .transactionStates()
                .getFirst();
    }
}
