package dev.millrace.control.groups;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.ConsumerGroupDescription;
import dev.millrace.control.groups.api.ConsumerHeartbeatAnswer;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.api.Done;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupDescription;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.HeartbeatRequest;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.LeaveAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.groups.api.ListedGroup;
import dev.millrace.control.groups.api.OffsetReader;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.groups.api.TransactionalCommit;
import dev.millrace.control.groups.consumer.ConsumerGroups;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineInstance;
import dev.millrace.control.machine.MachineSet;
import dev.millrace.control.machine.Reply;
import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The door to all groups: finds the machine that has the group, and asks it. Thread-safe; nothing here waits.
 *
 * <p>Every future fails with a {@link MillraceException} if the request is refused, with COORDINATOR_NOT_AVAILABLE if the machine cannot
 * answer now. What it completes with is durable.
 */
public final class GroupCoordinator implements GroupOffsets {

    private final GroupSettings settings;
    private final MachineSet<GroupCommand> machines;
    private final Supplier<ClusterView> cluster;
    private final OffsetGuards guards = new OffsetGuards();

    /**
     * Opens nothing yet.
     *
     * @param cluster what there is now
     */
    public GroupCoordinator(GroupSettings settings, MachineSet<GroupCommand> machines, Supplier<ClusterView> cluster) {
        this.settings = settings;
        this.machines = machines;
        this.cluster = cluster;
    }

    /**
     * Makes empty machines, for the runtime to host.
     *
     * @param memberIds random; no two alike
     * @param cluster what there is now; the machines are told when it changes, by {@link #clusterChanged}
     */
    public static Supplier<Machine<GroupCommand>> machineFactory(
            GroupSettings settings, Supplier<UUID> memberIds, Supplier<ClusterView> cluster) {
        return () -> new GroupMachine(settings, memberIds, cluster);
    }

