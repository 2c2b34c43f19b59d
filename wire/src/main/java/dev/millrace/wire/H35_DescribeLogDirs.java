package dev.millrace.wire;

import dev.millrace.base.files.FileStore;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.PartitionOffsets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeLogDirs (key 35), versions 1 to 5.
 *
 * <p>Behaviour: the one data directory, how large the partitions in it are, and (v4, KIP-827) how much room the disk has. A partition that
 * nobody has used yet has no log, and size 0. The lag is what is accepted and not yet durable.
 *
 * <p>Deliberately missing: directories that take no new partitions (v5, KIP-1066); logs that move between directories.
 */
final class H35_DescribeLogDirs implements Handler<DescribeLogDirsRequestData> {

    private final MetadataService metadata;
    private final FileStore files;
    private final Path directory;
    private final Executor waiting;

    H35_DescribeLogDirs(MetadataService metadata, FileStore files, Path directory, Executor waiting) {
        this.metadata = metadata;
        this.files = files;
        this.directory = directory;
        this.waiting = waiting;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_LOG_DIRS;
    }

    @Override
    public short minVersion() {
        return 1;
    }

    @Override
    public short maxVersion() {
        return 5;
    }

    @Override
    public CompletableFuture<DescribeLogDirsResponseData> handle(
            DescribeLogDirsRequestData request, RequestContext context) {
        return CompletableFuture.supplyAsync(() -> answer(request), waiting);
    }

    private DescribeLogDirsResponseData answer(DescribeLogDirsRequestData request) {
        DescribeLogDirsResult result =
                new DescribeLogDirsResult().setLogDir(directory.toAbsolutePath().toString());
        if (request.topics() == null) {
            for (TopicImage topic : metadata.image().topics()) {
                result.topics().add(topic(topic, allPartitions(topic)));
            }
        } else {
            for (DescribableLogDirTopic asked : request.topics()) {
                metadata.image()
                        .topic(asked.topic())
                        .map(topic -> topic(topic, asked.partitions()))
                        .filter(topic -> !topic.partitions().isEmpty())
                        .ifPresent(result.topics()::add);
            }
        }
        try {
            result.setTotalBytes(files.totalBytes(directory)).setUsableBytes(files.usableBytes(directory));
        } catch (IOException e) {
            result.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
        return new DescribeLogDirsResponseData().setResults(List.of(result));
    }

    private static List<Integer> allPartitions(TopicImage topic) {
        List<Integer> partitions = new ArrayList<>();
        for (int partition = 0; partition < topic.partitionsCount(); partition++) {
            partitions.add(partition);
        }
        return partitions;
    }

    private DescribeLogDirsTopic topic(TopicImage topic, List<Integer> partitions) {
        DescribeLogDirsTopic described = new DescribeLogDirsTopic().setName(topic.name());
        for (int partition : partitions) {
            if (topic.hasPartition(partition)) {
                described.partitions().add(partition(topic, partition));
            }
        }
        return described;
    }

    private DescribeLogDirsPartition partition(TopicImage topic, int partition) {
        DescribeLogDirsPartition described = new DescribeLogDirsPartition().setPartitionIndex(partition);
        Optional<PartitionLog> log = metadata.logs().find(topic.partition(partition));
        // Of an offline partition nobody can say more than that it is there.
        if (log.isPresent() && log.get().offlineReason().isEmpty()) {
            PartitionOffsets offsets = log.get().offsets();
            described.setPartitionSize(log.get().sizeBytes()).setOffsetLag(offsets.logEnd() - offsets.highWatermark());
        }
        return described;
    }
}
