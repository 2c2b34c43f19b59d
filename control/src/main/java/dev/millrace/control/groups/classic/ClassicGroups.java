package dev.millrace.control.groups.classic;

import static dev.millrace.control.groups.api.GroupState.COMPLETING_REBALANCE;
import static dev.millrace.control.groups.api.GroupState.EMPTY;
import static dev.millrace.control.groups.api.GroupState.PREPARING_REBALANCE;
import static dev.millrace.control.groups.api.GroupState.STABLE;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ClassicMembership;
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
import dev.millrace.control.groups.api.OffsetAge;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Reply;
import dev.millrace.control.machine.Turn;
import dev.millrace.control.port.GroupOffsets.Committer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All classic groups of one machine: finds the group that a command is about, and passes it on. Not thread-safe.
 *
 * <p>A group exists from the first join or commit until it is deleted, or is empty and its last offset has expired. That it exists
 * is always on record; who is in it, from the moment the leader has assigned.
 */
public final class ClassicGroups {

    private final Map<String, ClassicGroup> groups = new LinkedHashMap<>();
    private final ClassicLog facts = new ClassicLog();
    private final int maxSize;
    private final Rebalance rebalance;
    private final Joining joining;
    private final Leaving leaving;

    /**
     * No groups yet.
     *
     * @param memberIds random; no two alike
     */
    public ClassicGroups(GroupSettings settings, Supplier<UUID> memberIds) {
        this.maxSize = settings.maxSize();
        this.rebalance = new Rebalance(settings.initialRebalanceDelayMs(), facts);
        this.joining = new Joining(settings.maxSize(), memberIds, rebalance, facts);
        this.leaving = new Leaving(rebalance);
    }

    public void join(JoinRequest request, Reply<JoinAnswer> reply, Turn<GroupCommand> turn) {
        if (!request.memberId().isEmpty() && !groups.containsKey(request.groupId())) {
            turn.fail(reply, Refusals.of(ErrorCode.UNKNOWN_MEMBER_ID, request.groupId(), request.memberId()));
        } else {
            joining.join(create(request.groupId(), turn), request, reply, turn);
        }
    }

    public void sync(SyncRequest request, Reply<SyncAnswer> reply, Turn<GroupCommand> turn) {
        Optional<ClassicGroup> found = find(request.groupId());
        Optional<MillraceException> refusal = found.isEmpty()
                ? Optional.of(Refusals.of(ErrorCode.UNKNOWN_MEMBER_ID, request.groupId(), request.memberId()))
                : refusal(found.get(), request);
        if (refusal.isPresent()) {
            turn.fail(reply, refusal.get());
            return;
        }
        ClassicGroup group = found.orElseThrow();
        ClassicMember member = group.member(request.memberId()).orElseThrow();
        rebalance.onSynced(group, request.memberId(), turn);
        if (group.is(STABLE)) {
            turn.answer(reply, synced(group, member));
            return;
        }
        member.takeParkedSync().ifPresent(earlier -> turn.fail(earlier, Refusals.rebalanceInProgress(group)));
        member.parkSync(reply);
        if (group.isLeader(request.memberId())) {
            group.stable(request.assignments(), turn.wallMs());
            facts.record(group, turn);
            for (ClassicMember each : group.members()) {
                each.takeParkedSync().ifPresent(parked -> {
                    turn.answer(parked, synced(group, each));
                    Sessions.extend(group, each, turn);
                });
            }
        }
    }

