package dev.millrace.control.groups;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ClassicMembership;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.api.Done;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.ListedGroup;
import dev.millrace.control.groups.api.OffsetAge;
import dev.millrace.control.groups.api.OffsetReader;
import dev.millrace.control.groups.api.RecordKind;
import dev.millrace.control.groups.api.TransactionalCommit;
import dev.millrace.control.groups.classic.ClassicGroups;
import dev.millrace.control.groups.consumer.ConsumerGroups;
import dev.millrace.control.groups.offsets.CommittedOffsets;
import dev.millrace.control.groups.offsets.PendingOffsets;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Reply;
import dev.millrace.control.machine.Turn;
import dev.millrace.control.port.GroupOffsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The groups of one partition of {@code __consumer_offsets}.
 *
 * <p>Hard state: that a group exists, its last generation with members and assignment, its offsets. Soft state: sessions, and
 * a rebalance from its beginning to the moment the leader assigns. After a restart a group is back in its last assigned generation.
 *
 * <p>Which type a group is of decides who handles it; offsets, expiry, listing and deletion are common to all types.
 */
final class GroupMachine implements Machine<GroupCommand> {

    /** One turn is one batch: a sweep that has more to forget goes on in the next turn. */
    static final int SWEEP_LIMIT = 1_000;

    private static final String EXPIRY_TIMER = "expire offsets";

    private final GroupSettings settings;
    private final ClassicGroups classic;
    private final ConsumerGroups consumer;
    private final CommittedOffsets offsets;
    private final PendingOffsets pending;
    private final Supplier<ClusterView> cluster;
    private boolean expiryArmed;
    private long deletionsCount;

    /**
     * No groups yet.
     *
     * @param memberIds random; no two alike
     * @param cluster what there is now: read when the machine begins to lead, and at each {@link GroupCommand.ClusterChanged}, never in replaying
     */
    GroupMachine(GroupSettings settings, Supplier<UUID> memberIds, Supplier<ClusterView> cluster) {
        this.settings = settings;
        this.cluster = cluster;
        this.consumer = new ConsumerGroups(settings.consumer(), cluster.get(), memberIds);
        this.classic = new ClassicGroups(settings, memberIds);
        this.offsets = new CommittedOffsets(settings);
        this.pending = new PendingOffsets(settings);
    }

    @Override
    public void handle(GroupCommand command, Turn<GroupCommand> turn) {
        switch (command) {
            case GroupCommand.Join join -> join(join, turn);
            case GroupCommand.Sync sync -> sync(sync, turn);
            case GroupCommand.Heartbeat heartbeat -> heartbeat(heartbeat, turn);
            case GroupCommand.Leave leave -> leave(leave, turn);
            case GroupCommand.ConsumerHeartbeat beat -> consumerHeartbeat(beat, turn);
            case GroupCommand.Commit commit -> commit(commit, turn);
            case GroupCommand.Fetch fetch ->
                read(fetch.reader(), fetch.reply(), turn, groupId -> offsets.fetch(groupId, fetch.keys()));
            case GroupCommand.FetchAll fetch -> read(fetch.reader(), fetch.reply(), turn, offsets::fetchAll);
            case GroupCommand.CommitInTransaction commit -> commitInTransaction(commit, turn);
            case GroupCommand.EndTransaction end -> {
                pending.end(end.producerId(), end.producerEpoch(), end.committed(), turn);
                turn.answer(end.reply(), Done.DONE);
            }
            case GroupCommand.FetchUnstable fetch -> turn.answer(fetch.reply(), pending.keysOf(fetch.groupId()));
            case GroupCommand.DeleteOffsets delete -> deleteOffsets(delete, turn);
            case GroupCommand.Describe describe -> turn.answer(describe.reply(), classic.describe(describe.groupId()));
            case GroupCommand.DescribeConsumerGroup describe ->
                turn.answer(describe.reply(), consumer.describe(describe.groupId()));
            case GroupCommand.ListGroups list -> turn.answer(list.reply(), list());
            case GroupCommand.ClusterChanged changed -> consumer.clusterChanged(cluster.get());
            case GroupCommand.DeleteGroup delete -> deleteGroup(delete, turn);
            case GroupCommand.ForgetTopic forget -> forgetTopic(forget, turn);
            case GroupCommand.JoinPhaseEnded ended -> classic.onJoinPhaseEnded(ended.groupId(), turn);
            case GroupCommand.SyncPhaseEnded ended ->
                classic.onSyncPhaseEnded(ended.groupId(), ended.generation(), turn);
            case GroupCommand.CheckSessions check -> classic.checkSessions(check.groupId(), turn);
            case GroupCommand.Downgrade downgrade -> downgrade(downgrade.groupId(), turn);
            case GroupCommand.CheckDeadlines check -> consumer.checkDeadlines(check.groupId(), turn);
            case GroupCommand.ExpireOffsets expire -> expireOffsets(turn);
        }
        armExpiry(turn);
    }

