package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import java.util.Optional;

/**
 * The one way by which adapters (the Kafka wire; later HTTP and the engine) reach data. Its types come from {@code log},
 * none from Kafka. Thread-safe; nothing here waits.
 *
 * <p>Its contract is the suite {@code LogPortContract}, which every implementation passes.
 *
 * <p>Offsets of groups are committed through {@link GroupOffsets}; transactions join this port together with the machine that runs them.
 */
public interface LogPort {

    /** The partition that bears this name now; empty if there is none. */
    Optional<PartitionPort> partition(String topic, int partition);

    /** The partition of this identity; empty if there is none (any more). */
    Optional<PartitionPort> partition(TopicId topicId, int partition);

    /**
     * Has those appends begin that were {@linkplain PartitionPort#appendLater left for later}. Small ones may be run, and their futures
     * completed, inside this call.
     */
    void startAppends();

    /** Commits and reads the positions of consumer groups. */
    GroupOffsets groupOffsets();
}
