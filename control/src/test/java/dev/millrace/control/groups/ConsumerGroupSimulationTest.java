package dev.millrace.control.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.ConsumerGroupDescription;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.log.PartitionId;
import dev.millrace.testkit.seeds.SeededTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Members of the consumer protocol come, go, die, take their time, lose answers and their coordinator, while topics come, go and grow: in virtual time
 * from a seed. At no time two members read the same partition. Left in peace, every partition is read by exactly one.
 */
final class ConsumerGroupSimulationTest {

    private static final int STEPS_COUNT = 800;
    private static final int STEP_MS = 250;
    private static final int SESSION_MS = 45_000;
    private static final int MAX_REVOKING_STEPS = 12;
    private static final Set<ErrorCode> HONEST_REFUSALS =
            Set.of(ErrorCode.FENCED_MEMBER_EPOCH, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNRELEASED_INSTANCE_ID);

    private final GroupsHarness groups = new GroupsHarness();
    private final List<Member> living = new ArrayList<>();
    private int membersCount;

    @SeededTest
    void shouldNeverLetTwoReadTheSame(Random random) {
        groups.cluster().topic("topic-0", 8);
        groups.machine().submit(new GroupCommand.ClusterChanged());
        for (int step = 0; step < STEPS_COUNT; step++) {
            if (random.nextInt(10) == 0) {
                happen(random);
            }
            oneStep(random);
        }
        settle(random);
    }

    private void happen(Random random) {
        Optional<Member> one =
                living.isEmpty() ? Optional.empty() : Optional.of(living.get(random.nextInt(living.size())));
        switch (random.nextInt(11)) {
            case 0, 1, 2 -> {
                if (living.size() < 8) {
                    living.add(new Member(Optional.empty(), random));
                }
            }
            case 3 -> comeBack("static-" + random.nextInt(3), random);
            case 4 -> one.ifPresent(living::remove);
            case 5 -> one.ifPresent(member -> leave(member, -1));
            case 6 -> one.filter(member -> member.client.instanceId.isPresent()).ifPresent(member -> leave(member, -2));
            case 7 -> one.ifPresent(member -> member.client.subscribe("topic-" + random.nextInt(3), "topic-0"));
            case 8 -> changeTopics(random);
            case 9 -> one.ifPresent(member -> member.loseNextAnswer = true);
            default -> restart(random);
        }
    }

    private void comeBack(String instanceId, Random random) {
        boolean lives = living.stream().anyMatch(member -> member.client.instanceId.equals(Optional.of(instanceId)));
        if (!lives) {
            living.add(new Member(Optional.of(instanceId), random));
        }
    }

    private void leave(Member member, int epoch) {
        living.remove(member);
        var _ = member.client.send(epoch);
    }

    private void changeTopics(Random random) {
        String name = "topic-" + random.nextInt(3);
        int before = groups.cluster()
                .topic(name)
                .map(topic -> topic.partitionsCount())
                .orElse(0);
        if (before > 0 && random.nextInt(4) == 0) {
            groups.cluster().delete(name);
        } else {
            groups.cluster().topic(name, Math.min(16, before + 1 + random.nextInt(4)));
        }
        groups.machine().submit(new GroupCommand.ClusterChanged());
    }

    private void restart(Random random) {
        switch (random.nextInt(3)) {
            case 0 -> groups.machine().restart();
            case 1 -> groups.machine().restartFromSnapshot();
            default -> groups.machine().restartWithSnapshotBehindFacts();
        }
    }

    private void oneStep(Random random) {
        for (Member member : List.copyOf(living)) {
            member.step(random);
            nobodyReadsWhatAnotherReads();
        }
        groups.advanceMs(STEP_MS);
    }

    private void nobodyReadsWhatAnotherReads() {
        Map<PartitionId, String> readers = new HashMap<>();
        for (Member member : living) {
            for (PartitionId partition : member.client.owned) {
                String other = readers.put(partition, member.client.memberId);
                assertThat(other)
                        .as("%s is read by %s", partition, member.client.memberId)
                        .isNull();
            }
        }
    }

    private void settle(Random random) {
        for (int step = 0; step < 2 * SESSION_MS / STEP_MS; step++) {
            oneStep(random);
        }
        assertThat(groups.machine().parkedCount()).as("answers that are owed").isZero();
        if (living.isEmpty()) {
            return;
        }
        ConsumerGroupDescription group = GroupsHarness.value(groups.machine()
                        .<Optional<ConsumerGroupDescription>>ask(
                                reply -> new GroupCommand.DescribeConsumerGroup(GroupsHarness.GROUP, reply)))
                .orElseThrow();
        assertThat(group.state()).isEqualTo(GroupState.STABLE);
        assertThat(group.members()).hasSize(living.size());
        Set<PartitionId> read = new HashSet<>();
        Set<PartitionId> subscribed = new HashSet<>();
        for (Member member : living) {
            read.addAll(member.client.owned);
            for (String name : member.client.topics.orElseThrow()) {
                groups.cluster().topic(name).ifPresent(topic -> {
                    for (int partition = 0; partition < topic.partitionsCount(); partition++) {
                        subscribed.add(new PartitionId(topic.id(), partition));
                    }
                });
            }
        }
        assertThat(read).isEqualTo(subscribed);
    }

    /** A client, and how fast it is. */
    private final class Member {
        private final ConsumerClient client;
        private int quietSteps;
        private int revokingSteps;
        private boolean loseNextAnswer;

        private Member(Optional<String> instanceId, Random random) {
            client = new ConsumerClient(groups, "member-" + membersCount++, instanceId, "topic-" + random.nextInt(2));
        }

        private void step(Random random) {
            if (!client.isReconciled()) {
                if (revokingSteps-- <= 0) {
                    client.reconcile();
                    revokingSteps = random.nextInt(MAX_REVOKING_STEPS);
                    beat();
                }
            } else if (++quietSteps * STEP_MS >= client.intervalMs) {
                beat();
            }
        }

        private void beat() {
            quietSteps = 0;
            if (loseNextAnswer) {
                loseNextAnswer = false;
                var _ = client.send(client.epoch);
                client.sayAll();
                return;
            }
            client.beat().ifPresent(refusal -> assertThat(HONEST_REFUSALS).contains(refusal));
        }
    }
}
