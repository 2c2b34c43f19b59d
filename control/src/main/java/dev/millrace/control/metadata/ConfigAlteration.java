package dev.millrace.control.metadata;

import java.util.List;
import java.util.Optional;

/**
 * A change of one target's configuration: all of it is applied, or nothing.
 *
 * @param replacesAll whether what is not named goes back to its default (AlterConfigs), or stays (IncrementalAlterConfigs, KIP-339)
 */
public record ConfigAlteration(ConfigTarget target, boolean replacesAll, List<Operation> operations) {

    /** What to do with a key. */
    public enum Kind {
        SET,
        /** Back to the default. */
        DELETE,
        /** Adds entries to a list. */
        APPEND,
        /** Takes entries out of a list. */
        SUBTRACT
    }

    /**
     * One change.
     *
     * @param value empty for DELETE, or where the caller gave none
     */
    public record Operation(String key, Kind kind, Optional<String> value) {}
}
