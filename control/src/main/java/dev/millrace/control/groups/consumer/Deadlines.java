package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.Turn;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the members of one group must have done, and by when. Soft state. One timer a group, set to the first deadline at the time: a sign of life only
 * moves a deadline, and the timer, when it fires, is set to what is then the first. Times are monotonic, in ms. Not thread-safe.
 */
final class Deadlines {

    private static final long NEVER = Long.MAX_VALUE;

    /** What a member must do. Who misses one is out. */
    enum Duty {
        /** Be heard of. */
        LIVE,
        /** Let go of partitions. */
        REVOKE,
        /** In the classic protocol: join again. */
        JOIN,
        /** In the classic protocol: ask for the assignment. */
        SYNC
    }

    private final String groupId;
    private final Map<String, EnumMap<Duty, Long>> byMemberId = new HashMap<>();
    private long assignmentMs = NEVER;
    private long lastAssignedMs;
    private boolean everAssigned;
    private long timerMs = NEVER;

    Deadlines(String groupId) {
        this.groupId = groupId;
    }

    /** The member must do its duty within {@code timeoutMs}; takes the place of an earlier deadline for it. */
    void set(String memberId, Duty duty, int timeoutMs, Turn<GroupCommand> turn) {
        long deadlineMs = turn.monotonicMs() + timeoutMs;
        byMemberId.computeIfAbsent(memberId, id -> new EnumMap<>(Duty.class)).put(duty, deadlineMs);
        arm(deadlineMs, turn);
    }

    /** As {@link #set}, unless there is a deadline for it already. */
    void setIfAbsent(String memberId, Duty duty, int timeoutMs, Turn<GroupCommand> turn) {
        EnumMap<Duty, Long> duties = byMemberId.get(memberId);
        if (duties == null || !duties.containsKey(duty)) {
            set(memberId, duty, timeoutMs, turn);
        }
    }

    void done(String memberId, Duty duty) {
        EnumMap<Duty, Long> duties = byMemberId.get(memberId);
        if (duties != null) {
            duties.remove(duty);
        }
    }

    void forget(String memberId) {
        byMemberId.remove(memberId);
    }

    /** The group is gone. */
    void forgetAll(Turn<GroupCommand> turn) {
        byMemberId.clear();
        assignmentMs = NEVER;
        timerMs = NEVER;
        turn.cancelTimer(timerName());
    }

    /** Whether the group may be assigned anew now, {@code intervalMs} after the last time at the earliest; if not, a timer sees to it. */
    boolean mayAssign(int intervalMs, Turn<GroupCommand> turn) {
        if (!everAssigned || turn.monotonicMs() - lastAssignedMs >= intervalMs) {
            return true;
        }
        assignmentMs = lastAssignedMs + intervalMs;
        arm(assignmentMs, turn);
        return false;
    }

    void assigned(Turn<GroupCommand> turn) {
        everAssigned = true;
        lastAssignedMs = turn.monotonicMs();
        assignmentMs = NEVER;
    }

    /** Timer: whether it is time to assign. */
    boolean assignmentIsDue(Turn<GroupCommand> turn) {
        return assignmentMs <= turn.monotonicMs();
    }

    /** Timer: the members that have missed a deadline. Call {@link #rearm} after. */
    List<String> takeExpired(Turn<GroupCommand> turn) {
        timerMs = NEVER;
        List<String> expired = new ArrayList<>();
        byMemberId.forEach((memberId, duties) -> {
            if (duties.values().stream().anyMatch(deadlineMs -> deadlineMs <= turn.monotonicMs())) {
                expired.add(memberId);
            }
        });
        expired.sort(String::compareTo);
        expired.forEach(byMemberId::remove);
        return expired;
    }

    /** Sets the timer to the first deadline there is. */
    void rearm(Turn<GroupCommand> turn) {
        long firstMs = assignmentMs;
        for (EnumMap<Duty, Long> duties : byMemberId.values()) {
            for (long deadlineMs : duties.values()) {
                firstMs = Math.min(firstMs, deadlineMs);
            }
        }
        arm(firstMs, turn);
    }

    private void arm(long deadlineMs, Turn<GroupCommand> turn) {
        if (deadlineMs < timerMs) {
            timerMs = deadlineMs;
            turn.timer(
                    timerName(),
                    Math.max(0, deadlineMs - turn.monotonicMs()),
                    new GroupCommand.CheckDeadlines(groupId));
        }
    }

    private String timerName() {
        return "deadlines " + groupId;
    }
}
