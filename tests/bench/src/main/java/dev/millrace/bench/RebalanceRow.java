package dev.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A group of 19 members over 40 partitions that a twentieth joins and leaves. Stable is the group when every partition is owned and no member has
 * more than one partition more than another; times run to the moment from which it is. All settings are the clients' defaults.
 *
 * @param protocol {@code classic} or {@code consumer} (KIP-848)
 */
record RebalanceRow(String name, String title, List<Side> sides, List<Goal> goals, String protocol) implements Row {
    static final String JOIN_S = "s to join";
    static final String LEAVE_S = "s to leave";
    static final String REVOKED = "revoked";

    private static final String TOPIC = "bench-rebalance";
    private static final int PARTITIONS = 40;
    private static final int MEMBERS = 20;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(90);
    private static final long STABLE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    @Override
    public int rounds() {
        return 3;
    }

    @Override
    public int warmRounds() {
        return 0;
    }

    @Override
    public Figures measure(Station station) {
        String topic = station.freshTopic(TOPIC, PARTITIONS);
        List<GroupMember> members = new ArrayList<>();
        try {
            for (int i = 1; i < MEMBERS; i++) {
                members.add(new GroupMember(station, topic, protocol));
            }
            awaitStable(members);
            long revokedBefore =
                    members.stream().mapToLong(GroupMember::revokedCount).sum();
            GroupMember last = new GroupMember(station, topic, protocol);
            members.add(last);
            double joinSeconds = awaitStable(members);
            long revoked = members.stream().mapToLong(GroupMember::revokedCount).sum() - revokedBefore;
            members.remove(last);
            last.close();
            double leaveSeconds = awaitStable(members);
            return Figures.of()
                    .with(JOIN_S, joinSeconds)
                    .with(LEAVE_S, leaveSeconds)
                    .with(REVOKED, (double) revoked);
        } finally {
            members.forEach(GroupMember::askToLeave);
            members.forEach(GroupMember::close);
            station.deleteTopic(topic);
        }
    }

    /** Seconds from now until the group was stable. */
    private static double awaitStable(List<GroupMember> members) {
        long startedNs = System.nanoTime();
        long sinceNs = startedNs;
        boolean stable = false;
        while (!stable || System.nanoTime() - sinceNs < STABLE_NS) {
            boolean now = isStable(members);
            if (now != stable) {
                stable = now;
                sinceNs = System.nanoTime();
            }
            if (System.nanoTime() - startedNs > TIMEOUT_NS) {
                throw new IllegalStateException("the group does not become stable: "
                        + members.stream().map(GroupMember::ownedCount).toList());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(1);
            } catch (InterruptedException e) {
                throw Station.interrupted(e);
            }
        }
        return (sinceNs - startedNs) / 1e9;
    }

    private static boolean isStable(List<GroupMember> members) {
        int all = 0;
        int least = PARTITIONS;
        int most = 0;
        for (GroupMember member : members) {
            int owned = member.ownedCount();
            all += owned;
            least = Math.min(least, owned);
            most = Math.max(most, owned);
        }
        return all == PARTITIONS && most - least <= 1;
    }
}
