package dev.millrace.wire;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.time.Clock;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.control.port.Transactions;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.InitRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small log for the wire's own tests: files without a journal, one thread that appends. Everything accepted is durable. */
public final class TestLog implements LogPort, AutoCloseable {

    private final Path directory;
    private final FileStore files = new DiskFileStore();
    private final Clock clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "test-log");
        made.setDaemon(true);
        return made;
    });
    private final Map<String, TopicId> topicIds = new ConcurrentHashMap<>();
    private final Map<String, TestPartition> byName = new ConcurrentHashMap<>();

    public TestLog(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Creates a topic. */
    public TopicId create(String topic, int partitions) {
        TopicId id = new TopicId(topic.hashCode(), topicIds.size() + 1);
        topicIds.put(topic, id);
        for (int partition = 0; partition < partitions; partition++) {
            Path path = directory.resolve(topic + "-" + partition + ".log");
            try {
                byName.put(
                        topic + "-" + partition,
                        new TestPartition(
                                id, topic, partition, files.open(path, FileStore.Mode.CREATE), thread, clock));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return id;
    }

    public Map<String, TopicId> topicIds() {
        return topicIds;
    }

    public TestPartition get(String topic, int partition) {
        return (TestPartition) partition(topic, partition).orElseThrow();
    }

    @Override
    public Optional<PartitionPort> partition(String topic, int partition) {
        return Optional.ofNullable(byName.get(topic + "-" + partition));
    }

    @Override
    public Optional<PartitionPort> partition(TopicId topicId, int partition) {
        for (TestPartition candidate : byName.values()) {
            if (candidate.id().topicId().equals(topicId) && candidate.id().partition() == partition) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    @Override
    public void startAppends() {
        // Appends begin at once.
    }

    @Override
    public GroupOffsets groupOffsets() {
        throw new IllegalStateException("no groups here");
    }

    @Override
    public Transactions transactions() {
        return new NoTransactions();
    }

    /** Nobody here has a transactional id. */
    private static final class NoTransactions implements Transactions {

        @Override
        public CompletableFuture<ProducerIdentity> initProducerId(InitRequest request) {
            return unknown();
        }

        @Override
        public CompletableFuture<Set<TransactionPartition>> addPartitions(AddRequest request) {
            return unknown();
        }

        @Override
        public CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commitOffsets(
                String transactionalId, ProducerIdentity producer, CommitRequest commit, int clientVersion) {
            return unknown();
        }

        @Override
        public CompletableFuture<ProducerIdentity> end(EndRequest request) {
            return unknown();
        }

        private static <R> CompletableFuture<R> unknown() {
            return CompletableFuture.failedFuture(
                    new MillraceException(ErrorCode.INVALID_PRODUCER_ID_MAPPING, "no transactions here"));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        for (TestPartition partition : byName.values()) {
            partition.close();
        }
    }
}
