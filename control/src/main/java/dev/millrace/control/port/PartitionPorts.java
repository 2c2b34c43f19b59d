package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import java.util.Optional;

/** The partitions of a {@link LogPort}. Thread-safe; nothing here waits. */
public interface PartitionPorts {

    /** The partition that bears this name now; empty if there is none. */
    Optional<PartitionPort> partition(String topic, int partition);

    /** The partition of this identity; empty if there is none (any more). */
    Optional<PartitionPort> partition(TopicId topicId, int partition);

    /**
     * Has those appends begin that were {@linkplain PartitionPort#appendLater left for later}. Small ones may be run, and their futures
     * completed, inside this call.
     */
    void startAppends();
}
