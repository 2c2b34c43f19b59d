package dev.millrace.control.groups.api;

/** From when on the retention of a group's offsets is counted (KIP-211). */
public sealed interface OffsetAge {

    /** They do not age now: the group has members, and what they read is not known or changing. */
    record Never() implements OffsetAge {}

    /** Each ages from its own commit: nobody manages the group, or the topic is none that its members read. */
    record SinceCommit() implements OffsetAge {}

    /** All age from this moment, in ms since the epoch: the group has been empty since. */
    record SinceMs(long wallMs) implements OffsetAge {}
}
