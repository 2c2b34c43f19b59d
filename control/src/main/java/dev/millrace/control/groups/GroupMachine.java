package dev.millrace.control.groups;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.Done;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.RecordKind;
import dev.millrace.control.groups.api.TransactionalCommit;
import dev.millrace.control.groups.classic.ClassicGroups;
import dev.millrace.control.groups.offsets.CommittedOffsets;
import dev.millrace.control.groups.offsets.PendingOffsets;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import dev.millrace.control.port.GroupOffsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
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
    private final CommittedOffsets offsets;
    private final PendingOffsets pending;
    private boolean expiryArmed;

    /** @param memberIds random; no two alike */
    GroupMachine(GroupSettings settings, Supplier<UUID> memberIds) {
        this.settings = settings;
        this.classic = new ClassicGroups(settings, memberIds);
        this.offsets = new CommittedOffsets(settings);
        this.pending = new PendingOffsets(settings);
    }

    @Override
    public void handle(GroupCommand command, Turn<GroupCommand> turn) {
        switch (command) {
            case GroupCommand.Join join -> classic.join(join.request(), join.reply(), turn);
            case GroupCommand.Sync sync -> classic.sync(sync.request(), sync.reply(), turn);
            case GroupCommand.Heartbeat heartbeat -> classic.heartbeat(heartbeat.request(), heartbeat.reply(), turn);
            case GroupCommand.Leave leave -> classic.leave(leave.request(), leave.reply(), turn);
            case GroupCommand.Commit commit -> commit(commit, turn);
            case GroupCommand.Fetch fetch -> turn.answer(fetch.reply(), offsets.fetch(fetch.groupId(), fetch.keys()));
            case GroupCommand.FetchAll fetch -> turn.answer(fetch.reply(), offsets.fetchAll(fetch.groupId()));
            case GroupCommand.CommitInTransaction commit -> commitInTransaction(commit, turn);
            case GroupCommand.EndTransaction end -> {
                pending.end(end.producerId(), end.producerEpoch(), end.committed(), turn);
                turn.answer(end.reply(), Done.DONE);
            }
            case GroupCommand.FetchUnstable fetch -> turn.answer(fetch.reply(), pending.keysOf(fetch.groupId()));
            case GroupCommand.DeleteOffsets delete -> deleteOffsets(delete, turn);
            case GroupCommand.Describe describe -> turn.answer(describe.reply(), classic.describe(describe.groupId()));
            case GroupCommand.ListGroups list -> turn.answer(list.reply(), classic.list());
            case GroupCommand.DeleteGroup delete -> deleteGroup(delete, turn);
            case GroupCommand.ForgetTopic forget -> forgetTopic(forget, turn);
            case GroupCommand.JoinPhaseEnded ended -> classic.onJoinPhaseEnded(ended.groupId(), turn);
            case GroupCommand.SyncPhaseEnded ended ->
                classic.onSyncPhaseEnded(ended.groupId(), ended.generation(), turn);
            case GroupCommand.CheckSessions check -> classic.checkSessions(check.groupId(), turn);
            case GroupCommand.ExpireOffsets expire -> expireOffsets(turn);
        }
        armExpiry(turn);
    }

    private void commit(GroupCommand.Commit command, Turn<GroupCommand> turn) {
        CommitRequest request = command.request();
        Optional<MillraceException> refusal = classic.admitCommit(request.committer(), turn);
        if (refusal.isPresent()) {
            turn.fail(command.reply(), refusal.get());
        } else {
            turn.answer(command.reply(), offsets.commit(request, turn));
            request.commits()
                    .keySet()
                    .forEach(key -> pending.forget(request.committer().groupId(), key, turn));
        }
    }

    private void commitInTransaction(GroupCommand.CommitInTransaction command, Turn<GroupCommand> turn) {
        TransactionalCommit commit = command.commit();
        Optional<MillraceException> refusal = commit.guard().refusal();
        if (refusal.isEmpty()) {
            refusal = classic.admitTransactionalCommit(commit.request().committer(), turn);
        }
        if (refusal.isPresent()) {
            turn.fail(command.reply(), refusal.get());
        } else {
            turn.answer(command.reply(), pending.commit(commit, turn));
        }
    }

    private void deleteOffsets(GroupCommand.DeleteOffsets command, Turn<GroupCommand> turn) {
        Optional<MillraceException> refusal = classic.admitDeleteOffsets(command.groupId());
        if (refusal.isPresent()) {
            turn.fail(command.reply(), refusal.get());
            return;
        }
        Map<GroupOffsets.Key, Optional<ErrorCode>> answers = new LinkedHashMap<>();
        for (GroupOffsets.Key key : command.keys()) {
            if (classic.isSubscribedTo(command.groupId(), key.topic())) {
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
        Optional<MillraceException> refusal = classic.admitDelete(groupId);
        if (refusal.isPresent()) {
            turn.fail(delete.reply(), refusal.get());
        } else if (offsets.deleteAll(groupId, SWEEP_LIMIT, turn) & pending.forgetAll(groupId, SWEEP_LIMIT, turn)) {
            classic.delete(groupId, turn);
            turn.answer(delete.reply(), Done.DONE);
        } else {
            turn.timer("delete " + groupId, 0, delete);
        }
    }

    private void forgetTopic(GroupCommand.ForgetTopic forget, Turn<GroupCommand> turn) {
        if (offsets.forgetTopic(forget.topic(), forget.topicId(), SWEEP_LIMIT, turn) == SWEEP_LIMIT
                | pending.forgetTopic(forget.topic(), forget.topicId(), SWEEP_LIMIT, turn) == SWEEP_LIMIT) {
            turn.timer("forget " + forget.topicId(), 0, forget);
        }
    }

    private void expireOffsets(Turn<GroupCommand> turn) {
        expiryArmed = false;
        int room = SWEEP_LIMIT;
        for (String groupId : List.copyOf(classic.groupIds())) {
            if (pending.isPending(groupId)) {
                continue;
            }
            CommittedOffsets.Expired expired = offsets.expire(
                    groupId, classic.offsetAge(groupId), topic -> classic.isSubscribedTo(groupId, topic), room, turn);
            room -= expired.count();
            if (room <= 0) {
                turn.timer(EXPIRY_TIMER, 0, new GroupCommand.ExpireOffsets());
                expiryArmed = true;
                return;
            }
            if (expired.nothingLeft() && classic.isEmpty(groupId)) {
                classic.delete(groupId, turn);
                room--;
            }
        }
    }

    /** Without groups there is nothing to look after. */
    private void armExpiry(Turn<GroupCommand> turn) {
        if (!expiryArmed && !classic.groupIds().isEmpty()) {
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
        }
    }

    @Override
    public void snapshot(Consumer<MachineRecord> out) {
        classic.snapshot(out);
        offsets.snapshot(out);
        pending.snapshot(out);
    }

    @Override
    public void onLeading(Turn<GroupCommand> turn) {
        classic.onLeading(turn);
        armExpiry(turn);
    }
}