    private static Optional<MillraceException> refusal(ClassicGroup group, SyncRequest request) {
        Optional<ErrorCode> refusal = group.refusal(request.memberId(), request.instanceId());
        if (refusal.isPresent()) {
            return refusal.map(code -> Refusals.of(code, request.groupId(), request.memberId()));
        }
        if (request.generation() != group.generation()) {
            return Optional.of(Refusals.illegalGeneration(group, request.generation()));
        }
        if (differ(request.protocolType(), group.protocolType())
                || differ(request.protocolName(), group.protocolName())) {
            return Optional.of(Refusals.inconsistentProtocol(group));
        }
        if (group.is(PREPARING_REBALANCE)) {
            return Optional.of(Refusals.rebalanceInProgress(group));
        }
        long assignedBytes = request.assignments().values().stream()
                .mapToLong(assignment -> assignment.length)
                .sum();
        return ClassicLog.fits(group, assignedBytes) ? Optional.empty() : Optional.of(Refusals.tooLarge(group));
    }

    private static boolean differ(Optional<String> said, Optional<String> known) {
        return said.isPresent() && known.isPresent() && !said.equals(known);
    }

    private static SyncAnswer synced(ClassicGroup group, ClassicMember member) {
        return new SyncAnswer(group.protocolType(), group.protocolName(), member.assignment());
    }

    public void heartbeat(HeartbeatRequest request, Reply<Done> reply, Turn<GroupCommand> turn) {
        Optional<ClassicGroup> found = find(request.groupId());
        Optional<ErrorCode> refusal = found.isEmpty()
                ? Optional.of(ErrorCode.UNKNOWN_MEMBER_ID)
                : found.get().refusal(request.memberId(), request.instanceId());
        if (refusal.isPresent()) {
            turn.fail(reply, Refusals.of(refusal.get(), request.groupId(), request.memberId()));
            return;
        }
        ClassicGroup group = found.orElseThrow();
        if (request.generation() != group.generation()) {
            turn.fail(reply, Refusals.illegalGeneration(group, request.generation()));
            return;
        }
        Sessions.extend(group, group.member(request.memberId()).orElseThrow(), turn);
        if (group.is(PREPARING_REBALANCE)) {
            turn.fail(reply, Refusals.rebalanceInProgress(group));
        } else {
            turn.answer(reply, Done.DONE);
        }
    }

    public void leave(LeaveRequest request, Reply<LeaveAnswer> reply, Turn<GroupCommand> turn) {
        Optional<ClassicGroup> group = find(request.groupId());
        if (group.isPresent()) {
            turn.answer(reply, leaving.leave(group.get(), request, turn));
        } else {
            turn.answer(reply, Leaving.nobody(request));
        }
    }

    /**
     * Whether {@code committer} may commit now. A commit by a member is a sign of life; one by nobody in particular makes the group, if there
     * is none, and is let through while it has no members.
     *
     * @return why not; empty if it may
     */
    public Optional<MillraceException> admitCommit(Committer committer, Turn<GroupCommand> turn) {
        Optional<ClassicGroup> found = find(committer.groupId());
        if (found.isEmpty() && committer.generation() >= 0) {
            return Optional.of(Refusals.groupNotFound(committer.groupId()));
        }
        ClassicGroup group = create(committer.groupId(), turn);
        if (committer.generation() < 0 && group.is(EMPTY)) {
            return Optional.empty();
        }
        Optional<ErrorCode> refusal = group.refusal(committer.memberId(), committer.instanceId());
        if (refusal.isPresent()) {
            return refusal.map(code -> Refusals.of(code, committer.groupId(), committer.memberId()));
        }
        if (committer.generation() != group.generation()) {
            return Optional.of(Refusals.illegalGeneration(group, committer.generation()));
        }
        if (group.is(COMPLETING_REBALANCE)) {
            // The member has joined the new generation, and what it read it read in the old one.
            return Optional.of(Refusals.rebalanceInProgress(group));
        }
        Sessions.extend(group, group.member(committer.memberId()).orElseThrow(), turn);
        return Optional.empty();
    }

