package dev.millrace.control.groups.classic;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who has been silent for too long. One timer a group, set to the first deadline at the time: a sign of life only moves the member's
 * deadline, and the timer, when it fires, is set to what is then the first. So a heartbeat allocates nothing here.
 */
final class Sessions {

    /** A deadline that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    /**
     * How long a new member's first join may wait. It has no id yet and sends no heartbeats, so a client that gave up and asks anew
     * would leave a ghost behind each time; one that is still there asks again.
     */
    static final int FIRST_JOIN_TIMEOUT_MS = 300_000;

    private Sessions() {}

    /** A sign of life, or the moment from which the member must give some. */
    static void extend(ClassicGroup group, ClassicMember member, Turn<GroupCommand> turn) {
        extend(group, member, member.sessionTimeoutMs(), turn);
    }

    static void extend(ClassicGroup group, ClassicMember member, int timeoutMs, Turn<GroupCommand> turn) {
        member.sessionDeadlineMs(turn.monotonicMs() + timeoutMs);
        arm(group, member.sessionDeadlineMs(), turn);
    }

    /** Gives out {@code memberId}: until the timeout the group waits for its join. */
    static void expectJoin(ClassicGroup group, String memberId, int timeoutMs, Turn<GroupCommand> turn) {
        long deadlineMs = turn.monotonicMs() + timeoutMs;
        group.pendingJoins().put(memberId, deadlineMs);
        arm(group, deadlineMs, turn);
    }

    /** The ids whose time is up, members and those still to join; members whose answer we owe them are let be. Call {@link #rearm} after. */
    static List<String> takeExpired(ClassicGroup group, Turn<GroupCommand> turn) {
        group.sessionTimerMs(NEVER);
        List<String> expired = new ArrayList<>();
        for (Map.Entry<String, Long> pending : group.pendingJoins().entrySet()) {
            if (pending.getValue() <= turn.monotonicMs()) {
                expired.add(pending.getKey());
            }
        }
        for (ClassicMember member : group.members()) {
            if (member.sessionDeadlineMs() > turn.monotonicMs()) {
                continue;
            }
            if (member.mayBeSilent()) {
                // Its session begins anew with the answer that it waits for.
                member.sessionDeadlineMs(NEVER);
            } else {
                expired.add(member.memberId());
            }
        }
        return expired;
    }

    /** Sets the timer to the first deadline there is. */
    static void rearm(ClassicGroup group, Turn<GroupCommand> turn) {
        long firstMs = NEVER;
        for (long deadlineMs : group.pendingJoins().values()) {
            firstMs = Math.min(firstMs, deadlineMs);
        }
        for (ClassicMember member : group.members()) {
            firstMs = Math.min(firstMs, member.sessionDeadlineMs());
        }
        arm(group, firstMs, turn);
    }

    static void forget(ClassicGroup group, Turn<GroupCommand> turn) {
        turn.cancelTimer(timerName(group));
        group.sessionTimerMs(NEVER);
    }

    private static void arm(ClassicGroup group, long deadlineMs, Turn<GroupCommand> turn) {
        if (deadlineMs < group.sessionTimerMs()) {
            group.sessionTimerMs(deadlineMs);
            turn.timer(
                    timerName(group),
                    Math.max(0, deadlineMs - turn.monotonicMs()),
                    new GroupCommand.CheckSessions(group.groupId()));
        }
    }

    private static String timerName(ClassicGroup group) {
        return "sessions " + group.groupId();
    }
}
