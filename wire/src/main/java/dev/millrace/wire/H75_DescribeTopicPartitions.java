package dev.millrace.wire;

import dev.millrace.control.metadata.MetadataImage;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.control.metadata.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeTopicPartitions (key 75), version 0.
 *
 * <p>Behaviour: the partitions of topics in the order of their names, at most as many as asked for and never more than
 * 2,000; a cursor says where the next answer is to begin (KIP-966). No topics asked for: all of them.
 */
final class H75_DescribeTopicPartitions implements Handler<DescribeTopicPartitionsRequestData> {

    /** Kafka's {@code max.request.partition.size.limit}. */
    private static final int MAX_PARTITIONS = 2_000;

    private final MetadataService metadata;
    private final PartitionStates partitions;

    H75_DescribeTopicPartitions(MetadataService metadata) {
        this.metadata = metadata;
        this.partitions = new PartitionStates(metadata);
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
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
    public CompletableFuture<DescribeTopicPartitionsResponseData> handle(
            DescribeTopicPartitionsRequestData request, RequestContext context) {
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        MetadataImage image = metadata.image();
        Optional<DescribeTopicPartitionsRequestData.Cursor> cursor = Optional.ofNullable(request.cursor());
        int remaining = Math.clamp(request.responsePartitionLimit(), 1, MAX_PARTITIONS);
        for (String name : names(request, image, cursor)) {
            int from = cursor.filter(at -> at.topicName().equals(name))
                    .map(DescribeTopicPartitionsRequestData.Cursor::partitionIndex)
                    .orElse(0);
            if (remaining == 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
                break;
            }
            DescribeTopicPartitionsResponseTopic topic = describe(name, image, from, remaining);
            response.topics().add(topic);
            remaining -= topic.partitions().size();
            int next = from + topic.partitions().size();
            if (image.topic(name)
                            .filter(found -> next < found.partitionsCount())
                            .isPresent()
                    && from >= 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(next));
                break;
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private static Iterable<String> names(
            DescribeTopicPartitionsRequestData request,
            MetadataImage image,
            Optional<DescribeTopicPartitionsRequestData.Cursor> cursor) {
        String from =
                cursor.map(DescribeTopicPartitionsRequestData.Cursor::topicName).orElse("");
        TreeSet<String> names = new TreeSet<>();
        if (request.topics().isEmpty()) {
            image.topicsFrom(from).forEach(topic -> names.add(topic.name()));
        } else {
            request.topics().stream().map(TopicRequest::name).forEach(names::add);
        }
        return names.tailSet(from);
    }

    private DescribeTopicPartitionsResponseTopic describe(String name, MetadataImage image, int from, int limit) {
        DescribeTopicPartitionsResponseTopic described = new DescribeTopicPartitionsResponseTopic().setName(name);
        if (from < 0) {
            return described.setErrorCode(Errors.INVALID_REQUEST.code());
        }
        described.setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        Optional<TopicImage> topic = image.topic(name);
        if (topic.isEmpty()) {
            Errors error = TopicNames.check(name).map(ErrorMapping::errors).orElse(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            return described.setErrorCode(error.code());
        }
        List<DescribeTopicPartitionsResponsePartition> listed = new ArrayList<>();
        int to = (int) Math.min(topic.get().partitionsCount(), (long) from + limit);
        for (int partition = from; partition < to; partition++) {
            listed.add(partitions.forDescription(topic.get(), partition));
        }
        return described
                .setTopicId(TopicIds.toKafka(topic.get().id()))
                .setIsInternal(topic.get().internal())
                .setPartitions(listed);
    }
}
