package dev.millrace.control.metadata;

import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineInstance;
import dev.millrace.control.machine.MachineOptions;
import dev.millrace.control.machine.MachineRuntime;
import dev.millrace.control.machine.MachineSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The machines on the partitions of an internal topic, opened at the first use. Thread-safe. */
public final class TopicMachines<C> implements MachineSet<C> {

    private final InternalTopics topics;
    private final String topic;
    private final Supplier<Optional<TopicImage>> existing;
    private final MachineRuntime runtime;
    private final Supplier<? extends Machine<C>> machineFactory;
    private final int partitionsCount;

    /** Whoever puts a promise here opens the machines; empty again if that has failed. */
    private final AtomicReference<Optional<CompletableFuture<List<MachineInstance<C>>>>> opened =
            new AtomicReference<>(Optional.empty());

    /**
     * Opens nothing yet.
     *
     * @param topic one of {@link InternalTopics#NAMES}
     * @param existing that topic, if there is one now
     * @param partitionsCount how many partitions it gets if there is none
     */
    public TopicMachines(
            InternalTopics topics,
            String topic,
            Supplier<Optional<TopicImage>> existing,
            MachineRuntime runtime,
            Supplier<? extends Machine<C>> machineFactory,
            int partitionsCount) {
        this.topics = topics;
        this.topic = topic;
        this.existing = existing;
        this.runtime = runtime;
        this.machineFactory = machineFactory;
        this.partitionsCount = partitionsCount;
    }

    @Override
    public CompletableFuture<List<MachineInstance<C>>> open() {
        Optional<CompletableFuture<List<MachineInstance<C>>>> before = opened();
        if (before.isPresent()) {
            return before.get();
        }
        CompletableFuture<List<MachineInstance<C>>> promise = new CompletableFuture<>();
        Optional<CompletableFuture<List<MachineInstance<C>>>> promised = Optional.of(promise);
        if (!opened.compareAndSet(before, promised)) {
            return open();
        }
        var _ = topics.ensure(topic, partitionsCount).thenApply(this::openAll).whenComplete((machines, failure) -> {
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
    public Optional<CompletableFuture<List<MachineInstance<C>>>> ifCreated() {
        Optional<CompletableFuture<List<MachineInstance<C>>>> before = opened();
        return before.isPresent() || existing.get().isEmpty() ? before : Optional.of(open());
    }

    private Optional<CompletableFuture<List<MachineInstance<C>>>> opened() {
        return Objects.requireNonNull(opened.get());
    }

    private List<MachineInstance<C>> openAll(TopicImage created) {
        List<MachineInstance<C>> machines = new ArrayList<>(created.partitionsCount());
        for (int partition = 0; partition < created.partitionsCount(); partition++) {
            machines.add(runtime.open(machineFactory, topics.log(created, partition), MachineOptions.DEFAULT));
        }
        return List.copyOf(machines);
    }
}
