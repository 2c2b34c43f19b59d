package dev.millrace.wire;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.time.Clock;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.port.LogPort;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;

/** The handlers for topics, configurations and what there is to know about the cluster. */
public final class AdminHandlers {

    private AdminHandlers() {}

    /**
     * All of them.
     *
     * @param directory the data directory, which DescribeLogDirs tells
     * @param waiting an executor whose threads may wait for a disk
     * @param loggers the loggers of this process
     */
    public static List<Handler<?>> of(
            MetadataService metadata,
            LogPort port,
            FileStore files,
            Path directory,
            Executor waiting,
            LoggerLevels loggers,
            Clock clock) {
        ConfigChanges changes = new ConfigChanges(metadata, loggers);
        return List.of(
                new H03_Metadata(metadata),
                new H19_CreateTopics(metadata),
                new H20_DeleteTopics(metadata),
                new H21_DeleteRecords(port),
                new H32_DescribeConfigs(metadata, loggers),
                new H33_AlterConfigs(changes),
                new H34_AlterReplicaLogDirs(metadata, directory),
                new H35_DescribeLogDirs(metadata, files, directory, waiting),
                new H37_CreatePartitions(metadata),
                new H43_ElectLeaders(metadata),
                new H44_IncrementalAlterConfigs(changes),
                new H45_AlterPartitionReassignments(metadata),
                new H46_ListPartitionReassignments(),
                new H55_DescribeQuorum(metadata, clock),
                new H57_UpdateFeatures(metadata),
                new H60_DescribeCluster(metadata),
                new H74_ListConfigResources(metadata),
                new H75_DescribeTopicPartitions(metadata));
    }
}
