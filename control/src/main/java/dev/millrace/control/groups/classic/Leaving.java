package dev.millrace.control.groups.classic;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.LeaveAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.machine.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How members go: by their own will, an administrator's, or the clock's. */
final class Leaving {

    private static final Logger log = LoggerFactory.getLogger(Leaving.class);

    private final Rebalance rebalance;

    Leaving(Rebalance rebalance) {
        this.rebalance = rebalance;
    }

    LeaveAnswer leave(ClassicGroup group, LeaveRequest request, Turn<GroupCommand> turn) {
        List<LeaveAnswer.Member> answers = new ArrayList<>(request.members().size());
        boolean anybodyLeft = false;
        for (LeaveRequest.Member leaving : request.members()) {
            Optional<ErrorCode> error = leave(group, leaving, turn);
            anybodyLeft |= error.isEmpty();
            answers.add(new LeaveAnswer.Member(leaving.memberId(), leaving.instanceId(), error));
        }
        if (anybodyLeft) {
            rebalanceWithout(group, "members left", turn);
        }
        return new LeaveAnswer(answers);
    }

    /** The answer of a group that does not exist. */
    static LeaveAnswer nobody(LeaveRequest request) {
        return new LeaveAnswer(request.members().stream()
                .map(member -> new LeaveAnswer.Member(
                        member.memberId(), member.instanceId(), Optional.of(ErrorCode.UNKNOWN_MEMBER_ID)))
                .toList());
    }

    private Optional<ErrorCode> leave(ClassicGroup group, LeaveRequest.Member leaving, Turn<GroupCommand> turn) {
        if (group.pendingJoins().containsKey(leaving.memberId())) {
            group.remove(leaving.memberId());
            return Optional.empty();
        }
        // An administrator knows the instance id alone, and means whoever has it.
        String memberId = leaving.memberId().isEmpty()
                ? leaving.instanceId().flatMap(group::memberIdOf).orElse("")
                : leaving.memberId();
        Optional<ErrorCode> refusal = group.refusal(memberId, leaving.instanceId());
        if (refusal.isEmpty()) {
            log.info(
                    "event=group-member-left group={} member={} reason=\"{}\"",
                    group.groupId(),
                    memberId,
                    leaving.reason());
            remove(group, group.member(memberId).orElseThrow(), turn);
        }
        return refusal;
    }

    /** Timer: removes members that were silent for too long, and ids that nobody came back with. */
    void removeExpired(ClassicGroup group, Turn<GroupCommand> turn) {
        List<String> expired = Sessions.takeExpired(group, turn);
        boolean membersLeft = false;
        for (String memberId : expired) {
            Optional<ClassicMember> member = group.member(memberId);
            if (member.isPresent()) {
                log.info(
                        "event=group-members-removed group={} reason=\"session timed out\" members={}",
                        group.groupId(),
                        memberId);
                remove(group, member.get(), turn);
                membersLeft = true;
            } else {
                group.remove(memberId);
            }
        }
        if (membersLeft) {
            rebalanceWithout(group, "sessions timed out", turn);
        } else if (!expired.isEmpty()) {
            rebalance.completeIfAllJoined(group, turn);
        }
        Sessions.rearm(group, turn);
    }

    private void rebalanceWithout(ClassicGroup group, String reason, Turn<GroupCommand> turn) {
        switch (group.state()) {
            case STABLE, COMPLETING_REBALANCE -> rebalance.prepareOrComplete(group, reason, turn);
            case PREPARING_REBALANCE -> rebalance.completeIfAllJoined(group, turn);
            case EMPTY, ASSIGNING, RECONCILING, DEAD -> {}
        }
    }

    /** Whoever waits for an answer in the member's name is told that there is no such member any more. */
    private static void remove(ClassicGroup group, ClassicMember member, Turn<GroupCommand> turn) {
        var failure = Refusals.of(ErrorCode.UNKNOWN_MEMBER_ID, group.groupId(), member.memberId());
        member.takeParkedJoin().ifPresent(parked -> turn.fail(parked, failure));
        member.takeParkedSync().ifPresent(parked -> turn.fail(parked, failure));
        group.remove(member.memberId());
    }
}