    /**
     * Whether {@code committer} may commit as part of a transaction (KIP-447). Unlike {@link #admitCommit} it lets those through who do not say
     * who they are, and members that have joined a new generation: what they read is fenced by the transaction.
     *
     * @return why not; empty if it may
     */
    public Optional<MillraceException> admitTransactionalCommit(Committer committer, Turn<GroupCommand> turn) {
        Optional<ClassicGroup> found = find(committer.groupId());
        if (found.isEmpty() && committer.generation() >= 0) {
            return Optional.of(Refusals.of(ErrorCode.ILLEGAL_GENERATION, committer.groupId(), committer.memberId()));
        }
        ClassicGroup group = create(committer.groupId(), turn);
        boolean nobody = committer.generation() < 0
                && committer.memberId().isEmpty()
                && committer.instanceId().isEmpty();
        if (nobody || (committer.generation() < 0 && group.is(EMPTY))) {
            return Optional.empty();
        }
        Optional<ErrorCode> refusal = group.refusal(committer.memberId(), committer.instanceId());
        if (refusal.isPresent()) {
            return refusal.map(code -> Refusals.of(code, committer.groupId(), committer.memberId()));
        }
        if (committer.generation() != group.generation()) {
            return Optional.of(Refusals.illegalGeneration(group, committer.generation()));
        }
        return Optional.empty();
    }

    /** Whether offsets may be deleted under the eyes of the members; {@link #isSubscribedTo} says which may not. */
    public Optional<MillraceException> admitDeleteOffsets(String groupId) {
        Optional<ClassicGroup> group = find(groupId);
        if (group.isEmpty()) {
            return Optional.of(Refusals.groupNotFound(groupId));
        }
        return group.get().is(EMPTY) || group.get().speaksConsumerProtocol()
                ? Optional.empty()
                : Optional.of(Refusals.notEmpty(groupId));
    }

    /** Whether the group may be deleted now. */
    public Optional<MillraceException> admitDelete(String groupId) {
        Optional<ClassicGroup> group = find(groupId);
        if (group.isEmpty()) {
            return Optional.of(Refusals.groupNotFound(groupId));
        }
        return group.get().is(EMPTY) ? Optional.empty() : Optional.of(Refusals.notEmpty(groupId));
    }

    /** The group as another protocol can take it over; empty if its members are no consumers. */
    public Optional<ClassicMembership> membership(String groupId) {
        return find(groupId)
                .filter(ClassicGroup::speaksConsumerProtocol)
                .map(group -> new ClassicMembership(
                        groupId,
                        group.generation(),
                        group.protocolName(),
                        group.members().stream().map(ClassicMember::membership).toList()));
    }

    /** Gives the group up to another protocol: who waits for an answer is told to join again. */
    public void handOver(String groupId, Turn<GroupCommand> turn) {
        ClassicGroup group = find(groupId).orElseThrow();
        for (ClassicMember member : group.members()) {
            member.takeParkedJoin().ifPresent(parked -> turn.fail(parked, Refusals.rebalanceInProgress(group)));
            member.takeParkedSync().ifPresent(parked -> turn.fail(parked, Refusals.rebalanceInProgress(group)));
        }
        delete(groupId, turn);
    }

    /** Takes a group over from another protocol; its members are told to join again. */
    public void takeOver(ClassicMembership membership, Turn<GroupCommand> turn) {
        String groupId = membership.groupId();
        ClassicMetadata metadata = new ClassicMetadata(
                membership.generation(),
                Optional.of(ConsumerSubscription.PROTOCOL_TYPE),
                membership.protocolName(),
                membership.members().stream().findFirst().map(ClassicMembership.Member::memberId),
                turn.wallMs(),
                membership.members().stream().map(ClassicMetadata.Member::of).toList());
        // As if the next generation had been given out: a coordinator that takes over now lets the members join again
        // too.
        int lastGeneration = membership.generation() + 1;
        ClassicGroup group = ClassicGroup.restored(groupId, metadata, lastGeneration);
        groups.put(groupId, group);
        facts.record(group, turn);
        facts.recordGeneration(groupId, lastGeneration, turn);
        group.members().forEach(member -> Sessions.extend(group, member, turn));
        rebalance.prepare(group, "its last member of the consumer protocol has gone", turn);
    }

