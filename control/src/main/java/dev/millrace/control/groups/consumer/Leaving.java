package dev.millrace.control.groups.consumer;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ConsumerHeartbeatAnswer;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.LeaveAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.machine.Turn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How members go: by their own will, or because they missed a deadline. What they had is free at once. */
final class Leaving {

    private static final Logger log = LoggerFactory.getLogger(Leaving.class);

    private final Advance advance;

    Leaving(Advance advance) {
        this.advance = advance;
    }

    /** A heartbeat with epoch -1 or -2. Throws what a refused member is told. */
    ConsumerHeartbeatAnswer leave(
            ConsumerGroup group, SoftState soft, ConsumerHeartbeatRequest request, Turn<GroupCommand> turn) {
        MemberMetadata member = member(group, request);
        GroupDraft draft = new GroupDraft(group);
        if (request.instanceId().isPresent() && request.memberEpoch() == ConsumerHeartbeatRequest.LEAVE_STATIC_EPOCH) {
            draft.progress(member.memberId(), draft.progress(member.memberId()).away());
            draft.record(turn);
        } else {
            log.info("event=group-member-left group={} member={}", group.groupId(), member.memberId());
            remove(draft, soft, List.of(member.memberId()), turn);
        }
        return new ConsumerHeartbeatAnswer(member.memberId(), request.memberEpoch(), 0, Optional.empty());
    }

    /** LeaveGroup: members of the classic protocol leave, or an administrator removes static ones. */
    LeaveAnswer leave(ConsumerGroup group, SoftState soft, LeaveRequest request, Turn<GroupCommand> turn) {
        List<LeaveAnswer.Member> answers = new ArrayList<>(request.members().size());
        Set<String> gone = new LinkedHashSet<>();
        for (LeaveRequest.Member leaving : request.members()) {
            Optional<ErrorCode> error;
            try {
                // An administrator knows the instance id alone, and means whoever has it.
                String memberId = leaving.memberId().isEmpty()
                        ? leaving.instanceId()
                                .flatMap(group::instance)
                                .map(MemberMetadata::memberId)
                                .orElse("")
                        : leaving.memberId();
                ClassicMembers.classic(group, memberId, leaving.instanceId());
                log.info(
                        "event=group-member-left group={} member={} reason=\"{}\"",
                        group.groupId(),
                        memberId,
                        leaving.reason());
                gone.add(memberId);
                error = Optional.empty();
            } catch (MillraceException refusal) {
                error = Optional.of(refusal.code());
            }
            answers.add(new LeaveAnswer.Member(leaving.memberId(), leaving.instanceId(), error));
        }
        if (!gone.isEmpty()) {
            remove(new GroupDraft(group), soft, gone, turn);
        }
        return new LeaveAnswer(answers);
    }

    private static MemberMetadata member(ConsumerGroup group, ConsumerHeartbeatRequest request) {
        if (request.instanceId().isEmpty()) {
            return group.member(request.memberId())
                    .orElseThrow(() -> Refusals.unknownMember(group.groupId(), request.memberId()));
        }
        String instanceId = request.instanceId().get();
        MemberMetadata member = group.instance(instanceId).orElseThrow(() -> Refusals.unknownInstance(instanceId));
        if (!member.memberId().equals(request.memberId())) {
            throw Refusals.fencedInstance(request.memberId(), instanceId, member.memberId());
        }
        return member;
    }

    /** Timer: removes who has missed a deadline, and makes targets that had to wait. */
    void checkDeadlines(ConsumerGroup group, SoftState soft, Turn<GroupCommand> turn) {
        List<String> expired = soft.deadlines().takeExpired(turn).stream()
                .filter(memberId -> group.member(memberId).isPresent())
                .toList();
        if (!expired.isEmpty()) {
            log.info(
                    "event=group-members-removed group={} reason=\"session or rebalance timed out\" members={}",
                    group.groupId(),
                    expired);
            remove(new GroupDraft(group), soft, expired, turn);
        } else if (soft.deadlines().assignmentIsDue(turn)) {
            GroupDraft draft = new GroupDraft(group);
            advance.assign(draft, soft, turn);
            draft.record(turn);
        }
        soft.deadlines().rearm(turn);
    }

    private void remove(GroupDraft draft, SoftState soft, Collection<String> memberIds, Turn<GroupCommand> turn) {
        for (String memberId : memberIds) {
            draft.remove(memberId);
            soft.deadlines().forget(memberId);
        }
        advance.removed(draft);
        draft.record(turn);
        checkDowngrade(draft.group(), turn);
    }

    /** If only members of the classic protocol may be left, looks in the next turn whether that is so. */
    static void checkDowngrade(ConsumerGroup group, Turn<GroupCommand> turn) {
        if (group.members().values().stream().anyMatch(MemberMetadata::isClassic)) {
            turn.timer("downgrade " + group.groupId(), 0, new GroupCommand.Downgrade(group.groupId()));
        }
    }
}
