package dev.millrace.control.groups.classic;

import static dev.millrace.control.groups.api.GroupState.COMPLETING_REBALANCE;
import static dev.millrace.control.groups.api.GroupState.EMPTY;
import static dev.millrace.control.groups.api.GroupState.PREPARING_REBALANCE;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.Turn;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From one generation to the next: begins a rebalance, ends its join phase and its sync phase.
 *
 * <pre>
 *   prepare ──→ join phase: until all have joined, at most the rebalance timeout ──→ sync phase: likewise ──→ done
 * </pre>
 */
final class Rebalance {

    private static final Logger log = LoggerFactory.getLogger(Rebalance.class);

    /** When only static members are left, and none of them has come back, we look again after their rebalance timeout, at least this. */
    private static final int LEAST_RETRY_MS = 1_000;

    private final int initialDelayMs;
    private final ClassicLog facts;

    Rebalance(int initialDelayMs, ClassicLog facts) {
        this.initialDelayMs = initialDelayMs;
        this.facts = facts;
    }

    /** Something has changed: begins a rebalance, or, if one is in its join phase, sees whether that can end. */
    void prepareOrComplete(ClassicGroup group, String reason, Turn<GroupCommand> turn) {
        if (group.is(PREPARING_REBALANCE)) {
            completeIfAllJoined(group, turn);
        } else {
            prepare(group, reason, turn);
        }
    }

    /** Ends the join phase if everybody is here; an empty group's first join phase takes its time all the same. */
    void completeIfAllJoined(ClassicGroup group, Turn<GroupCommand> turn) {
        if (group.is(PREPARING_REBALANCE) && group.initialDelay().isEmpty() && group.allHaveJoined()) {
            complete(group, turn);
        }
    }

    /** Begins a rebalance; who waits for an assignment is told to join again. */
    void prepare(ClassicGroup group, String reason, Turn<GroupCommand> turn) {
        if (group.is(COMPLETING_REBALANCE)) {
            giveUpSyncs(group, turn);
        }
        group.pendingSyncs().clear();
        turn.cancelTimer(syncTimer(group));
        boolean initial = group.is(EMPTY);
        group.preparingRebalance(turn.wallMs());
        log.debug(
                "event=group-rebalance group={} generation={} members={} reason=\"{}\"",
                group.groupId(),
                group.generation(),
                group.membersCount(),
                reason);
        if (initial && initialDelayMs > 0) {
            int remainingMs = Math.max(group.rebalanceTimeoutMs() - initialDelayMs, 0);
            delay(group, new ClassicGroup.InitialDelay(initialDelayMs, remainingMs, false), turn);
        } else if (initial || group.allHaveJoined()) {
            complete(group, turn);
        } else {
            armJoinTimer(group, group.rebalanceTimeoutMs(), turn);
        }
    }

    /** Timer: the join phase, or an empty group's wait for more members, is over. */
    void onJoinPhaseEnded(ClassicGroup group, Turn<GroupCommand> turn) {
        if (!group.is(PREPARING_REBALANCE)) {
            return;
        }
        Optional<ClassicGroup.InitialDelay> delay = group.initialDelay();
        if (delay.isPresent() && delay.get().memberAdded() && delay.get().remainingMs() > 0) {
            int nextMs = Math.min(initialDelayMs, delay.get().remainingMs());
            int remainingMs = Math.max(delay.get().remainingMs() - delay.get().delayMs(), 0);
            delay(group, new ClassicGroup.InitialDelay(nextMs, remainingMs, false), turn);
        } else {
            complete(group, turn);
        }
    }

    /** Timer: who has not synced by now is out. */
    void onSyncPhaseEnded(ClassicGroup group, int generation, Turn<GroupCommand> turn) {
        if (generation != group.generation()
                || group.is(PREPARING_REBALANCE)
                || group.pendingSyncs().isEmpty()) {
            return;
        }
        List<String> late = List.copyOf(group.pendingSyncs());
        log.info(
                "event=group-members-removed group={} reason=\"did not sync in time\" members={}",
                group.groupId(),
                late);
        late.forEach(group::remove);
        prepare(group, "members did not sync in time", turn);
    }

    /** A member has asked for its assignment. */
    void onSynced(ClassicGroup group, String memberId, Turn<GroupCommand> turn) {
        if (group.pendingSyncs().remove(memberId) && group.pendingSyncs().isEmpty()) {
            turn.cancelTimer(syncTimer(group));
        }
    }

    /** Ends the join phase with those who are here. */
    void complete(ClassicGroup group, Turn<GroupCommand> turn) {
        turn.cancelTimer(joinTimer(group));
        group.initialDelay(Optional.empty());
        removeMissing(group);
        if (!group.electJoinedLeader() && group.membersCount() > 0) {
            // Static members are not removed before their session ends; until one of them is back there is nobody to
            // lead.
            armJoinTimer(group, Math.max(group.rebalanceTimeoutMs(), LEAST_RETRY_MS), turn);
            return;
        }
        group.nextGeneration(turn.wallMs());
        // Before the members hear of it: a coordinator that takes over before the leader has assigned must not give it
        // out again.
        facts.recordGeneration(group, turn);
        if (group.is(EMPTY)) {
            log.info("event=group-empty group={} generation={}", group.groupId(), group.generation());
            facts.record(group, turn);
            return;
        }
        for (ClassicMember member : group.members()) {
            member.takeParkedJoin().ifPresent(reply -> turn.answer(reply, group.joined(member)));
            member.firstJoinDone();
            Sessions.extend(group, member, turn);
        }
        turn.timer(
                syncTimer(group),
                group.rebalanceTimeoutMs(),
                new GroupCommand.SyncPhaseEnded(group.groupId(), group.generation()));
    }

    /** The group is gone: so are its timers. */
    void forget(ClassicGroup group, Turn<GroupCommand> turn) {
        turn.cancelTimer(joinTimer(group));
        turn.cancelTimer(syncTimer(group));
    }

    private void removeMissing(ClassicGroup group) {
        List<String> missing = group.members().stream()
                .filter(member -> !member.awaitsJoin() && !member.isStatic())
                .map(ClassicMember::memberId)
                .toList();
        if (!missing.isEmpty()) {
            log.info(
                    "event=group-members-removed group={} reason=\"did not join in time\" members={}",
                    group.groupId(),
                    missing);
            missing.forEach(group::remove);
        }
    }

    private void giveUpSyncs(ClassicGroup group, Turn<GroupCommand> turn) {
        for (ClassicMember member : group.members()) {
            member.assign(ClassicMember.NO_ASSIGNMENT);
            member.takeParkedSync().ifPresent(reply -> {
                turn.fail(reply, Refusals.rebalanceInProgress(group));
                Sessions.extend(group, member, turn);
            });
        }
    }

    private void delay(ClassicGroup group, ClassicGroup.InitialDelay delay, Turn<GroupCommand> turn) {
        group.initialDelay(Optional.of(delay));
        armJoinTimer(group, delay.delayMs(), turn);
    }

    private static void armJoinTimer(ClassicGroup group, int delayMs, Turn<GroupCommand> turn) {
        turn.timer(joinTimer(group), delayMs, new GroupCommand.JoinPhaseEnded(group.groupId()));
    }

    private static String joinTimer(ClassicGroup group) {
        return "join " + group.groupId();
    }

    private static String syncTimer(ClassicGroup group) {
        return "sync " + group.groupId();
    }
}
