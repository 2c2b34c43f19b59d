package dev.millrace.control.groups.classic;

import static dev.millrace.control.groups.api.GroupState.COMPLETING_REBALANCE;
import static dev.millrace.control.groups.api.GroupState.EMPTY;
import static dev.millrace.control.groups.api.GroupState.PREPARING_REBALANCE;
import static dev.millrace.control.groups.api.GroupState.STABLE;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.machine.Reply;
import dev.millrace.control.machine.Turn;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * JoinGroup: lets members in, and back in.
 *
 * <p>A dynamic member first gets an id (KIP-394), then joins under it. A static member (KIP-345) that comes without an id takes
 * the place of the one that had its instance id; as long as that changes nothing for the others, they do not even notice.
 */
final class Joining {

    /** Ids given out and not yet used, in one group: enough for any rollout, and a bound on what a client can make us remember. */
    private static final int MAX_PENDING_JOINS = 10_000;

    /** A member id begins with the client's id, or the instance's; a longer one is cut. */
    private static final int MAX_PREFIX_CHARS = 249;

    private final int maxSize;
    private final Supplier<UUID> memberIds;
    private final Rebalance rebalance;
    private final ClassicLog facts;

    /** @param memberIds random; no two alike */
    Joining(int maxSize, Supplier<UUID> memberIds, Rebalance rebalance, ClassicLog facts) {
        this.maxSize = maxSize;
        this.memberIds = memberIds;
        this.rebalance = rebalance;
        this.facts = facts;
    }

    void join(ClassicGroup group, JoinRequest request, Reply<JoinAnswer> reply, Turn<GroupCommand> turn) {
        if (isFull(group, request.memberId())) {
            group.remove(request.memberId());
            turn.fail(reply, Refusals.full(group, maxSize));
        } else if (!group.accepts(request.protocolType(), request.protocols())) {
            turn.fail(reply, Refusals.inconsistentProtocol(group));
        } else if (!request.memberId().isEmpty()) {
            joinKnown(group, request, reply, turn);
        } else if (request.instanceId().isPresent()) {
            joinStatic(group, request, reply, turn);
        } else if (request.memberIdFirst()) {
            String memberId = newMemberId(request.clientId());
            Sessions.expectJoin(group, memberId, request.sessionTimeoutMs(), turn);
            turn.answer(reply, new JoinAnswer.MemberIdRequired(memberId));
        } else {
            add(group, newMemberId(request.clientId()), request, reply, turn);
        }
    }

    /**
     * During a join phase those count who have joined, so that a group that was larger than it may be sheds those who come last.
     */
    private boolean isFull(ClassicGroup group, String memberId) {
        if (memberId.isEmpty() && group.pendingJoins().size() >= MAX_PENDING_JOINS) {
            return true;
        }
        if (maxSize == Integer.MAX_VALUE) {
            return false;
        }
        Optional<ClassicMember> member = group.member(memberId);
        return switch (group.state()) {
            case EMPTY, ASSIGNING, RECONCILING, DEAD -> false;
            case PREPARING_REBALANCE ->
                !member.map(ClassicMember::awaitsJoin).orElse(false) && group.awaitingJoinCount() >= maxSize;
            case COMPLETING_REBALANCE, STABLE -> member.isEmpty() && group.membersCount() >= maxSize;
        };
    }

    private void joinKnown(ClassicGroup group, JoinRequest request, Reply<JoinAnswer> reply, Turn<GroupCommand> turn) {
        String memberId = request.memberId();
        if (group.pendingJoins().containsKey(memberId) && request.instanceId().isEmpty()) {
            add(group, memberId, request, reply, turn);
            return;
        }
        Optional<ErrorCode> refusal = group.refusal(memberId, request.instanceId());
        if (refusal.isPresent()) {
            turn.fail(reply, Refusals.of(refusal.get(), group.groupId(), memberId));
            return;
        }
        ClassicMember member = group.member(memberId).orElseThrow();
        boolean unchanged = member.protocols().equals(request.protocols());
        // A lost answer is repeated. Only a stable group's leader is not answered so: it joins when it sees a reason to
        // assign anew.
        boolean repeat =
                unchanged && (group.is(COMPLETING_REBALANCE) || (group.is(STABLE) && !group.isLeader(memberId)));
        if (repeat) {
            turn.answer(reply, group.joined(member));
        } else {
            group.update(member, request);
            park(member, reply, turn, group);
            rebalance.prepareOrComplete(group, "member " + memberId + " joins again: " + request.reason(), turn);
        }
    }

