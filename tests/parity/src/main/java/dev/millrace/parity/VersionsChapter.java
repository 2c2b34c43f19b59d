package dev.millrace.parity;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** One plain request in every version of every API, so that each encoding is seen once. */
final class VersionsChapter implements Chapter {
    private static final String TOPIC = "versions";
    private static final String GROUP = "versions";
    private static final String TRANSACTION = "versions";

    @Override
    public String name() {
        return "versions";
    }

    @Override
    public void play(Stage stage) {
        Uuid topicId = stage.topic(TOPIC);
        stage.settleCoordinator(GROUP);
        every(
                stage,
                ApiKeys.API_VERSIONS,
                version -> version < 3
                        ? new ApiVersionsRequestData()
                        : new ApiVersionsRequestData()
                                .setClientSoftwareName("parity")
                                .setClientSoftwareVersion("1"));
        data(stage, topicId);
        telemetry(stage);
        topics(stage);
        configs(stage);
        cluster(stage);
        groups(stage);
        offsets(stage, topicId);
        transactions(stage, topicId);
        consumerGroups(stage);
    }

    private static void data(Stage stage, Uuid topicId) {
        every(
                stage,
                ApiKeys.PRODUCE,
                version -> version < DataRequests.PRODUCE_BY_ID_VERSION
                        ? DataRequests.produce(
                                TOPIC, 0, Batches.compressed(Compression.lz4().build(), 2))
                        : DataRequests.produceById(topicId, 0, Batches.plain(2)));
        every(
                stage,
                ApiKeys.FETCH,
                version -> version < DataRequests.FETCH_BY_ID_VERSION
                        ? DataRequests.fetch(TOPIC, 0, 18)
                        : DataRequests.fetchById(topicId, 0, 18));
        every(stage, ApiKeys.LIST_OFFSETS, _ -> DataRequests.listOffsets(TOPIC, 0, -1));
        every(
                stage,
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                version -> DataRequests.offsetForEpoch(TOPIC, 0, -1, 0).setReplicaId(version < 3 ? -2 : -1));
        every(stage, ApiKeys.INIT_PRODUCER_ID, _ -> Requests.initProducerId());
        every(stage, ApiKeys.DELETE_RECORDS, _ -> Requests.deleteRecords(TOPIC, 0, 1));
    }

    private static void telemetry(Stage stage) {
        every(stage, ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, _ -> new GetTelemetrySubscriptionsRequestData());
        every(stage, ApiKeys.PUSH_TELEMETRY, _ -> new PushTelemetryRequestData());
    }

    private static void topics(Stage stage) {
        every(stage, ApiKeys.METADATA, version -> Requests.metadata(TOPIC).setAllowAutoTopicCreation(version < 4));
        every(
                stage,
                ApiKeys.CREATE_TOPICS,
                version -> Requests.createTopics(Requests.topic("versions-created-" + version, 1)));
        every(stage, ApiKeys.CREATE_PARTITIONS, version -> Requests.createPartitions(TOPIC, 2 + version));
        every(stage, ApiKeys.DELETE_TOPICS, version -> {
            String name = "versions-created-" + (version < 2 ? 2 : version);
            return version < 6 ? Requests.deleteTopics().setTopicNames(List.of(name)) : Requests.deleteTopics(name);
        });
    }

    private static void configs(Stage stage) {
        every(stage, ApiKeys.DESCRIBE_CONFIGS, _ -> Requests.describeConfigs(Requests.TOPIC, TOPIC, "retention.ms"));
        every(stage, ApiKeys.ALTER_CONFIGS, _ -> Requests.replaceConfigs(TOPIC, Map.of("retention.ms", "99999")));
        every(
                stage,
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                _ -> Requests.alter(Requests.TOPIC, TOPIC, 0, "retention.ms", "88888"));
        every(
                stage,
                ApiKeys.LIST_CONFIG_RESOURCES,
                version -> new ListConfigResourcesRequestData()
                        .setResourceTypes(version < 1 ? List.of() : List.of(Requests.BROKER)));
    }

    private static void cluster(Stage stage) {
        every(stage, ApiKeys.DESCRIBE_CLUSTER, _ -> new DescribeClusterRequestData());
        every(
                stage,
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                _ -> new DescribeTopicPartitionsRequestData().setTopics(List.of(new TopicRequest().setName(TOPIC))));
        every(stage, ApiKeys.ELECT_LEADERS, _ -> ReassignmentsChapter.elect(0, TOPIC, 0));
        every(
                stage,
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                _ -> ReassignmentsChapter.reassign(TOPIC, 0, List.of(stage.nodeId())));
        every(stage, ApiKeys.LIST_PARTITION_REASSIGNMENTS, _ -> new ListPartitionReassignmentsRequestData());
        every(stage, ApiKeys.ALTER_REPLICA_LOG_DIRS, _ -> ReassignmentsChapter.move("/no/such/directory", TOPIC, 0));
        every(stage, ApiKeys.DESCRIBE_QUORUM, _ -> ReassignmentsChapter.quorum(ReassignmentsChapter.METADATA, 0));
        every(stage, ApiKeys.UPDATE_FEATURES, _ -> FeaturesChapter.update("group.version", 1, 1));
        every(stage, ApiKeys.DESCRIBE_LOG_DIRS, _ -> {
            DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
            request.topics().add(new DescribableLogDirTopic().setTopic(TOPIC).setPartitions(List.of(0)));
            return request;
        });
    }

