package dev.millrace.control.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.GroupsHarness.Join;
import dev.millrace.control.groups.api.GroupDescription;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.HeartbeatRequest;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.port.GroupOffsets.Committer;
import dev.millrace.testkit.seeds.SeededTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Members come, go, die, change their minds and their coordinator, in virtual time from a seed. At all times: one leader a generation, each
 * member's generations ascend, and who is told an assignment is told what the leader of that generation has sent. Left in peace, the group
 * becomes stable with exactly those who live.
 */
final class GroupSimulationTest {

    private static final int STEPS_COUNT = 800;
    private static final int STEP_MS = 250;
    private static final int SESSION_MS = 10_000;
    private static final int REBALANCE_MS = 20_000;

    private final GroupsHarness groups = new GroupsHarness();
    private final List<Member> living = new ArrayList<>();

    /** Generation → leader. */
    private final Map<Integer, String> leaders = new HashMap<>();

    /** Generation → who → what the leader has sent. */
    private final Map<Integer, Map<String, String>> sent = new HashMap<>();

    private int membersCount;

    @SeededTest
    void shouldKeepItsPromisesWhateverMembersDo(Random random) {
        for (int step = 0; step < STEPS_COUNT; step++) {
            if (random.nextInt(12) == 0) {
                happen(random);
            }
            oneStep(random);
        }
        settle(random);
    }

