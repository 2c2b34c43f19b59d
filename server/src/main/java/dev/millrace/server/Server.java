package dev.millrace.server;

import dev.millrace.base.AgentHost;
import dev.millrace.base.TopicId;
import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.metrics.Metrics;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.Scheduler;
import dev.millrace.base.time.ThreadScheduler;
import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.MetadataView;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.MachineRuntime;
import dev.millrace.control.machine.MachineSet;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.metadata.MetadataConfigs;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.MetadataSettings;
import dev.millrace.control.metadata.TopicMachines;
import dev.millrace.control.port.LocalLogPort;
import dev.millrace.control.port.LocalPartitions;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.transactions.LocalMarkerTargets;
import dev.millrace.control.transactions.TransactionCoordinator;
import dev.millrace.log.LogEnvironment;
import dev.millrace.log.LogStore;
import dev.millrace.server.logging.LogbackLevels;
import dev.millrace.wire.AdminHandlers;
import dev.millrace.wire.GroupHandlers;
import dev.millrace.wire.H00_Produce;
import dev.millrace.wire.H01_Fetch;
import dev.millrace.wire.H02_ListOffsets;
import dev.millrace.wire.H23_OffsetForLeaderEpoch;
import dev.millrace.wire.H71_GetTelemetrySubscriptions;
import dev.millrace.wire.H72_PushTelemetry;
import dev.millrace.wire.Handler;
import dev.millrace.wire.Handlers;
import dev.millrace.wire.TelemetryReceiver;
import dev.millrace.wire.TransactionHandlers;
import dev.millrace.wire.fetch.FetchEngine;
import dev.millrace.wire.fetch.FetchSessions;
import dev.millrace.wire.net.KafkaServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The whole server, wired by hand, from top to bottom: read {@link #start} to see what stands on what. Thread-safe.
 */
public final class Server implements AutoCloseable {

    private static final int MACHINE_THREADS = 1;
    private static final int FETCH_SESSIONS = 1_000;

    private final KafkaServer kafka;
    private final Closing closing;

    private Server(KafkaServer kafka, Closing closing) {
        this.kafka = kafka;
        this.closing = closing;
    }

    /**
     * Takes the data directory, repairs what a crash left there, and listens. When this returns, clients are answered.
     *
     * @throws IOException if the directory or an address cannot be used; the message says why
     */
    public static Server start(ServerConfig config, Clock clock) throws IOException {
        Closing closing = new Closing();
        try {
            // What everything stands on.
            FileStore files = new DiskFileStore();
            Scheduler scheduler = closing.add(new ThreadScheduler(clock));
            ExecutorService waiting = closing.add(Executors.newVirtualThreadPerTaskExecutor());
            AgentHost threads = AgentHost.threads();
            Metrics metrics = new Metrics();

            // The data plane. Takes the directory's lock.
            LogStore logs = closing.add(LogStore.open(
                    config.log(), new LogEnvironment(files, clock, scheduler, waiting, threads, metrics)));
            NodeIdentity identity = NodeIdentity.of(files, config.directory(), config.nodeId(), Server::randomId);

            // The control plane.
            MachineRuntime machines =
                    closing.add(new MachineRuntime(clock, scheduler, waiting, threads, MACHINE_THREADS));
            MetadataService metadata = MetadataService.open(
                    new MetadataSettings(identity.nodeId(), identity.clusterId(), config.values()),
                    logs,
                    machines,
                    Server::randomId);

            Supplier<ClusterView> cluster = () -> new MetadataView(metadata.image());
            LocalPartitions partitions = new LocalPartitions(metadata);
            MachineSet<GroupCommand> groupMachines = new TopicMachines<>(
                    metadata,
                    InternalTopics.CONSUMER_OFFSETS,
                    () -> metadata.image().topic(InternalTopics.CONSUMER_OFFSETS),
                    machines,
                    GroupCoordinator.machineFactory(config.groups(), UUID::randomUUID, cluster),
                    config.values().get(MetadataConfigs.OFFSETS_TOPIC_NUM_PARTITIONS));
            GroupCoordinator groups = new GroupCoordinator(config.groups(), groupMachines, cluster);
            TransactionCoordinator transactions = new TransactionCoordinator(
                    config.transactions(),
                    metadata,
                    groups,
                    new LocalMarkerTargets(partitions, groups),
                    scheduler,
                    machine -> new TopicMachines<>(
                            metadata,
                            InternalTopics.TRANSACTION_STATE,
                            () -> metadata.image().topic(InternalTopics.TRANSACTION_STATE),
                            machines,
                            machine,
                            config.values().get(MetadataConfigs.TRANSACTION_STATE_LOG_NUM_PARTITIONS)));
            LogPort port = new LocalLogPort(partitions, groups, transactions);

            // The Kafka protocol: nobody is answered before it is known what there is.
            metadata.ready().join();
            metadata.onTopicDeleted(topic -> groups.forgetTopic(topic.name(), topic.id()));
            metadata.onChanged(groups::clusterChanged);
            groups.resume();
            transactions.resume();
            FetchSessions sessions = new FetchSessions(FETCH_SESSIONS, clock, new SecureRandom());
            List<Handler<?>> handlers = new ArrayList<>();
            handlers.add(new H00_Produce(port));
            handlers.add(new H01_Fetch(new FetchEngine(port, sessions, scheduler, waiting)));
            handlers.add(new H02_ListOffsets(port, waiting));
            handlers.add(new H23_OffsetForLeaderEpoch(port));
            handlers.add(new H71_GetTelemetrySubscriptions(TelemetryReceiver.NOBODY, UUID::randomUUID));
            handlers.add(new H72_PushTelemetry(TelemetryReceiver.NOBODY));
            handlers.addAll(GroupHandlers.all(groups, transactions, port, identity.nodeId()));
            handlers.addAll(TransactionHandlers.all(transactions, groups, port, metadata, clock));
            handlers.addAll(AdminHandlers.of(
                    metadata, port, files, config.directory(), waiting, LogbackLevels.ofThisProcess(), clock));
            Handlers registered = Handlers.of(handlers, () -> metadata.image().features());
            KafkaServer kafka = closing.add(KafkaServer.start(config.wire(), registered, clock));
            return new Server(kafka, closing);
        } catch (IOException | RuntimeException e) {
            closing.close();
            throw e;
        }
    }

    /** Where it listens, in the order of {@code listeners}; ports are the real ones. */
    public List<InetSocketAddress> addresses() {
        return kafka.bound().stream().map(KafkaServer.Bound::address).toList();
    }

    /** Answers what is in flight, flushes everything, and gives the directory back. Idempotent. */
    @Override
    public void close() {
        closing.close();
    }

    private static TopicId randomId() {
        return TopicId.of(UUID.randomUUID());
    }
}
