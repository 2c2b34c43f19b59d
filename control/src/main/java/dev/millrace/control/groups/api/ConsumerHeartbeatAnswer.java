package dev.millrace.control.groups.api;

import dev.millrace.log.PartitionId;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What the member is, and has.
 *
 * @param heartbeatIntervalMs when it is to come back
 * @param assignment all that it may have; empty if that has not changed since it was told
 */
public record ConsumerHeartbeatAnswer(
        String memberId, int memberEpoch, int heartbeatIntervalMs, Optional<SortedSet<PartitionId>> assignment) {}
