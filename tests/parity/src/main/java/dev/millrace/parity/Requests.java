package dev.millrace.parity;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.jspecify.annotations.Nullable;

/** Requests about the cluster, its topics and their configuration, in the form that fits their newest versions. */
final class Requests {
    static final int TIMEOUT_MS = 10_000;

    /** Types of configuration resources. */
    static final byte TOPIC = 2;

    static final byte BROKER = 4;

    private Requests() {}

    /** Metadata of these topics, without creating any; of none asks for the brokers alone. */
    static MetadataRequestData metadata(String... topics) {
        return new MetadataRequestData()
                .setTopics(Arrays.stream(topics)
                        .map(name -> new MetadataRequestTopic().setName(name))
                        .toList())
                .setAllowAutoTopicCreation(false);
    }

    static MetadataRequestData metadata(Uuid topicId) {
        return new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(null).setTopicId(topicId)))
                .setAllowAutoTopicCreation(false);
    }

    static CreatableTopic topic(String name, int partitions) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) 1);
    }

    static CreatableTopic topic(String name, Map<String, @Nullable String> configs) {
        CreatableTopic topic = topic(name, 1);
        configs.forEach((key, value) ->
                topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value)));
        return topic;
    }

    /** A topic whose partitions are placed by hand: one list of brokers for each partition, from 0 on. */
    @SafeVarargs
    static CreatableTopic assigned(String name, List<Integer>... brokers) {
        CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(-1).setReplicationFactor((short) -1);
        for (int partition = 0; partition < brokers.length; partition++) {
            topic.assignments()
                    .add(new CreatableReplicaAssignment()
                            .setPartitionIndex(partition)
                            .setBrokerIds(brokers[partition]));
        }
        return topic;
    }

    static CreateTopicsRequestData createTopics(CreatableTopic... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
        for (CreatableTopic topic : topics) {
            request.topics().mustAdd(topic);
        }
        return request;
    }

    static DeleteTopicsRequestData deleteTopics(String... names) {
        return new DeleteTopicsRequestData()
                .setTopics(Arrays.stream(names)
                        .map(name -> new DeleteTopicState().setName(name))
                        .toList())
                .setTimeoutMs(TIMEOUT_MS);
    }

    static DeleteTopicsRequestData deleteTopic(Uuid topicId) {
        return new DeleteTopicsRequestData()
                .setTopics(List.of(new DeleteTopicState().setName(null).setTopicId(topicId)))
                .setTimeoutMs(TIMEOUT_MS);
    }

    static CreatePartitionsRequestData createPartitions(String topic, int count) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreatePartitionsTopic().setName(topic).setCount(count).setAssignments(null));
        return request;
    }

    static DeleteRecordsRequestData deleteRecords(String topic, int partition, long offset) {
        return new DeleteRecordsRequestData()
                .setTimeoutMs(TIMEOUT_MS)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(partition)
                                .setOffset(offset)))));
    }

    static DescribeConfigsRequestData describeConfigs(byte type, String name, String... keys) {
        return new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type)
                        .setResourceName(name)
                        .setConfigurationKeys(keys.length == 0 ? null : List.of(keys))));
    }

    /** One change of one key. {@code operation}: 0 set, 1 delete, 2 append, 3 subtract. */
    static IncrementalAlterConfigsRequestData alter(
            byte type, String name, int operation, String key, @Nullable String value) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type).setResourceName(name);
        resource.configs()
                .add(new AlterableConfig()
                        .setName(key)
                        .setConfigOperation((byte) operation)
                        .setValue(value));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    /** The older AlterConfigs, which replaces all of a topic's configuration. */
    static AlterConfigsRequestData replaceConfigs(String topic, Map<String, @Nullable String> configs) {
        var resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName(topic);
        configs.forEach((key, value) -> resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig().setName(key).setValue(value)));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    static FindCoordinatorRequestData findCoordinator(String... groups) {
        return new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of(groups));
    }

    static OffsetFetchRequestData fetchOffsets(String group) {
        return new OffsetFetchRequestData()
                .setGroups(
                        List.of(new OffsetFetchRequestGroup().setGroupId(group).setTopics(null)));
    }

    static InitProducerIdRequestData initProducerId() {
        return new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000);
    }
}
