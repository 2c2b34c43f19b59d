package dev.millrace.control.groups.offsets;

/**
 * A position that a transaction will commit, if it commits.
 *
 * @param producerEpoch under which it came: the marker has the same, or a higher one
 */
record PendingOffset(short producerEpoch, CommittedOffset committed) {}