    /** The partition of {@code __consumer_offsets} that has the group, as Kafka computes it. */
    public static int partitionOf(String groupId, int partitionsCount) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitionsCount;
    }

    /** Completes when groups can be coordinated here; creates {@code __consumer_offsets} at the first call. */
    public CompletableFuture<Done> ready() {
        return machines.open().thenApply(opened -> Done.DONE);
    }

    /** Opens what groups an earlier run has left: their sessions begin, and their offsets age. To be called at the start. */
    public void resume() {
        var _ = machines.ifCreated();
    }

    // ---- membership

    /** Completes when the member belongs to a generation, which can take as long as the slowest member's rebalance timeout. */
    public CompletableFuture<JoinAnswer> join(JoinRequest request) {
        int timeoutMs = request.sessionTimeoutMs();
        if (timeoutMs < settings.minSessionTimeoutMs() || timeoutMs > settings.maxSessionTimeoutMs()) {
            return refuse(
                    ErrorCode.INVALID_SESSION_TIMEOUT,
                    "session.timeout.ms must be between group.min.session.timeout.ms, " + settings.minSessionTimeoutMs()
                            + ", and group.max.session.timeout.ms, " + settings.maxSessionTimeoutMs() + ", not "
                            + timeoutMs);
        }
        return RequestLimits.refuse(request)
                .<CompletableFuture<JoinAnswer>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> askMember(request.groupId(), reply -> new GroupCommand.Join(request, reply)));
    }

    /** Completes when the leader has assigned. */
    public CompletableFuture<SyncAnswer> sync(SyncRequest request) {
        return askMember(request.groupId(), reply -> new GroupCommand.Sync(request, reply));
    }

    public CompletableFuture<Done> heartbeat(HeartbeatRequest request) {
        return askMember(request.groupId(), reply -> new GroupCommand.Heartbeat(request, reply));
    }

    public CompletableFuture<LeaveAnswer> leave(LeaveRequest request) {
        return askMember(request.groupId(), reply -> new GroupCommand.Leave(request, reply));
    }

    /** A heartbeat of the consumer protocol (KIP-848): joins, stays, or leaves. */
    public CompletableFuture<ConsumerHeartbeatAnswer> consumerHeartbeat(ConsumerHeartbeatRequest request) {
        return ConsumerGroups.refuse(request, settings.consumer())
                .or(() -> RequestLimits.refuse(request))
                .<CompletableFuture<ConsumerHeartbeatAnswer>>map(CompletableFuture::failedFuture)
                .orElseGet(() ->
                        askMember(request.groupId(), reply -> new GroupCommand.ConsumerHeartbeat(request, reply)));
    }

    // ---- offsets

    /**
     * Commits. Whether the topics exist is the caller's affair.
     *
     * @return per key, empty if it is kept, else why not; fails if the committer may not commit, with GROUP_ID_NOT_FOUND if it says it is a
     *     member of a group that does not exist
     */
    public CompletableFuture<Map<Key, Optional<ErrorCode>>> commit(CommitRequest request) {
        return RequestLimits.refuse(request)
                .<CompletableFuture<Map<Key, Optional<ErrorCode>>>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> ask(request.committer().groupId(), reply -> new GroupCommand.Commit(request, reply)));
    }

    @Override
    public CompletableFuture<Map<Key, Optional<ErrorCode>>> commit(Committer committer, Map<Key, Position> positions) {
        Map<Key, CommitRequest.Commit> commits = LinkedHashMap.newLinkedHashMap(positions.size());
        positions.forEach((key, position) ->
                commits.put(key, new CommitRequest.Commit(topicId(key.topic()).orElse(TopicId.ZERO), position)));
        return commit(new CommitRequest(committer, commits, OptionalLong.empty()))
                .exceptionally(failure -> refuseEach(positions, failure));
    }

    private static Map<Key, Optional<ErrorCode>> refuseEach(Map<Key, Position> positions, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof MillraceException refusal)) {
            throw new CompletionException(cause);
        }
        Map<Key, Optional<ErrorCode>> answers = LinkedHashMap.newLinkedHashMap(positions.size());
        positions.keySet().forEach(key -> answers.put(key, Optional.of(refusal.code())));
        return answers;
    }

    @Override
    public CompletableFuture<Map<Key, Position>> fetch(String groupId, List<Key> keys) {
        return fetch(OffsetReader.anybody(groupId), keys);
    }

    @Override
    public CompletableFuture<Map<Key, Position>> fetchAll(String groupId) {
        return fetchAll(OffsetReader.anybody(groupId));
    }

    /** As {@link #fetch(String, List)}, for a member that says who it is; fails with STALE_MEMBER_EPOCH if it is not up to date. */
    public CompletableFuture<Map<Key, Position>> fetch(OffsetReader reader, List<Key> keys) {
        return this.<Map<Key, CommitRequest.Commit>>askIfCreated(
                        reader.groupId(), reply -> new GroupCommand.Fetch(reader, keys, reply), Map.of())
                .thenApply(this::current);
    }

    /** As {@link #fetchAll(String)}, for a member that says who it is; fails with STALE_MEMBER_EPOCH if it is not up to date. */
    public CompletableFuture<Map<Key, Position>> fetchAll(OffsetReader reader) {
        return this.<Map<Key, CommitRequest.Commit>>askIfCreated(
                        reader.groupId(), reply -> new GroupCommand.FetchAll(reader, reply), Map.of())
                .thenApply(this::current);
    }

    /** Leaves out what was committed for a topic that is gone, if another bears its name now. */
    private Map<Key, Position> current(Map<Key, CommitRequest.Commit> commits) {
        Map<Key, Position> positions = LinkedHashMap.newLinkedHashMap(commits.size());
        commits.forEach((key, commit) -> {
            TopicId committedFor = commit.topicId();
            boolean stale = !committedFor.equals(TopicId.ZERO)
                    && topicId(key.topic())
                            .filter(now -> !now.equals(committedFor))
                            .isPresent();
            if (!stale) {
                positions.put(key, commit.position());
            }
        });
        return positions;
    }

    // ---- offsets in transactions

    /** The partition of {@code __consumer_offsets} that has the group; creates the topic if there is none. */
    public CompletableFuture<PartitionId> offsetsPartition(String groupId) {
        return machines.open()
                .thenApply(all -> new PartitionId(
                        topicId(InternalTopics.CONSUMER_OFFSETS).orElseThrow(), partitionOf(groupId, all.size())));
    }

    /** To be taken before the transaction is looked at, for {@link #commitInTransaction}, and closed after. */
    public OffsetGuards.Guard guardTransaction(long producerId, short producerEpoch) {
        return guards.open(producerId, producerEpoch);
    }

    /**
     * Commits as part of a transaction that is known to be open: until it ends, the positions are pending (KIP-447).
     *
     * @return per key, empty if it is kept, else why not; fails as {@link #commit(CommitRequest)} does, and with INVALID_TXN_STATE if the
     *     transaction has ended since the guard was taken
     */
    public CompletableFuture<Map<Key, Optional<ErrorCode>>> commitInTransaction(TransactionalCommit commit) {
        String groupId = commit.request().committer().groupId();
        return RequestLimits.refuse(commit.request())
                .<CompletableFuture<Map<Key, Optional<ErrorCode>>>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> askMember(groupId, reply -> new GroupCommand.CommitInTransaction(commit, reply)));
    }

    /**
     * Ends a transaction in one partition of {@code __consumer_offsets}; done when that is durable, also if nothing was pending.
     *
     * @param epochBumped whether the epoch is that of the producer's next transaction (KIP-890)
     */
    public CompletableFuture<Done> endTransaction(
            int partition, long producerId, short producerEpoch, boolean committed, boolean epochBumped) {
        guards.voidAll(producerId, producerEpoch, epochBumped);
        return machines.open()
                .thenCompose(all -> all.get(partition)
                        .<Done>ask(
                                reply -> new GroupCommand.EndTransaction(producerId, producerEpoch, committed, reply)));
    }

    /** The keys whose positions an open transaction may still change. Ask before {@link #fetch}, and what that gives is stable (KIP-447). */
    public CompletableFuture<Set<Key>> fetchUnstable(String groupId) {
        return askIfCreated(groupId, reply -> new GroupCommand.FetchUnstable(groupId, reply), Set.of());
    }

    private Optional<TopicId> topicId(String topic) {
        return cluster.get().topic(topic).map(ClusterView.Topic::id);
    }

    /** Forgets positions (KIP-496); per key, empty if there is none now, else GROUP_SUBSCRIBED_TO_TOPIC. */
    public CompletableFuture<Map<Key, Optional<ErrorCode>>> deleteOffsets(String groupId, List<Key> keys) {
        List<Key> distinct = List.copyOf(new LinkedHashSet<>(keys));
        return RequestLimits.refuse(groupId, distinct)
                .<CompletableFuture<Map<Key, Optional<ErrorCode>>>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> askMember(groupId, reply -> new GroupCommand.DeleteOffsets(groupId, distinct, reply)));
    }

    /** A topic was deleted: forgets, in the background, what groups have committed for it. */
    public void forgetTopic(String topic, TopicId topicId) {
        GroupCommand.ForgetTopic forget = new GroupCommand.ForgetTopic(topic, topicId);
        machines.ifCreated().ifPresent(created -> {
            // If the machines cannot be opened, what they keep is out of sight too; a namesake is told apart by its id.
            var _ = created.thenAccept(all -> all.forEach(machine -> machine.submit(forget)));
        });
    }

    /** What there is has changed: lets every machine know. */
    public void clusterChanged() {
        machines.ifCreated().ifPresent(created -> {
            // Machines that cannot be opened need not know; one that is opened later looks for itself.
            var _ = created.thenAccept(
                    all -> all.forEach(machine -> machine.submit(new GroupCommand.ClusterChanged())));
        });
    }

    // ---- administration

    /** The group of the consumer protocol; empty if there is none. */
    public CompletableFuture<Optional<ConsumerGroupDescription>> describeConsumerGroup(String groupId) {
        return askIfCreated(groupId, reply -> new GroupCommand.DescribeConsumerGroup(groupId, reply), Optional.empty());
    }

    /** The group of the classic protocol; empty if there is none. */
    public CompletableFuture<Optional<GroupDescription>> describe(String groupId) {
        return askIfCreated(groupId, reply -> new GroupCommand.Describe(groupId, reply), Optional.empty());
    }

    /** All groups, in no order. */
    public CompletableFuture<List<ListedGroup>> list() {
        return machines.ifCreated()
                .map(created -> created.thenCompose(GroupCoordinator::listAll))
                .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
    }

    private static CompletableFuture<List<ListedGroup>> listAll(List<MachineInstance<GroupCommand>> all) {
        List<CompletableFuture<List<ListedGroup>>> answers = all.stream()
                .map(machine -> machine.<List<ListedGroup>>ask(GroupCommand.ListGroups::new))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<ListedGroup> groups = new ArrayList<>();
                    answers.forEach(answer -> groups.addAll(answer.join()));
                    return groups;
                });
    }

    /** Deletes a group without members, and its offsets; fails with NON_EMPTY_GROUP or GROUP_ID_NOT_FOUND. */
    public CompletableFuture<Done> delete(String groupId) {
        return ask(groupId, reply -> new GroupCommand.DeleteGroup(groupId, reply));
    }

    // ---- finding the machine

    private <R> CompletableFuture<R> askMember(String groupId, Function<Reply<R>, GroupCommand> command) {
        return groupId.isEmpty()
                ? refuse(ErrorCode.INVALID_GROUP_ID, "a group id must not be empty: set group.id")
                : ask(groupId, command);
    }

    private <R> CompletableFuture<R> ask(String groupId, Function<Reply<R>, GroupCommand> command) {
        return RequestLimits.refuseGroupId(groupId)
                .<CompletableFuture<R>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> ask(machines.open(), groupId, command));
    }

    private <R> CompletableFuture<R> askIfCreated(
            String groupId, Function<Reply<R>, GroupCommand> command, R ifThereAreNoGroups) {
        return machines.ifCreated()
                .map(created -> ask(created, groupId, command))
                .orElseGet(() -> CompletableFuture.completedFuture(ifThereAreNoGroups));
    }

    private static <R> CompletableFuture<R> ask(
            CompletableFuture<List<MachineInstance<GroupCommand>>> opened,
            String groupId,
            Function<Reply<R>, GroupCommand> command) {
        return opened.thenCompose(
                all -> all.get(partitionOf(groupId, all.size())).<R>ask(command));
    }

    private static <R> CompletableFuture<R> refuse(ErrorCode code, String message) {
        return CompletableFuture.failedFuture(new MillraceException(code, message));
    }
}
