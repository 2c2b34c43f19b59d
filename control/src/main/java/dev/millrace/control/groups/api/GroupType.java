package dev.millrace.control.groups.api;

/** The protocol that a group speaks. */
public enum GroupType {
    /** Members join and sync, and one of them assigns; also the type of a group that only keeps offsets. */
    CLASSIC("classic"),
    /** The coordinator assigns, and members reconcile (KIP-848). */
    CONSUMER("consumer");

    private final String label;

    GroupType(String label) {
        this.label = label;
    }

    /** The name that clients know. */
    public String label() {
        return label;
    }
}