    /** Removes an empty group. */
    public void delete(String groupId, Turn<GroupCommand> turn) {
        ClassicGroup group = find(groupId).orElseThrow();
        groups.remove(groupId);
        rebalance.forget(group, turn);
        Sessions.forget(group, turn);
        facts.recordRemoval(groupId, turn);
    }

    /** Whether members of the group read the topic; false if there is no such group. */
    public boolean isSubscribedTo(String groupId, String topic) {
        return find(groupId).map(group -> group.isSubscribedTo(topic)).orElse(false);
    }

    public boolean has(String groupId) {
        return groups.containsKey(groupId);
    }

    public boolean isEmpty(String groupId) {
        return find(groupId).map(group -> group.is(EMPTY)).orElse(true);
    }

    /** From when on the group's offsets age (KIP-211). Those of topics that a member reads do not expire at all. */
    public OffsetAge offsetAge(String groupId) {
        Optional<ClassicGroup> found = find(groupId);
        if (found.isEmpty() || found.get().protocolType().isEmpty()) {
            return new OffsetAge.SinceCommit();
        }
        ClassicGroup group = found.get();
        if (group.is(EMPTY)) {
            return new OffsetAge.SinceMs(group.stateSinceMs());
        }
        return group.is(STABLE) && group.knowsSubscribedTopics() ? new OffsetAge.SinceCommit() : new OffsetAge.Never();
    }

    public Optional<GroupDescription> describe(String groupId) {
        return find(groupId).map(ClassicGroup::describe);
    }

    public List<ListedGroup> list() {
        return groups.values().stream().map(ClassicGroup::listed).toList();
    }

    public Collection<String> groupIds() {
        return groups.keySet();
    }

    public void onJoinPhaseEnded(String groupId, Turn<GroupCommand> turn) {
        find(groupId).ifPresent(group -> rebalance.onJoinPhaseEnded(group, turn));
    }

    public void onSyncPhaseEnded(String groupId, int generation, Turn<GroupCommand> turn) {
        find(groupId).ifPresent(group -> rebalance.onSyncPhaseEnded(group, generation, turn));
    }

    public void checkSessions(String groupId, Turn<GroupCommand> turn) {
        find(groupId).ifPresent(group -> leaving.removeExpired(group, turn));
    }

    public void replay(MachineRecord fact) {
        facts.replay(fact);
    }

    public void replayGeneration(MachineRecord fact) {
        facts.replayGeneration(fact);
    }

    public void snapshot(Consumer<MachineRecord> out) {
        facts.snapshot(out);
    }

    /** Brings the groups on record to life: every member gets a fresh session, and a rebalance that was under way begins anew. */
    public void onLeading(Turn<GroupCommand> turn) {
        facts.forEach((groupId, metadata) -> {
            ClassicGroup group = ClassicGroup.restored(groupId, metadata, facts.lastGeneration(groupId));
            groups.put(groupId, group);
            group.members().forEach(member -> Sessions.extend(group, member, turn));
            if (group.membersCount() > maxSize) {
                rebalance.prepare(group, "it has more members than group.max.size now allows", turn);
            } else if (group.membersCount() > 0 && group.generation() < facts.lastGeneration(groupId)) {
                // Some members may be in the later generation already: nobody goes back.
                rebalance.prepare(group, "its coordinator was restarted during a rebalance", turn);
            }
        });
    }

    private Optional<ClassicGroup> find(String groupId) {
        return Optional.ofNullable(groups.get(groupId));
    }

    private ClassicGroup create(String groupId, Turn<GroupCommand> turn) {
        ClassicGroup existing = groups.get(groupId);
        if (existing != null) {
            return existing;
        }
        ClassicGroup created = new ClassicGroup(groupId, turn.wallMs());
        groups.put(groupId, created);
        facts.record(created, turn);
        return created;
    }
}
