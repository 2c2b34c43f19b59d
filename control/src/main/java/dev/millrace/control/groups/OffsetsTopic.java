package dev.millrace.control.groups;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineInstance;
import dev.millrace.control.machine.MachineOptions;
import dev.millrace.control.machine.MachineRuntime;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The machines of groups on the partitions of {@code __consumer_offsets}, opened at the first use. Thread-safe. */
public final class OffsetsTopic implements GroupMachines {

    private final InternalTopics topics;
    private final Supplier<Optional<TopicImage>> existing;
    private final MachineRuntime runtime;
    private final Supplier<Machine<GroupCommand>> machineFactory;
    private final int partitionsCount;

    /** Whoever puts a promise here opens the machines; empty again if that has failed. */
    private final AtomicReference<Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>>> opened =
            new AtomicReference<>(Optional.empty());

    /**
     * Opens nothing yet.
     *
     * @param existing the topic, if there is one now
     * @param partitionsCount {@code offsets.topic.num.partitions}: how many it gets if there is none
     */
    public OffsetsTopic(
            InternalTopics topics,
            Supplier<Optional<TopicImage>> existing,
            MachineRuntime runtime,
            Supplier<Machine<GroupCommand>> machineFactory,
            int partitionsCount) {
        this.topics = topics;
        this.existing = existing;
        this.runtime = runtime;
        this.machineFactory = machineFactory;
        this.partitionsCount = partitionsCount;
    }

    @Override
    public CompletableFuture<List<MachineInstance<GroupCommand>>> open() {
        Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>> before = opened();
        if (before.isPresent()) {
            return before.get();
        }
        CompletableFuture<List<MachineInstance<GroupCommand>>> promise = new CompletableFuture<>();
        Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>> promised = Optional.of(promise);
        if (!opened.compareAndSet(before, promised)) {
            return open();
        }
        var _ = topics.ensure(InternalTopics.CONSUMER_OFFSETS, partitionsCount)
                .thenApply(this::openAll)
                .whenComplete((machines, failure) -> {
                    if (failure == null) {
                        promise.complete(machines);
                    } else {
                        opened.set(Optional.empty());
                        promise.completeExceptionally(failure);
                    }
                });
        return promise;
    }

    @Override
    public Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>> ifCreated() {
        Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>> before = opened();
        return before.isPresent() || existing.get().isEmpty() ? before : Optional.of(open());
    }

    private Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>> opened() {
        return Objects.requireNonNull(opened.get());
    }

    private List<MachineInstance<GroupCommand>> openAll(TopicImage topic) {
        List<MachineInstance<GroupCommand>> machines = new ArrayList<>(topic.partitionsCount());
        for (int partition = 0; partition < topic.partitionsCount(); partition++) {
            machines.add(runtime.open(machineFactory, topics.log(topic, partition), MachineOptions.DEFAULT));
        }
        return List.copyOf(machines);
    }
}