    private void join(GroupCommand.Join join, Turn<GroupCommand> turn) {
        String groupId = join.request().groupId();
        if (consumer.has(groupId) && !consumer.isEmpty(groupId)) {
            consumer.join(join.request(), join.reply(), turn);
            return;
        }
        if (consumer.has(groupId)) {
            consumer.delete(groupId, turn);
        }
        classic.join(join.request(), join.reply(), turn);
    }

    private void sync(GroupCommand.Sync sync, Turn<GroupCommand> turn) {
        if (consumer.has(sync.request().groupId())) {
            consumer.sync(sync.request(), sync.reply(), turn);
        } else {
            classic.sync(sync.request(), sync.reply(), turn);
        }
    }

    private void heartbeat(GroupCommand.Heartbeat heartbeat, Turn<GroupCommand> turn) {
        if (consumer.has(heartbeat.request().groupId())) {
            consumer.heartbeat(heartbeat.request(), heartbeat.reply(), turn);
        } else {
            classic.heartbeat(heartbeat.request(), heartbeat.reply(), turn);
        }
    }

    private void leave(GroupCommand.Leave leave, Turn<GroupCommand> turn) {
        if (consumer.has(leave.request().groupId())) {
            consumer.leave(leave.request(), leave.reply(), turn);
        } else {
            classic.leave(leave.request(), leave.reply(), turn);
        }
    }

    /** The first member of the consumer protocol makes a classic group of consumers a consumer group, with all that its members have. */
    private void consumerHeartbeat(GroupCommand.ConsumerHeartbeat beat, Turn<GroupCommand> turn) {
        String groupId = beat.request().groupId();
        if (!classic.has(groupId)) {
            consumer.heartbeat(beat.request(), beat.reply(), turn);
            return;
        }
        try {
            boolean joins = beat.request().memberEpoch() == ConsumerHeartbeatRequest.JOIN_EPOCH;
            if (joins && classic.isEmpty(groupId)) {
                classic.delete(groupId, turn);
                consumer.heartbeat(beat.request(), beat.reply(), turn);
                return;
            }
            ClassicMembership members = classic.membership(groupId)
                    .filter(membership ->
                            joins && consumer.mayUpgrade(membership.members().size()))
                    .orElseThrow(() -> notAConsumerGroup(groupId));
            consumer.upgrade(members, turn);
            classic.handOver(groupId, turn);
            // The member joins what the group is then.
            turn.timer("upgrade " + groupId, 0, beat);
        } catch (MillraceException refusal) {
            turn.fail(beat.reply(), refusal);
        }
    }

    private static MillraceException notAConsumerGroup(String groupId) {
        return new MillraceException(ErrorCode.GROUP_ID_NOT_FOUND, "Group " + groupId + " is not a consumer group.");
    }

