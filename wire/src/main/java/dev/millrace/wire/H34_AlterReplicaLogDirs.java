package dev.millrace.wire;

import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * AlterReplicaLogDirs (key 34), versions 1 and 2.
 *
 * <p>Behaviour: a partition is already in the one data directory that there is (KIP-113), by the name that DescribeLogDirs tells; another
 * directory is not found.
 *
 * <p>Deliberately missing: more than one data directory, and so moves between them.
 */
final class H34_AlterReplicaLogDirs implements Handler<AlterReplicaLogDirsRequestData> {

    private final MetadataService metadata;
    private final String directory;

    H34_AlterReplicaLogDirs(MetadataService metadata, Path directory) {
        this.metadata = metadata;
        this.directory = directory.toAbsolutePath().toString();
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_REPLICA_LOG_DIRS;
    }

    @Override
    public short minVersion() {
        return 1;
    }

    @Override
    public short maxVersion() {
        return 2;
    }

    @Override
    public CompletableFuture<AlterReplicaLogDirsResponseData> handle(
            AlterReplicaLogDirsRequestData request, RequestContext context) {
        // A partition may be named under several directories: the last counts.
        Map<String, Map<Integer, Errors>> errors = new LinkedHashMap<>();
        for (AlterReplicaLogDir asked : request.dirs()) {
            boolean ours = asked.path().equals(directory);
            for (AlterReplicaLogDirTopic topic : asked.topics()) {
                Optional<TopicImage> image = metadata.image().topic(topic.name());
                Map<Integer, Errors> ofTopic = errors.computeIfAbsent(topic.name(), _ -> new LinkedHashMap<>());
                topic.partitions().forEach(partition -> ofTopic.put(partition, error(ours, image, partition)));
            }
        }
        List<AlterReplicaLogDirTopicResult> results = new ArrayList<>();
        errors.forEach((topic, ofTopic) -> results.add(result(topic, ofTopic)));
        return CompletableFuture.completedFuture(new AlterReplicaLogDirsResponseData().setResults(results));
    }

    private Errors error(boolean ours, Optional<TopicImage> topic, int partition) {
        if (!ours) {
            return Errors.LOG_DIR_NOT_FOUND;
        }
        if (topic.isEmpty() || !topic.get().hasPartition(partition)) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return metadata.logs().isOffline(topic.get().partition(partition)) ? Errors.KAFKA_STORAGE_ERROR : Errors.NONE;
    }

    private static AlterReplicaLogDirTopicResult result(String topic, Map<Integer, Errors> errors) {
        AlterReplicaLogDirTopicResult result = new AlterReplicaLogDirTopicResult().setTopicName(topic);
        errors.forEach((partition, error) -> result.partitions()
                .add(new AlterReplicaLogDirPartitionResult()
                        .setPartitionIndex(partition)
                        .setErrorCode(error.code())));
        return result;
    }
}