    private static void groups(Stage stage) {
        every(
                stage,
                ApiKeys.FIND_COORDINATOR,
                version ->
                        version < 4 ? new FindCoordinatorRequestData().setKey(GROUP) : Requests.findCoordinator(GROUP));
        every(
                stage,
                ApiKeys.JOIN_GROUP,
                version -> GroupRequests.join("versions-joined-" + version, "", TOPIC, "range")
                        .setRebalanceTimeoutMs(version < 1 ? -1 : 30_000));
        every(
                stage,
                ApiKeys.SYNC_GROUP,
                version -> version < 5
                        ? GroupRequests.sync(GROUP, 1, "nobody")
                                .setProtocolType(null)
                                .setProtocolName(null)
                        : GroupRequests.sync(GROUP, 1, "nobody"));
        every(stage, ApiKeys.HEARTBEAT, _ -> GroupRequests.heartbeat(GROUP, 1, "nobody"));
        every(
                stage,
                ApiKeys.LEAVE_GROUP,
                version -> version < 3
                        ? GroupRequests.leave(GROUP).setMemberId("nobody")
                        : GroupRequests.leave(GROUP, GroupRequests.member("nobody")));
        every(stage, ApiKeys.DESCRIBE_GROUPS, _ -> GroupRequests.describe("versions-unknown"));
        every(
                stage,
                ApiKeys.LIST_GROUPS,
                version -> GroupRequests.list(version < 4 ? List.of() : List.of("Dead"), List.of()));
        every(stage, ApiKeys.DELETE_GROUPS, _ -> GroupRequests.delete("versions-unknown"));
    }

    private static void offsets(Stage stage, Uuid topicId) {
        every(
                stage,
                ApiKeys.OFFSET_COMMIT,
                version -> version < 10
                        ? GroupRequests.commit(GROUP, TOPIC, 0, version)
                        : GroupRequests.commitById(GROUP, topicId, 0, version));
        every(stage, ApiKeys.OFFSET_FETCH, version -> {
            if (version < 8) {
                return new OffsetFetchRequestData()
                        .setGroupId(GROUP)
                        .setTopics(List.of(
                                new OffsetFetchRequestTopic().setName(TOPIC).setPartitionIndexes(List.of(0))));
            }
            return version < 10
                    ? GroupRequests.fetchOffsets(GROUP, TOPIC, 0)
                    : GroupRequests.fetchOffsetsById(GROUP, topicId, 0);
        });
        every(stage, ApiKeys.OFFSET_DELETE, _ -> GroupRequests.deleteOffsets(GROUP, TOPIC, 0));
    }

    private static void transactions(Stage stage, Uuid topicId) {
        TransactionRequests.Producer producer = TransactionRequests.settleProducer(stage, TRANSACTION);
        every(
                stage,
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                version -> version < 4
                        ? TransactionRequests.add(producer, TOPIC, 0)
                        : TransactionRequests.batch(TransactionRequests.inBatch(producer, false, TOPIC, 0)));
        every(stage, ApiKeys.ADD_OFFSETS_TO_TXN, _ -> TransactionRequests.addOffsets(producer, GROUP));
        every(
                stage,
                ApiKeys.TXN_OFFSET_COMMIT,
                version -> version < 6
                        ? TransactionRequests.commit(producer, GROUP, TOPIC, version)
                        : TransactionRequests.commitById(producer, GROUP, topicId, version));
        every(stage, ApiKeys.DESCRIBE_TRANSACTIONS, _ -> TransactionRequests.describe(TRANSACTION));
        every(stage, ApiKeys.LIST_TRANSACTIONS, _ -> TransactionRequests.list(producer));
        every(stage, ApiKeys.END_TXN, _ -> {
            TransactionRequests.settleEnd(stage, TRANSACTION);
            return TransactionRequests.end(producer, true);
        });
        every(stage, ApiKeys.DESCRIBE_PRODUCERS, _ -> TransactionRequests.describeProducers(TOPIC, 0));
        every(stage, ApiKeys.WRITE_TXN_MARKERS, _ -> TransactionRequests.marker(4_000, 1, 5, TOPIC, 0));
    }

    private static void consumerGroups(Stage stage) {
        every(
                stage,
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                _ -> ConsumerGroupsChapter.heartbeat("versions-unknown", "nobody", 1));
        every(stage, ApiKeys.CONSUMER_GROUP_DESCRIBE, _ -> ConsumerGroupsChapter.describe("versions-unknown"));
    }

    private static void every(Stage stage, ApiKeys api, IntFunction<ApiMessage> request) {
        for (int version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
            stage.ask(api.name + " v" + version, request.apply(version), version);
        }
    }
}
