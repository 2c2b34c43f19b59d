package dev.millrace.control.port;

import dev.millrace.base.AgentHost;
import dev.millrace.base.TopicId;
import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.metrics.Metrics;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.time.ThreadScheduler;
import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.MetadataView;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineRuntime;
import dev.millrace.control.machine.MachineSet;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.MetadataSettings;
import dev.millrace.control.metadata.NewTopic;
import dev.millrace.control.metadata.Outcome;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.control.metadata.TopicMachines;
import dev.millrace.control.transactions.LocalMarkerTargets;
import dev.millrace.control.transactions.TransactionCoordinator;
import dev.millrace.control.transactions.api.TransactionSettings;
import dev.millrace.log.LogEnvironment;
import dev.millrace.log.LogStore;
import dev.millrace.log.LogStoreConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The real control plane over a real log, with its threads: node 1 of cluster "AAAAAAAAAAAAAAAAAAAAAQ". */
public final class LocalControl implements AutoCloseable {

    public static final String CLUSTER_ID = new TopicId(0, 1).toString();

    private final Clock clock = new SystemClock();
    private final ThreadScheduler scheduler;
    private final ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
    private final FileStore files = new DiskFileStore();
    private final LogStore logs;
    private final MachineRuntime machines;
    private final MetadataService metadata;
    private final GroupCoordinator groups;
    private final TransactionCoordinator transactions;
    private final LogPort port;

    private LocalControl(Optional<Path> directory) {
        scheduler = new ThreadScheduler(clock);
        LogEnvironment environment =
                new LogEnvironment(files, clock, scheduler, waiting, AgentHost.threads(), new Metrics());
        try {
            logs = directory.isPresent()
                    ? LogStore.open(LogStoreConfig.defaults(directory.get()), environment)
                    : LogStore.inMemory(LogStoreConfig.defaults(Path.of("memory")), environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        machines = new MachineRuntime(clock, scheduler, waiting, AgentHost.threads(), 1);
        metadata = MetadataService.open(
                MetadataSettings.defaults(1, CLUSTER_ID), logs, machines, () -> TopicId.of(UUID.randomUUID()));
        try {
            metadata.ready().join();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        LocalPartitions partitions = new LocalPartitions(metadata);
        Supplier<ClusterView> cluster = () -> new MetadataView(metadata.image());
        groups = new GroupCoordinator(
                GroupSettings.DEFAULT,
                machines(
                        InternalTopics.CONSUMER_OFFSETS,
                        GroupCoordinator.machineFactory(GroupSettings.DEFAULT, UUID::randomUUID, cluster)),
                cluster);
        transactions = new TransactionCoordinator(
                TransactionSettings.DEFAULT,
                metadata,
                groups,
                new LocalMarkerTargets(partitions, groups),
                scheduler,
                machine -> machines(InternalTopics.TRANSACTION_STATE, machine));
        port = new LocalLogPort(partitions, groups, transactions);
        groups.resume();
        transactions.resume();
    }

    private <C> MachineSet<C> machines(String topic, Supplier<? extends Machine<C>> machine) {
        return new TopicMachines<>(metadata, topic, () -> metadata.image().topic(topic), machines, machine, 2);
    }

    public static LocalControl inMemory() {
        return new LocalControl(Optional.empty());
    }

    /** Opens what is there, or begins anew. */
    public static LocalControl onDisk(Path directory) {
        return new LocalControl(Optional.of(directory));
    }

    public MetadataService metadata() {
        return metadata;
    }

    public LogPort port() {
        return port;
    }

    public GroupCoordinator groups() {
        return groups;
    }

    public TransactionCoordinator transactions() {
        return transactions;
    }

    public LogStore logs() {
        return logs;
    }

    public FileStore files() {
        return files;
    }

    public Clock clock() {
        return clock;
    }

    public ExecutorService waiting() {
        return waiting;
    }

    /** Creates a topic, and waits until it is there. */
    public TopicImage createTopic(String name, int partitionsCount, Map<String, String> configs) {
        List<Outcome<TopicImage>> outcomes = metadata.createTopics(
                        List.of(new NewTopic(name, partitionsCount, 1, List.of(), configs)), false)
                .join();
        return switch (outcomes.getFirst()) {
            case Outcome.Done<TopicImage> done -> done.value();
            case Outcome.Refused<TopicImage> refused -> throw refused.failure();
        };
    }

    @Override
    public void close() {
        machines.close();
        logs.close();
        scheduler.close();
        waiting.close();
    }
}