    private void joinStatic(ClassicGroup group, JoinRequest request, Reply<JoinAnswer> reply, Turn<GroupCommand> turn) {
        String instanceId = request.instanceId().orElseThrow();
        String memberId = newMemberId(instanceId);
        Optional<ClassicMember> old = group.memberIdOf(instanceId).flatMap(group::member);
        if (old.isEmpty()) {
            add(group, memberId, request, reply, turn);
        } else {
            takeOver(group, old.get(), memberId, request, reply, turn);
        }
    }

    private void add(
            ClassicGroup group,
            String memberId,
            JoinRequest request,
            Reply<JoinAnswer> reply,
            Turn<GroupCommand> turn) {
        group.initialDelay()
                .ifPresent(delay -> group.initialDelay(
                        Optional.of(new ClassicGroup.InitialDelay(delay.delayMs(), delay.remainingMs(), true))));
        ClassicMember member = ClassicMember.joining(memberId, request);
        group.add(member, request.protocolType());
        member.parkJoin(reply);
        Sessions.extend(group, member, Sessions.FIRST_JOIN_TIMEOUT_MS, turn);
        rebalance.prepareOrComplete(group, "member " + memberId + " joins: " + request.reason(), turn);
    }

    private void takeOver(
            ClassicGroup group,
            ClassicMember old,
            String memberId,
            JoinRequest request,
            Reply<JoinAnswer> reply,
            Turn<GroupCommand> turn) {
        String leaderBefore = group.leaderIdOrEmpty();
        fence(group, old, turn);
        ClassicMember member = group.rename(old, memberId);
        group.update(member, request);
        Sessions.extend(group, member, turn);
        String reason = "static member " + memberId + " takes over: " + request.reason();
        boolean sameProtocol =
                group.protocolName().filter(group.electProtocol()::equals).isPresent();
        if (group.is(STABLE) && sameProtocol && ClassicLog.fits(group, 0)) {
            facts.record(group, turn);
            boolean leads = group.isLeader(memberId);
            // Who cannot skip the assignment is shown the leader of before, and so does not take itself for one.
            turn.answer(
                    reply,
                    request.maySkipAssignment()
                            ? group.joined(member, group.leaderIdOrEmpty(), leads, leads)
                            : group.joined(member, leaderBefore, false, false));
            return;
        }
        member.parkJoin(reply);
        // Also in a sync phase: the leader was told the old id, and would assign to that.
        rebalance.prepareOrComplete(group, reason, turn);
    }

    /** The one that had the instance id hears that it is out, if it waits for anything. */
    private static void fence(ClassicGroup group, ClassicMember old, Turn<GroupCommand> turn) {
        var failure = Refusals.of(ErrorCode.FENCED_INSTANCE_ID, group.groupId(), old.memberId());
        old.takeParkedJoin().ifPresent(parked -> turn.fail(parked, failure));
        old.takeParkedSync().ifPresent(parked -> turn.fail(parked, failure));
    }

    private static void park(
            ClassicMember member, Reply<JoinAnswer> reply, Turn<GroupCommand> turn, ClassicGroup group) {
        // The client has asked twice on one membership: only its last request can still reach it.
        member.takeParkedJoin().ifPresent(earlier -> turn.fail(earlier, Refusals.rebalanceInProgress(group)));
        member.parkJoin(reply);
    }

    private String newMemberId(String prefix) {
        String shortened = prefix.substring(0, Math.min(prefix.length(), MAX_PREFIX_CHARS));
        return shortened + "-" + memberIds.get();
    }
}