    private void downgrade(String groupId, Turn<GroupCommand> turn) {
        consumer.downgrade(groupId, settings.maxSize(), turn)
                .ifPresent(membership -> classic.takeOver(membership, turn));
    }

    private List<ListedGroup> list() {
        List<ListedGroup> all = new ArrayList<>(classic.list());
        all.addAll(consumer.list());
        return all;
    }

    private void read(
            OffsetReader reader,
            Reply<Map<GroupOffsets.Key, CommitRequest.Commit>> reply,
            Turn<GroupCommand> turn,
            Function<String, Map<GroupOffsets.Key, CommitRequest.Commit>> offsetsOf) {
        Optional<MillraceException> refusal =
                consumer.has(reader.groupId()) ? consumer.admitRead(reader) : Optional.empty();
        if (refusal.isPresent()) {
            turn.fail(reply, refusal.get());
        } else {
            turn.answer(reply, offsetsOf.apply(reader.groupId()));
        }
    }

    private Optional<MillraceException> admitCommit(CommitRequest request, Turn<GroupCommand> turn) {
        return consumer.has(request.committer().groupId())
                ? consumer.admitCommit(request)
                : classic.admitCommit(request.committer(), turn);
    }

    private void commit(GroupCommand.Commit command, Turn<GroupCommand> turn) {
        CommitRequest request = command.request();
        Optional<MillraceException> refusal = admitCommit(request, turn);
        if (refusal.isPresent()) {
            turn.fail(command.reply(), refusal.get());
        } else {
            Map<GroupOffsets.Key, Optional<ErrorCode>> outcomes = offsets.commit(request, turn);
            turn.answer(command.reply(), outcomes);
            // What was refused takes nothing's place.
            outcomes.forEach((key, outcome) -> {
                if (outcome.isEmpty()) {
                    pending.forget(request.committer().groupId(), key, turn);
                }
            });
        }
    }

    private void commitInTransaction(GroupCommand.CommitInTransaction command, Turn<GroupCommand> turn) {
        TransactionalCommit commit = command.commit();
        Optional<MillraceException> refusal = commit.guard().refusal();
        if (refusal.isEmpty()) {
            refusal = admitTransactionalCommit(commit.request(), turn);
        }
        if (refusal.isPresent()) {
            turn.fail(command.reply(), refusal.get());
        } else {
            turn.answer(command.reply(), pending.commit(commit, turn));
        }
    }

    private Optional<MillraceException> admitTransactionalCommit(CommitRequest request, Turn<GroupCommand> turn) {
        return consumer.has(request.committer().groupId())
                ? consumer.admitTransactionalCommit(request)
                : classic.admitTransactionalCommit(request.committer(), turn);
    }

    private void deleteOffsets(GroupCommand.DeleteOffsets command, Turn<GroupCommand> turn) {
        Optional<MillraceException> refusal =
                consumer.has(command.groupId()) ? Optional.empty() : classic.admitDeleteOffsets(command.groupId());
        if (refusal.isPresent()) {
            turn.fail(command.reply(), refusal.get());
            return;
        }
        Map<GroupOffsets.Key, Optional<ErrorCode>> answers = new LinkedHashMap<>();
        for (GroupOffsets.Key key : command.keys()) {
            if (isSubscribedTo(command.groupId(), key.topic())) {
                answers.put(key, Optional.of(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC));
            } else {
                offsets.delete(command.groupId(), key, turn);
                pending.forget(command.groupId(), key, turn);
                answers.put(key, Optional.empty());
            }
        }
        turn.answer(command.reply(), answers);
    }

