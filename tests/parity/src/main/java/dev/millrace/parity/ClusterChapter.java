package dev.millrace.parity;

import static dev.millrace.parity.Requests.metadata;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** ApiVersions, Metadata, DescribeCluster, DescribeTopicPartitions, DescribeLogDirs, telemetry: what a client learns of a cluster. */
final class ClusterChapter implements Chapter {
    private static final int METADATA_VERSION = 12;

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public void play(Stage stage) {
        apiVersions(stage);
        telemetry(stage);
        Uuid topicId = stage.topic(Requests.topic("cluster", 3));
        metadata(stage, topicId);
        describe(stage);
        topicPartitions(stage);
        logDirs(stage);
        framing(stage);
    }

    private static void apiVersions(Stage stage) {
        ApiVersionsRequestData named =
                new ApiVersionsRequestData().setClientSoftwareName("parity").setClientSoftwareVersion("1.0");
        stage.ask("api versions", named, 4);
        stage.ask("api versions 0", new ApiVersionsRequestData(), 0);
        stage.ask("api versions without a name", new ApiVersionsRequestData(), 3);
        stage.ask(
                "api versions with a bad name",
                new ApiVersionsRequestData().setClientSoftwareName("no good!").setClientSoftwareVersion("1"),
                3);
        stage.askRaw("api versions 99", ApiKeys.API_VERSIONS, 99, 2, new byte[] {1, 1, 0}, 0);
    }

    /** What clients push is received by nobody, so that neither API is advertised; both are answered. */
    private static void telemetry(Stage stage) {
        stage.ask(
                "telemetry that nobody receives",
                new GetTelemetrySubscriptionsRequestData().setClientInstanceId(Uuid.ZERO_UUID),
                0);
        stage.ask("push without an id", push(Uuid.ZERO_UUID), 0);
        stage.ask("push of an unknown subscription", push(new Uuid(8, 1)), 0);
        stage.ask(
                "push of no metrics by an unknown client, ending",
                push(new Uuid(8, 2)).setTerminating(true),
                0);
    }

    private static PushTelemetryRequestData push(Uuid client) {
        return new PushTelemetryRequestData().setClientInstanceId(client).setSubscriptionId(1);
    }

    private static void metadata(Stage stage, Uuid topicId) {
        stage.ask("no topics", Requests.metadata(), METADATA_VERSION);
        stage.ask("a topic", Requests.metadata("cluster"), METADATA_VERSION);
        stage.ask("a topic by id", Requests.metadata(topicId), METADATA_VERSION);
        stage.ask("an unknown topic", Requests.metadata("cluster-unknown"), METADATA_VERSION);
        stage.ask("an unknown topic id", Requests.metadata(new Uuid(1, 9)), METADATA_VERSION);
        stage.ask("an invalid name", Requests.metadata("no/such"), METADATA_VERSION);
        stage.ask("an empty name", Requests.metadata(""), METADATA_VERSION);
        stage.ask("known and unknown", Requests.metadata("cluster", "cluster-unknown"), METADATA_VERSION);
        stage.ask("one topic twice", Requests.metadata("cluster", "cluster"), METADATA_VERSION);
        stage.ask("every topic", new MetadataRequestData().setTopics(null), METADATA_VERSION);
        stage.ask("every topic in version 0", new MetadataRequestData().setTopics(List.of()), 0);
        stage.ask(
                "with operations",
                Requests.metadata("cluster").setIncludeTopicAuthorizedOperations(true),
                METADATA_VERSION);
        stage.ask(
                "invalid name, to be created",
                Requests.metadata("no/such").setAllowAutoTopicCreation(true),
                METADATA_VERSION);
        MetadataRequestData created = Requests.metadata("cluster-created").setAllowAutoTopicCreation(true);
        stage.quietly(ApiMessage.class, created, METADATA_VERSION);
        stage.waitForPartitions("cluster-created", 1);
        stage.ask("created by asking", created, METADATA_VERSION);
        MetadataRequestData both = new MetadataRequestData()
                .setAllowAutoTopicCreation(false)
                .setTopics(List.of(new MetadataRequestTopic().setName("cluster").setTopicId(topicId)));
        stage.ask("by name and id", both, METADATA_VERSION);
    }

    private static void describe(Stage stage) {
        stage.ask("describe cluster", new DescribeClusterRequestData(), 2);
        stage.ask("describe controllers", new DescribeClusterRequestData().setEndpointType((byte) 2), 2);
        stage.ask("describe endpoint type 3", new DescribeClusterRequestData().setEndpointType((byte) 3), 2);
        stage.ask("describe with fenced brokers", new DescribeClusterRequestData().setIncludeFencedBrokers(true), 2);
        stage.ask(
                "describe with operations",
                new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true),
                2);
    }

    private static void topicPartitions(Stage stage) {
        stage.ask("partitions of a topic", partitions(100, "cluster"), 0);
        stage.ask("partitions, at most two", partitions(2, "cluster"), 0);
        stage.ask(
                "partitions, from a cursor",
                partitions(2, "cluster")
                        .setCursor(new Cursor().setTopicName("cluster").setPartitionIndex(2)),
                0);
        stage.ask(
                "partitions, cursor beyond the end",
                partitions(2, "cluster")
                        .setCursor(new Cursor().setTopicName("cluster").setPartitionIndex(9)),
                0);
        stage.ask(
                "partitions, negative cursor",
                partitions(2, "cluster")
                        .setCursor(new Cursor().setTopicName("cluster").setPartitionIndex(-1)),
                0);
        stage.ask("partitions of an unknown topic", partitions(100, "cluster-unknown"), 0);
        stage.ask("partitions, unsorted topics", partitions(2, "cluster-created", "cluster"), 0);
        stage.ask("partitions, limit 0", partitions(0, "cluster"), 0);
    }

    private static DescribeTopicPartitionsRequestData partitions(int limit, String... topics) {
        return new DescribeTopicPartitionsRequestData()
                .setResponsePartitionLimit(limit)
                .setTopics(Arrays.stream(topics)
                        .map(name -> new TopicRequest().setName(name))
                        .toList());
    }

    private static void logDirs(Stage stage) {
        stage.quietly(
                ApiMessage.class, DataRequests.produce("cluster", 0, Batches.plain(5)), DataRequests.PRODUCE_VERSION);
        stage.ask("directories of a topic", logDirs("cluster", List.of(0, 1)), 4);
        stage.ask("directories of an unknown topic", logDirs("cluster-unknown", List.of(0)), 4);
        stage.ask("directories of an unknown partition", logDirs("cluster", List.of(7)), 4);
        stage.ask("directories of no topic", new DescribeLogDirsRequestData(), 4);
    }

    private static DescribeLogDirsRequestData logDirs(String topic, List<Integer> partitions) {
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
        request.topics().add(new DescribableLogDirTopic().setTopic(topic).setPartitions(partitions));
        return request;
    }

    /** What is no request: an API that brokers do not serve, a version that nobody has, a body that ends too early. */
    private static void framing(Stage stage) {
        stage.askRaw("metadata 99", ApiKeys.METADATA, 99, 2, new byte[] {0}, 12);
        stage.askRaw("metadata cut short", ApiKeys.METADATA, 12, 2, new byte[] {5}, 12);
        stage.askRaw("an API between brokers", ApiKeys.VOTE, 0, 2, new byte[] {0}, 0);
        stage.askRaw("produce 2", ApiKeys.PRODUCE, 2, 1, new byte[6], 3);
    }
}
