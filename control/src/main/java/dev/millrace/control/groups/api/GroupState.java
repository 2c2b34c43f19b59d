package dev.millrace.control.groups.api;

/** Where a group stands; {@code ClassicGroup} and {@code ConsumerGroup} say how one state leads to the next. */
public enum GroupState {
    /** No members; there may be offsets. */
    EMPTY("Empty"),
    /** Members are asked to join again. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** All have joined, and wait for what the leader assigns. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** A consumer group has changed, and its assignment is still to be made. */
    ASSIGNING("Assigning"),
    /** A consumer group's members are on their way to what they are to have. */
    RECONCILING("Reconciling"),
    /** Each member has its assignment. */
    STABLE("Stable"),
    /** The group does not exist. */
    DEAD("Dead");

    private final String label;

    GroupState(String label) {
        this.label = label;
    }

    /** The name that clients know. */
    public String label() {
        return label;
    }
}
