package dev.millrace.control.port;

/**
 * The one way by which adapters (the Kafka wire; later HTTP and the engine) reach data. Its types come from {@code log},
 * none from Kafka. Thread-safe; nothing here waits.
 *
 * <p>Its contract is the suite {@code LogPortContract}, which every implementation passes.
 *
 * <p>Offsets of groups are committed through {@link GroupOffsets}, or as part of a transaction through {@link Transactions}.
 */
public interface LogPort extends PartitionPorts {

    /** Commits and reads the positions of consumer groups. */
    GroupOffsets groupOffsets();

    /** Writes to several partitions, and commits positions, as one. */
    Transactions transactions();
}
