package dev.millrace.control.groups.api;

/** Which groups may change their protocol while they have members ({@code group.consumer.migration.policy}). */
public enum MigrationPolicy {
    /** To the consumer protocol when its first member joins, and back when its last one leaves. */
    BIDIRECTIONAL,
    /** To the consumer protocol alone. */
    UPGRADE,
    /** To the classic protocol alone. */
    DOWNGRADE,
    /** None. */
    DISABLED;

    public boolean upgrades() {
        return this == BIDIRECTIONAL || this == UPGRADE;
    }

    public boolean downgrades() {
        return this == BIDIRECTIONAL || this == DOWNGRADE;
    }
}
