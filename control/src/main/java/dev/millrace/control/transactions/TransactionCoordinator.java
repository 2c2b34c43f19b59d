package dev.millrace.control.transactions;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Scheduler;
import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.OffsetGuards;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.TransactionalCommit;
import dev.millrace.control.groups.consumer.Expressions;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineInstance;
import dev.millrace.control.machine.MachineSet;
import dev.millrace.control.machine.Reply;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.metadata.ProducerIds;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.Transactions;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.InitRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionCommand;
import dev.millrace.control.transactions.api.TransactionDescription;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.control.transactions.api.TransactionSettings;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The door to all transactions: finds the machine that has the transactional id, and asks it. Thread-safe; nothing here waits.
 *
 * <p>Every future fails with a {@link MillraceException} if the request is refused, with COORDINATOR_NOT_AVAILABLE if the machine cannot
 * answer now. What it completes with is durable.
 */
public final class TransactionCoordinator implements Transactions {

    /** Kafka has no such limit; this is far above any transactional id in use. */
    private static final int MAX_ID_CHARS = 1_024;

    private final TransactionSettings settings;
    private final ProducerIds producerIds;
    private final GroupCoordinator groups;
    private final TransactionMarkers markers;
    private final MachineSet<TransactionCommand> machines;

    /**
     * Opens nothing yet.
     *
     * @param machines hosts the machines that it is given, on the partitions of {@code __transaction_state}
     */
    public TransactionCoordinator(
            TransactionSettings settings,
            ProducerIds producerIds,
            GroupCoordinator groups,
            MarkerTargets targets,
            Scheduler scheduler,
            Function<Supplier<Machine<TransactionCommand>>, MachineSet<TransactionCommand>> machines) {
        this.settings = settings;
        this.producerIds = producerIds;
        this.groups = groups;
        this.markers = new TransactionMarkers(targets, scheduler);
        this.machines = machines.apply(() -> new TransactionMachine(settings, this::writeMarkers));
    }

    /** Completes when transactions can be coordinated here; creates {@code __transaction_state} at the first call. */
    public CompletableFuture<?> ready() {
        return machines.open();
    }

    /** Opens what an earlier run has left: transactions that are decided are brought to their end. To be called at the start. */
    public void resume() {
        var _ = machines.ifCreated();
    }

    @Override
    public CompletableFuture<ProducerIdentity> initProducerId(InitRequest request) {
        if (request.timeoutMs() <= 0 || request.timeoutMs() > settings.maxTimeoutMs()) {
            return refuse(
                    ErrorCode.INVALID_TRANSACTION_TIMEOUT,
                    "a transaction may last 1 to " + settings.maxTimeoutMs() + " ms (transaction.max.timeout.ms), not "
                            + request.timeoutMs());
        }
        return askWithProducerId(
                request.transactionalId(),
                (fresh, reply) -> new TransactionCommand.InitProducerId(request, fresh, reply),
                OptionalLong.empty());
    }

    @Override
    public CompletableFuture<Set<TransactionPartition>> addPartitions(AddRequest request) {
        return ask(request.transactionalId(), reply -> new TransactionCommand.AddPartitions(request, reply));
    }

    /** Makes the partition that has the group part of the transaction, as {@link #addPartitions}. */
    public CompletableFuture<Set<TransactionPartition>> addGroup(
            String transactionalId, ProducerIdentity producer, String groupId, boolean verifyOnly, int clientVersion) {
        return groups.offsetsPartition(groupId)
                .thenCompose(partition -> addPartitions(new AddRequest(
                        transactionalId, producer, Set.of(offsetsPartition(partition)), verifyOnly, clientVersion)));
    }

    @Override
    public CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commitOffsets(
            String transactionalId, ProducerIdentity producer, CommitRequest commit, int clientVersion) {
        OffsetGuards.Guard guard = groups.guardTransaction(producer.producerId(), producer.epoch());
        boolean verifyOnly = clientVersion < Transaction.EPOCH_BUMP_VERSION;
        return addGroup(transactionalId, producer, commit.committer().groupId(), verifyOnly, clientVersion)
                .thenCompose(missing -> missing.isEmpty()
                        ? groups.commitInTransaction(
                                new TransactionalCommit(commit, producer.producerId(), producer.epoch(), guard))
                        : refuse(
                                ErrorCode.TRANSACTION_ABORTABLE,
                                "group " + commit.committer().groupId() + " was not added to the transaction of "
                                        + transactionalId))
                .whenComplete((answer, failure) -> guard.close());
    }