    private void deleteGroup(GroupCommand.DeleteGroup delete, Turn<GroupCommand> turn) {
        String groupId = delete.groupId();
        Optional<MillraceException> refusal =
                consumer.has(groupId) ? consumer.admitDelete(groupId) : classic.admitDelete(groupId);
        if (refusal.isPresent()) {
            turn.fail(delete.reply(), refusal.get());
            return;
        }
        boolean offsetsGone = offsets.deleteAll(groupId, SWEEP_LIMIT, turn);
        boolean pendingGone = pending.forgetAll(groupId, SWEEP_LIMIT, turn);
        if (offsetsGone && pendingGone) {
            deleteEmpty(groupId, turn);
            turn.answer(delete.reply(), Done.DONE);
        } else {
            // Each deletion has a timer of its own: each is answered.
            turn.timer("delete " + groupId + " " + deletionsCount++, 0, delete);
        }
    }

    private void deleteEmpty(String groupId, Turn<GroupCommand> turn) {
        if (consumer.has(groupId)) {
            consumer.delete(groupId, turn);
        } else {
            classic.delete(groupId, turn);
        }
    }

    private boolean isSubscribedTo(String groupId, String topic) {
        return classic.isSubscribedTo(groupId, topic) || consumer.isSubscribedTo(groupId, topic);
    }

    private List<String> groupIds() {
        List<String> all = new ArrayList<>(classic.groupIds());
        all.addAll(consumer.groupIds());
        return all;
    }

    private void forgetTopic(GroupCommand.ForgetTopic forget, Turn<GroupCommand> turn) {
        int offsetsCount = offsets.forgetTopic(forget.topic(), forget.topicId(), SWEEP_LIMIT, turn);
        int pendingCount = pending.forgetTopic(forget.topic(), forget.topicId(), SWEEP_LIMIT, turn);
        if (offsetsCount == SWEEP_LIMIT || pendingCount == SWEEP_LIMIT) {
            turn.timer("forget " + forget.topicId(), 0, forget);
        }
    }

    private void expireOffsets(Turn<GroupCommand> turn) {
        expiryArmed = false;
        int room = SWEEP_LIMIT;
        for (String groupId : groupIds()) {
            if (pending.isPending(groupId)) {
                continue;
            }
            OffsetAge age = consumer.has(groupId) ? consumer.offsetAge() : classic.offsetAge(groupId);
            CommittedOffsets.Expired expired =
                    offsets.expire(groupId, age, topic -> isSubscribedTo(groupId, topic), room, turn);
            room -= expired.count();
            if (room <= 0) {
                turn.timer(EXPIRY_TIMER, 0, new GroupCommand.ExpireOffsets());
                expiryArmed = true;
                return;
            }
            if (expired.nothingLeft() && classic.isEmpty(groupId) && consumer.isEmpty(groupId)) {
                deleteEmpty(groupId, turn);
                room--;
            }
        }
    }

    /** Without groups there is nothing to look after. */
    private void armExpiry(Turn<GroupCommand> turn) {
        if (!expiryArmed
                && !(classic.groupIds().isEmpty() && consumer.groupIds().isEmpty())) {
            turn.timer(EXPIRY_TIMER, settings.offsetsRetentionCheckIntervalMs(), new GroupCommand.ExpireOffsets());
            expiryArmed = true;
        }
    }

    @Override
    public void replay(MachineRecord fact) {
        switch (RecordKind.of(fact.key())) {
            case CLASSIC_GROUP -> classic.replay(fact);
            case CLASSIC_GENERATION -> classic.replayGeneration(fact);
            case COMMITTED_OFFSET -> offsets.replay(fact);
            case PENDING_OFFSET -> pending.replay(fact);
            case CONSUMER_GROUP, CONSUMER_MEMBER, CONSUMER_TARGET, CONSUMER_PROGRESS -> consumer.replay(fact);
        }
    }

    @Override
    public void snapshot(Consumer<MachineRecord> out) {
        classic.snapshot(out);
        consumer.snapshot(out);
        offsets.snapshot(out);
        pending.snapshot(out);
    }

    @Override
    public void onLeading(Turn<GroupCommand> turn) {
        classic.onLeading(turn);
        consumer.clusterChanged(cluster.get());
        consumer.onLeading(turn);
        armExpiry(turn);
    }
}
