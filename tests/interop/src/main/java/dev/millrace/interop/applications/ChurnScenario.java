package dev.millrace.interop.applications;

import static dev.millrace.interop.applications.Stage.expect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A group of about 20 members over 40 partitions, of which one after another joins, leaves, or dies without a word. No partition ever has two
 * owners; whenever the churn pauses, each comes to have one, and keeps it.
 *
 * @param protocol {@code classic} or {@code consumer} (KIP-848)
 */
record ChurnScenario(String protocol) implements Scenario {
    private static final int PARTITIONS = 40;
    private static final int MEMBERS_MAX = 20;
    private static final int MEMBERS_MIN = 15;
    private static final int STEP_WITHIN_MS = 500;
    private static final int STEPS_BETWEEN_RESTS = 30;
    private static final int REST_MS = 1_500;

    @Override
    public String name() {
        return "churn-" + protocol;
    }

    @Override
    public String run(Stage stage) throws Exception {
        stage.createTopics(PARTITIONS, name());
        Ownership ownership = new Ownership();
        Deque<ChurnMember> members = new ArrayDeque<>();
        List<ChurnMember> gone = new ArrayList<>();
        Random random = new Random(PARTITIONS);
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(stage.amount(10, 60));
        int steps = 0;
        try {
            while (System.nanoTime() < endNs) {
                if (members.size() < MEMBERS_MIN || (members.size() < MEMBERS_MAX && random.nextBoolean())) {
                    members.addLast(new ChurnMember("member-" + steps, ownership, stage, name(), settings()));
                } else {
                    end(members.removeFirst(), gone, random.nextInt(3) == 0);
                }
                if (++steps % STEPS_BETWEEN_RESTS == 0) {
                    rest(ownership);
                }
                TimeUnit.MILLISECONDS.sleep(members.size() < MEMBERS_MIN ? 0 : random.nextInt(STEP_WITHIN_MS));
            }
            rest(ownership);
        } finally {
            members.forEach(ChurnMember::leave);
        }
        for (ChurnMember member : members) {
            member.join();
        }
        for (ChurnMember member : gone) {
            member.join();
        }
        expect(ownership.violations().isEmpty(), "owned twice: " + ownership.violations());
        return String.format("%d steps, %,d times a partition was given to a member", steps, ownership.movesCount());
    }

    private static void end(ChurnMember member, List<ChurnMember> gone, boolean dies) {
        if (dies) {
            member.die();
        } else {
            member.leave();
        }
        gone.add(member);
    }

    /** Each partition comes to have an owner, and for a while nothing changes. */
    private static void rest(Ownership ownership) throws InterruptedException {
        long[] quiet = {-1, System.nanoTime()};
        try {
            Stage.until("every partition has an owner, and keeps it", () -> {
                long moves = ownership.movesCount();
                if (ownership.ownedCount() < PARTITIONS || moves != quiet[0]) {
                    quiet[0] = moves;
                    quiet[1] = System.nanoTime();
                }
                return System.nanoTime() - quiet[1] > TimeUnit.MILLISECONDS.toNanos(REST_MS);
            });
        } catch (AssertionError e) {
            throw new AssertionError(ownership.ownedCount() + " partitions are owned: " + ownership, e);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "group.id",
                name(),
                "group.protocol",
                protocol,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false"));
        if (protocol.equals("classic")) {
            settings.put("session.timeout.ms", "10000");
            settings.put("heartbeat.interval.ms", "500");
            settings.put(
                    "partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        }
        return settings;
    }
}