    @Override
    public CompletableFuture<ProducerIdentity> end(EndRequest request) {
        return askWithProducerId(
                request.transactionalId(),
                (fresh, reply) -> new TransactionCommand.EndTransaction(request, fresh, reply),
                OptionalLong.empty());
    }

    /** What is known of a transactional id; empty if nothing is. */
    public CompletableFuture<Optional<TransactionDescription>> describe(String transactionalId) {
        return machines.ifCreated()
                .map(opened -> ask(
                        opened,
                        transactionalId,
                        (Reply<Optional<TransactionDescription>> reply) ->
                                new TransactionCommand.Describe(transactionalId, reply)))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    /** All transactional ids, in no order. */
    public CompletableFuture<List<TransactionDescription>> list() {
        return machines.ifCreated()
                .map(opened -> opened.thenCompose(TransactionCoordinator::listAll))
                .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
    }

    /**
     * The transactional ids that match the expression as a whole, in no order.
     *
     * @return fails with INVALID_REGULAR_EXPRESSION if the expression cannot be read
     */
    public CompletableFuture<List<TransactionDescription>> list(String expression) {
        Predicate<String> pattern;
        try {
            pattern = Expressions.compiled("TransactionalIdPattern", expression);
        } catch (MillraceException e) {
            return CompletableFuture.failedFuture(e);
        }
        return list().thenApply(all -> all.stream()
                .filter(each -> pattern.test(each.transactionalId()))
                .toList());
    }

    private static CompletableFuture<List<TransactionDescription>> listAll(
            List<MachineInstance<TransactionCommand>> all) {
        List<CompletableFuture<List<TransactionDescription>>> answers = all.stream()
                .map(machine -> machine.<List<TransactionDescription>>ask(TransactionCommand.ListTransactions::new))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<TransactionDescription> transactions = new ArrayList<>();
                    answers.forEach(answer -> transactions.addAll(answer.join()));
                    return transactions;
                });
    }

    private static TransactionPartition offsetsPartition(PartitionId partition) {
        return new TransactionPartition(partition.topicId(), InternalTopics.CONSUMER_OFFSETS, partition.partition());
    }

    /** On the machine's thread, when the outcome is durable. */
    private void writeMarkers(Ending ending) {
        var _ = markers.write(ending)
                .thenCompose(written -> machines.open())
                .thenAccept(all ->
                        machine(all, ending.transactionalId()).submit(new TransactionCommand.MarkersWritten(ending)));
    }

    // ---- finding the machine

    /** Makes a command for the machine, with a producer id that nobody had before if there is one. */
    private interface CommandWithProducerId {
        TransactionCommand of(OptionalLong freshProducerId, Reply<Optional<ProducerIdentity>> reply);
    }

    /** Producer ids are rarely needed and come from another machine: so one is fetched only when this one asks for it. */
    private CompletableFuture<ProducerIdentity> askWithProducerId(
            String transactionalId, CommandWithProducerId command, OptionalLong fresh) {
        CompletableFuture<Optional<ProducerIdentity>> answer = ask(transactionalId, reply -> command.of(fresh, reply));
        return answer.thenCompose(identity -> identity.map(CompletableFuture::completedFuture)
                .orElseGet(() -> producerIds
                        .next()
                        .thenCompose(id -> askWithProducerId(transactionalId, command, OptionalLong.of(id)))));
    }

    private <R> CompletableFuture<R> ask(String transactionalId, Function<Reply<R>, TransactionCommand> command) {
        if (transactionalId.isEmpty() || transactionalId.length() > MAX_ID_CHARS) {
            return refuse(
                    ErrorCode.INVALID_REQUEST,
                    "a transactional id has 1 to " + MAX_ID_CHARS + " characters, not " + transactionalId.length());
        }
        return ask(machines.open(), transactionalId, command);
    }

    private static <R> CompletableFuture<R> ask(
            CompletableFuture<List<MachineInstance<TransactionCommand>>> opened,
            String transactionalId,
            Function<Reply<R>, TransactionCommand> command) {
        return opened.thenCompose(all -> machine(all, transactionalId).<R>ask(command));
    }

    private static MachineInstance<TransactionCommand> machine(
            List<MachineInstance<TransactionCommand>> all, String transactionalId) {
        return all.get(GroupCoordinator.partitionOf(transactionalId, all.size()));
    }

    private static <R> CompletableFuture<R> refuse(ErrorCode code, String message) {
        return CompletableFuture.failedFuture(new MillraceException(code, message));
    }
}
