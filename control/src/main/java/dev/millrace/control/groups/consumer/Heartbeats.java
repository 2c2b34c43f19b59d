package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.ConsumerHeartbeatAnswer;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.api.ConsumerSettings;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.consumer.Deadlines.Duty;
import dev.millrace.control.machine.Turn;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * ConsumerGroupHeartbeat of a member that joins or stays. Throws what a refused member is told, before anything has changed.
 *
 * <p>A member that comes with epoch 0 and is known joins again: it says that it owns nothing. A static one (KIP-345) takes the place of the one that
 * had its instance id, if that one has gone with epoch -2 or spoke the classic protocol.
 */
final class Heartbeats {

    private final Advance advance;

    Heartbeats(Advance advance) {
        this.advance = advance;
    }

    /**
     * Handles one.
     *
     * @param allMembersCount of all groups of the machine; see {@link Pace}
     */
    ConsumerHeartbeatAnswer beat(
            ConsumerGroup group,
            SoftState soft,
            ConsumerHeartbeatRequest request,
            int allMembersCount,
            Turn<GroupCommand> turn) {
        GroupDraft draft = new GroupDraft(group);
        ConsumerSettings settings = advance.settings(group.groupId());
        boolean isNew = group.member(request.memberId()).isEmpty();
        if (isNew && group.members().size() >= settings.maxSize()) {
            throw Refusals.full(settings.maxSize());
        }
        Optional<MemberMetadata> before = admit(draft, soft, request);
        MemberMetadata member = said(before, request);
        String memberId = member.memberId();
        Progress was = draft.progress(memberId);
        advance.update(draft, soft, before, member);
        advance.assign(draft, soft, turn);
        Progress progress = advance.step(draft, memberId, request.ownedPartitions());
        draft.record(turn);

        Advance.watchRevocation(soft, member, was, progress, turn);
        soft.deadlines().set(memberId, Duty.LIVE, settings.sessionTimeoutMs(), turn);
        boolean tell = isFull(request) || !was.assigned().equals(progress.assigned());
        return new ConsumerHeartbeatAnswer(
                memberId,
                progress.epoch(),
                Pace.intervalMs(draft.state(), allMembersCount, settings.heartbeatIntervalMs()),
                tell ? Optional.of(progress.assignedPartitions()) : Optional.empty());
    }

    /** Who says everything wants to hear everything: at the beginning, and after an error. */
    private static boolean isFull(ConsumerHeartbeatRequest request) {
        return request.memberEpoch() == ConsumerHeartbeatRequest.JOIN_EPOCH
                || (request.rebalanceTimeoutMs().isPresent()
                        && (request.topicNames().isPresent()
                                || request.topicRegex().isPresent())
                        && request.ownedPartitions().isPresent());
    }

    // ---- who it is

    /** What the group knows of the member; empty if it is new. A static member that comes back is in its place already. */
    private Optional<MemberMetadata> admit(GroupDraft draft, SoftState soft, ConsumerHeartbeatRequest request) {
        return request.instanceId().isPresent()
                ? admitStatic(draft, soft, request, request.instanceId().get())
                : admitDynamic(draft, request);
    }

    private static Optional<MemberMetadata> admitDynamic(GroupDraft draft, ConsumerHeartbeatRequest request) {
        Optional<MemberMetadata> known = draft.member(request.memberId());
        if (request.memberEpoch() == ConsumerHeartbeatRequest.JOIN_EPOCH) {
            known.ifPresent(member -> joinAgain(draft, member));
            return known;
        }
        if (known.isEmpty()) {
            throw Refusals.unknownMember(draft.group().groupId(), request.memberId());
        }
        checkEpoch(draft.progress(request.memberId()), request);
        return known;
    }

    private static Optional<MemberMetadata> admitStatic(
            GroupDraft draft, SoftState soft, ConsumerHeartbeatRequest request, String instanceId) {
        Optional<MemberMetadata> known = draft.group().instance(instanceId);
        if (request.memberEpoch() != ConsumerHeartbeatRequest.JOIN_EPOCH) {
            MemberMetadata member = known.orElseThrow(() -> Refusals.unknownInstance(instanceId));
            if (!member.memberId().equals(request.memberId())) {
                throw Refusals.fencedInstance(request.memberId(), instanceId, member.memberId());
            }
            checkEpoch(draft.progress(member.memberId()), request);
            return known;
        }
        if (known.isEmpty()) {
            return draft.member(request.memberId());
        }
        MemberMetadata old = known.get();
        if (old.memberId().equals(request.memberId())) {
            joinAgain(draft, old);
            return known;
        }
        if (!old.isClassic() && !draft.progress(old.memberId()).isAway()) {
            throw Refusals.unreleasedInstance(request.memberId(), instanceId, old.memberId());
        }
        MemberMetadata renamed = old.renamed(request.memberId());
        draft.replace(old, renamed);
        soft.deadlines().forget(old.memberId());
        return Optional.of(renamed);
    }

    private static void joinAgain(GroupDraft draft, MemberMetadata member) {
        draft.progress(member.memberId(), draft.progress(member.memberId()).joiningAgain());
    }

    /** A member that has not heard the last answer may come with the epoch before, if it owns nothing that it may not. */
    private static void checkEpoch(Progress progress, ConsumerHeartbeatRequest request) {
        int received = request.memberEpoch();
        if (received == progress.epoch()) {
            return;
        }
        boolean missedTheLast = received == progress.previousEpoch()
                && received < progress.epoch()
                && request.ownedPartitions()
                        .filter(owned -> progress.assigned().keySet().containsAll(owned))
                        .isPresent();
        if (!missedTheLast) {
            throw Refusals.fencedEpoch(received, progress.epoch());
        }
    }

    // ---- what it says

    private static MemberMetadata said(Optional<MemberMetadata> before, ConsumerHeartbeatRequest request) {
        Optional<String> regex = request.topicRegex().isPresent()
                ? request.topicRegex().filter(text -> !text.isEmpty())
                : before.flatMap(MemberMetadata::topicRegex);
        return new MemberMetadata(
                request.memberId(),
                or(request.instanceId(), before.flatMap(MemberMetadata::instanceId)),
                or(request.rackId(), before.flatMap(MemberMetadata::rackId)),
                request.clientId(),
                request.clientHost(),
                request.rebalanceTimeoutMs()
                        .orElse(before.map(MemberMetadata::rebalanceTimeoutMs).orElse(0)),
                request.topicNames()
                        .map(Heartbeats::sorted)
                        .orElseGet(() -> before.map(MemberMetadata::topicNames).orElse(Collections.emptySortedSet())),
                regex,
                or(request.serverAssignor(), before.flatMap(MemberMetadata::serverAssignor)),
                Optional.empty());
    }

    private static Optional<String> or(Optional<String> now, Optional<String> before) {
        return now.isPresent() ? now : before;
    }

    static SortedSet<String> sorted(Iterable<String> names) {
        TreeSet<String> sorted = new TreeSet<>();
        names.forEach(sorted::add);
        return Collections.unmodifiableSortedSet(sorted);
    }
}
