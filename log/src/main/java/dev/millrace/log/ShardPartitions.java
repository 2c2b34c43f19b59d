package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.journal.Journal;
import dev.millrace.log.journal.JournalEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of a shard, and how they come and go. A name belongs to one partition at a time: who follows another waits until the
 * directory of that one is out of the way. Owned by the shard's thread.
 */
final class ShardPartitions {

    private static final Logger log = LoggerFactory.getLogger(ShardPartitions.class);
    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

    private final LogShard shard;
    private final LogEnvironment environment;
    private final StorageLayout layout;
    private final ShardBackground background;

    private final Map<PartitionId, PartitionWriter> byId = new HashMap<>();
    private final Map<String, PartitionWriter> byName = new HashMap<>();
    /** Deleted partitions whose directory is still in the way of a namesake. */
    private final Map<String, CompletableFuture<Void>> namesLeaving = new HashMap<>();
    /** Those with tasks that wait until they are open; their names may still be another's. */
    private final Set<PartitionWriter> withParkedTasks = new HashSet<>();
    /** Resting, and due for retention. */
    private final Deque<PartitionWriter> toBringBack = new ArrayDeque<>();

    ShardPartitions(LogShard shard, LogEnvironment environment, StorageLayout layout, ShardBackground background) {
        this.shard = shard;
        this.environment = environment;
        this.layout = layout;
        this.background = background;
    }

    Collection<PartitionWriter> all() {
        return byId.values();
    }

    /** Takes over a partition that recovery found. Before the shard runs. */
    void adopt(PartitionWriter partition) {
        byId.put(partition.log.id(), partition);
        byName.put(partition.name(), partition);
    }

    /** Which entries the journal must keep. */
    Journal.Pins pins() {
        return (first, last) -> {
            for (PartitionWriter partition : byId.values()) {
                if (partition.flush.pins(first, last)) {
                    return true;
                }
            }
            return false;
        };
    }

    // ---- Coming

    /** Opens a partition, new or found. */
    void open(PartitionWriter partition) {
        if (partition.deleted || partition.log.refusal() != null) {
            return; // Deleted while it waited for its name, or offline since recovery.
        }
        PartitionWriter occupant = byName.get(partition.name());
        if (occupant != null && occupant != partition) {
            log.warn("event=partition-displaced partition={} by={}", occupant.log.id(), partition.log.id());
            delete(occupant, new CompletableFuture<>());
        }
        if (occupant != partition) {
            CompletableFuture<Void> leaving = namesLeaving.get(partition.name());
            if (leaving != null) {
                openAfter(leaving, partition);
                return;
            }
            create(partition);
        }
        if (partition.log.refusal() == null) {
            partition.becomeOpen();
        }
    }

    private void openAfter(CompletableFuture<Void> leaving, PartitionWriter partition) {
        var _ = leaving.whenComplete((gone, failure) -> {
            if (failure == null) {
                shard.execute(new CommandTask(() -> open(partition), partition::failParked));
            } else {
                shard.post(() -> shard.partitionFailed(
                        partition,
                        "the removal of a deleted partition of that name",
                        new IOException(failure.getMessage(), failure)));
            }
        });
    }

    private void create(PartitionWriter partition) {
        PartitionLog created = partition.log;
        Path home = layout.partitionDirectory(created.topic(), created.id().partition());
        if (layout.isDurable()) {
            partition.directory = Optional.of(new PartitionDirectory(environment.files(), home));
        }
        try {
            partition.create(layout.provider(created.id(), home, created::config));
            adopt(partition);
        } catch (IOException e) {
            shard.partitionFailed(partition, "the creation", e);
        }
    }

    // ---- Waiting

    void parked(PartitionWriter partition) {
        withParkedTasks.add(partition);
    }

    void unparked(PartitionWriter partition) {
        withParkedTasks.remove(partition);
    }

    void failParked(MillraceException reason) {
        List.copyOf(withParkedTasks).forEach(partition -> partition.failParked(reason));
    }

    /** None of them takes appends any more, nor any that waits for its name. */
    void goOffline(MillraceException reason) {
        byId.values().forEach(partition -> partition.log.goOffline(reason));
        withParkedTasks.forEach(partition -> partition.log.goOffline(reason));
        failParked(reason);
    }

    // ---- Going

    /** Takes a partition away; {@code done} completes when its name is free. */
    void delete(PartitionWriter partition, CompletableFuture<Void> done) {
        if (partition.deleted) {
            done.complete(null);
            return;
        }
        partition.markDeleted();
        byId.remove(partition.log.id());
        if (byName.get(partition.name()) != partition) {
            done.complete(null);
            return;
        }
        byName.remove(partition.name());
        namesLeaving.put(partition.name(), done);
        shard.journal().append(JournalEntry.Kind.DELETED, partition.log.id(), 0, NO_PAYLOAD);
        shard.flusher()
                .whenIdle(() -> partition.removals.add(
                        background, partition::deleteFiles, failure -> deleted(partition, failure, done)));
    }

    private void deleted(PartitionWriter partition, Optional<Throwable> failure, CompletableFuture<Void> done) {
        if (failure.isPresent()) {
            // The name stays taken: a namesake must not find what lies there. The next start tries again.
            log.error("event=partition-not-deleted partition={}", partition.name(), failure.get());
            done.completeExceptionally(new MillraceException(
                    ErrorCode.INTERNAL, "the files of " + partition.name() + " could not be removed", failure.get()));
        } else {
            namesLeaving.remove(partition.name());
            done.complete(null);
        }
    }

    /**
     * Applies retention to every partition: a task for each, because each needs room in the journal. One that rests is brought back
     * first, if there may be something to do; one after the other, in the background.
     */
    void retain(long producerExpirationMs) {
        long nowMs = environment.clock().wallMs();
        boolean idle = toBringBack.isEmpty();
        for (PartitionWriter partition : byId.values()) {
            Optional<RestingPartition> resting = partition.log.resting();
            if (resting.isEmpty()) {
                retain(partition, nowMs, producerExpirationMs);
            } else if (idle && resting.get().isRetentionDue(partition.log.config(), nowMs)) {
                toBringBack.add(partition);
            }
        }
        if (idle) {
            retainNextResting(nowMs, producerExpirationMs);
        }
    }

    private void retain(PartitionWriter partition, long nowMs, long producerExpirationMs) {
        // There will be a next time.
        shard.execute(new CommandTask(() -> partition.retain(nowMs, producerExpirationMs), cause -> {}));
    }

    private void retainNextResting(long nowMs, long producerExpirationMs) {
        PartitionWriter next = toBringBack.peek();
        if (next != null) {
            background.run(next.log::bringBack, failure -> {
                toBringBack.remove();
                retain(next, nowMs, producerExpirationMs);
                retainNextResting(nowMs, producerExpirationMs);
            });
        }
    }
}
