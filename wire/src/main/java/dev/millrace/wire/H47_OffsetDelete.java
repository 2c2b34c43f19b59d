package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.LogPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetDelete (key 47), version 0 (KIP-496).
 *
 * <p>Behaviour: forgets positions of a group, but not in topics that its members read: GROUP_SUBSCRIBED_TO_TOPIC. Deleting what is not there succeeds.
 */
final class H47_OffsetDelete implements Handler<OffsetDeleteRequestData> {

    private final GroupCoordinator groups;
    private final LogPort log;

    /** Takes the log to see which partitions exist. */
    H47_OffsetDelete(GroupCoordinator groups, LogPort log) {
        this.groups = groups;
        this.log = log;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_DELETE;
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
    public CompletableFuture<OffsetDeleteResponseData> handle(OffsetDeleteRequestData request, RequestContext context) {
        List<GroupOffsets.Key> keys = new ArrayList<>();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                if (log.partition(topic.name(), partition.partitionIndex()).isPresent()) {
                    keys.add(new GroupOffsets.Key(topic.name(), partition.partitionIndex()));
                }
            }
        }
        return groups.deleteOffsets(request.groupId(), keys).thenApply(outcomes -> answer(request, outcomes));
    }

    private static OffsetDeleteResponseData answer(
            OffsetDeleteRequestData request, Map<GroupOffsets.Key, Optional<ErrorCode>> outcomes) {
        OffsetDeleteResponseTopicCollection topics = new OffsetDeleteResponseTopicCollection();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            OffsetDeleteResponsePartitionCollection partitions = new OffsetDeleteResponsePartitionCollection();
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                int index = partition.partitionIndex();
                short code = Optional.ofNullable(outcomes.get(new GroupOffsets.Key(topic.name(), index)))
                        .map(GroupAnswers::code)
                        .orElse(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                partitions.add(new OffsetDeleteResponsePartition()
                        .setPartitionIndex(index)
                        .setErrorCode(code));
            }
            topics.add(new OffsetDeleteResponseTopic().setName(topic.name()).setPartitions(partitions));
        }
        return new OffsetDeleteResponseData().setTopics(topics);
    }
}