    private void happen(Random random) {
        Optional<Member> one =
                living.isEmpty() ? Optional.empty() : Optional.of(living.get(random.nextInt(living.size())));
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                if (living.size() < 8) {
                    living.add(new Member(Optional.empty()));
                }
            }
            case 3 -> comeBack("static-" + random.nextInt(3));
            case 4, 5 -> one.ifPresent(living::remove);
            case 6 -> one.ifPresent(this::leave);
            case 7 -> one.ifPresent(member -> member.topic = "topic-" + random.nextInt(3));
            case 8 -> one.ifPresent(Member::joinAgain);
            default -> restart(random);
        }
    }

    /** A static member starts; if it lives already, it is replaced, and hears so. */
    private void comeBack(String instanceId) {
        living.removeIf(member -> member.instanceId.equals(Optional.of(instanceId)));
        living.add(new Member(Optional.of(instanceId)));
    }

    private void leave(Member member) {
        living.remove(member);
        var _ = groups.leave(new LeaveRequest.Member(member.memberId, member.instanceId, ""));
    }

    private void restart(Random random) {
        switch (random.nextInt(3)) {
            case 0 -> groups.machine().restart();
            case 1 -> groups.machine().restartFromSnapshot();
            default -> groups.machine().restartWithSnapshotBehindFacts();
        }
    }

    private void oneStep(Random random) {
        List.copyOf(living).forEach(member -> member.step(random));
        groups.advanceMs(STEP_MS);
    }

    private void settle(Random random) {
        for (int step = 0; step < (SESSION_MS + 3 * REBALANCE_MS) / STEP_MS; step++) {
            oneStep(random);
        }
        assertThat(groups.machine().parkedCount()).as("answers that are owed").isZero();
        if (living.isEmpty()) {
            assertThat(groups.state()).isIn(GroupState.EMPTY, GroupState.DEAD);
            return;
        }
        GroupDescription group = groups.describe().orElseThrow();
        assertThat(group.state()).isEqualTo(GroupState.STABLE);
        assertThat(group.members())
                .extracting(GroupDescription.Member::memberId)
                .containsExactlyInAnyOrderElementsOf(
                        living.stream().map(member -> member.memberId).toList());
        assertThat(living).allMatch(member -> member.assigned);
        assertThat(living).extracting(member -> member.generation).containsOnly(living.getFirst().generation);
    }

    /** A client of the classic protocol, as far as the coordinator can tell. */
    private final class Member {
        private final Optional<String> instanceId;
        private final String key;
        private String memberId = "";
        private String topic = "flights";
        private int generation;
        private int lastGeneration;
        private boolean assigned;
        private int quietSteps;
        private Optional<CompletableFuture<JoinAnswer>> joining = Optional.empty();
        private Optional<CompletableFuture<SyncAnswer>> syncing = Optional.empty();

        private Member(Optional<String> instanceId) {
            this.instanceId = instanceId;
            this.key = instanceId.orElse("dynamic-" + membersCount++);
        }

        private void step(Random random) {
            if (joining.isPresent()) {
                joining.filter(CompletableFuture::isDone).ifPresent(this::onJoinAnswered);
            } else if (syncing.isPresent()) {
                syncing.filter(CompletableFuture::isDone).ifPresent(this::onSyncAnswered);
            } else if (!assigned) {
                join();
            } else if (++quietSteps >= 12) {
                quietSteps = 0;
                beat();
            } else if (random.nextInt(20) == 0) {
                commit();
            }
        }

        private void join() {
            Join join = instanceId.map(Join::instance).orElseGet(Join::dynamic).as(memberId);
            joining = Optional.of(groups.join(join.session(SESSION_MS)
                    .rebalance(REBALANCE_MS)
                    .protocols(GroupsHarness.protocol("range", topic), GroupsHarness.protocol(nameOf(key)))));
        }

        /** Not common to all, so it only makes each member's list its own; the leader finds the key in it. */
        private static String nameOf(String key) {
            return "key-" + key;
        }

        private void joinAgain() {
            assigned = false;
            joining = Optional.empty();
            syncing = Optional.empty();
        }

        private void onJoinAnswered(CompletableFuture<JoinAnswer> answer) {
            joining = Optional.empty();
            if (answer.isCompletedExceptionally()) {
                refused(GroupsHarness.error(answer));
                return;
            }
            memberId = answer.join().memberId();
            if (answer.join() instanceof JoinAnswer.Joined joined) {
                assertThat(joined.generation()).as("generations of %s", key).isGreaterThanOrEqualTo(lastGeneration);
                generation = joined.generation();
                lastGeneration = generation;
                sync(joined);
            }
        }

        private void sync(JoinAnswer.Joined joined) {
            Map<String, byte[]> assignments = new LinkedHashMap<>();
            Map<String, String> bySender = new HashMap<>();
            if (!joined.members().isEmpty() && !joined.skipAssignment()) {
                assertThat(leaders.putIfAbsent(generation, memberId))
                        .as("another leader of generation %d", generation)
                        .isIn(null, memberId);
                for (JoinAnswer.Member member : joined.members()) {
                    String assignment = generation + " " + memberId + " " + member.memberId();
                    assignments.put(member.memberId(), GroupsHarness.bytes(assignment));
                    bySender.put(member.instanceId().orElse(member.memberId()), assignment);
                }
            }
            CompletableFuture<SyncAnswer> answer = groups.sync(new SyncRequest(
                    GroupsHarness.GROUP,
                    memberId,
                    instanceId,
                    generation,
                    Optional.of("consumer"),
                    Optional.of("range"),
                    assignments));
            if (!bySender.isEmpty() && answer.isDone() && !answer.isCompletedExceptionally()) {
                sent.putIfAbsent(generation, bySender);
            }
            syncing = Optional.of(answer);
        }

        private void onSyncAnswered(CompletableFuture<SyncAnswer> answer) {
            syncing = Optional.empty();
            if (answer.isCompletedExceptionally()) {
                refused(GroupsHarness.error(answer));
                return;
            }
            assertThat(GroupsHarness.text(answer.join()))
                    .as("assignment of %s in generation %d", key, generation)
                    .isEqualTo(sent.getOrDefault(generation, Map.of()).get(instanceId.orElse(memberId)));
            assigned = true;
        }

        private void beat() {
            CompletableFuture<?> answer =
                    groups.heartbeat(new HeartbeatRequest(GroupsHarness.GROUP, memberId, instanceId, generation));
            if (answer.isCompletedExceptionally()) {
                refused(GroupsHarness.error(answer));
            }
        }

        private void commit() {
            CompletableFuture<?> answer = groups.commit(
                    new Committer(GroupsHarness.GROUP, memberId, instanceId, generation), topic, generation, key);
            if (answer.isCompletedExceptionally()) {
                assertThat(GroupsHarness.error(answer))
                        .isIn(
                                ErrorCode.ILLEGAL_GENERATION,
                                ErrorCode.UNKNOWN_MEMBER_ID,
                                ErrorCode.FENCED_INSTANCE_ID,
                                ErrorCode.REBALANCE_IN_PROGRESS);
            }
        }

        private void refused(ErrorCode code) {
            assigned = false;
            switch (code) {
                case UNKNOWN_MEMBER_ID -> memberId = "";
                case ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE -> {}
                case FENCED_INSTANCE_ID -> living.remove(this);
                default -> throw new AssertionError("an honest member is refused with " + code);
            }
        }
    }
}
