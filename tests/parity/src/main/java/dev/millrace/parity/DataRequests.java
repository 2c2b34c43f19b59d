package dev.millrace.parity;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Requests that read and write records. Topics go by name; {@code by…Id} makes the newer form that goes by id. */
final class DataRequests {
    /** Versions below these name topics, from these on they go by id. */
    static final int PRODUCE_BY_ID_VERSION = 13;

    static final int FETCH_BY_ID_VERSION = 13;

    /** The newest versions that name topics. */
    static final int PRODUCE_VERSION = 12;

    static final int FETCH_VERSION = 12;

    private DataRequests() {}

    static ProduceRequestData produce(String topic, int partition, MemoryRecords records) {
        return produce(new TopicProduceData().setName(topic), partition, records);
    }

    static ProduceRequestData produceById(Uuid topicId, int partition, MemoryRecords records) {
        return produce(new TopicProduceData().setTopicId(topicId), partition, records);
    }

    private static ProduceRequestData produce(TopicProduceData topic, int partition, MemoryRecords records) {
        topic.setPartitionData(
                List.of(new PartitionProduceData().setIndex(partition).setRecords(records)));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(Requests.TIMEOUT_MS);
        request.topicData().add(topic);
        return request;
    }

    /** A fetch without a session, of at most 1 MiB, that does not wait. */
    static FetchRequestData fetch(String topic, int partition, long offset) {
        return fetch(new FetchTopic().setTopic(topic).setPartitions(List.of(startingAt(partition, offset))));
    }

    static FetchRequestData fetchById(Uuid topicId, int partition, long offset) {
        return fetch(new FetchTopic().setTopicId(topicId).setPartitions(List.of(startingAt(partition, offset))));
    }

    static FetchRequestData fetch(FetchTopic... topics) {
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(topics));
    }

    static FetchPartition startingAt(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(1 << 20);
    }

    static ListOffsetsRequestData listOffsets(String topic, int partition, long timestamp) {
        return listOffsets(
                topic, new ListOffsetsPartition().setPartitionIndex(partition).setTimestamp(timestamp));
    }

    static ListOffsetsRequestData listOffsets(String topic, ListOffsetsPartition partition) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic().setName(topic).setPartitions(List.of(partition))));
    }

    static OffsetForLeaderEpochRequestData offsetForEpoch(String topic, int partition, int current, int asked) {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics()
                .add(new OffsetForLeaderTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new OffsetForLeaderPartition()
                                .setPartition(partition)
                                .setCurrentLeaderEpoch(current)
                                .setLeaderEpoch(asked))));
        return request;
    }
}
