package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.GroupState;

/**
 * How soon a member is to come again. Members learn of a change by heartbeat alone, so this is what a rebalance takes: the client comes when the last
 * answer told it to. A group on its way comes often; one at rest as often as costs nothing: all members together about
 * {@link #AT_REST_PER_SECOND} times a second. Never more seldom than the configured interval. Stateless.
 */
final class Pace {

    private static final int ON_THE_WAY_MS = 100;
    private static final int AT_REST_LEAST_MS = 300;

    /** Heartbeats of one group at rest, all members together. */
    private static final int AT_REST_PER_SECOND = 50;

    /** Members of one group on its way come together about so often at most. */
    private static final int ON_THE_WAY_PER_SECOND = 500;

    private Pace() {}

    /**
     * The interval for the next heartbeat, in ms.
     *
     * @param configuredMs {@code group.consumer.heartbeat.interval.ms}, or the group's own
     */
    static int intervalMs(GroupState state, int membersCount, int configuredMs) {
        int paceMs = state == GroupState.STABLE
                ? Math.max(AT_REST_LEAST_MS, perSecond(membersCount, AT_REST_PER_SECOND))
                : Math.max(ON_THE_WAY_MS, perSecond(membersCount, ON_THE_WAY_PER_SECOND));
        return Math.min(paceMs, configuredMs);
    }

    private static int perSecond(int membersCount, int perSecond) {
        return (int) Math.min(Integer.MAX_VALUE, 1_000L * membersCount / perSecond);
    }
}
