package dev.millrace.control.metadata;

import java.util.Optional;

/**
 * A feature whose level the whole cluster agrees on (KIP-584): what clients and machines must do alike changes with the level, not with the
 * version of the software.
 */
public enum Feature {
    /** 1: records of the transaction machine may grow; 2: an epoch per transaction, partitions join by being written to (KIP-890). */
    TRANSACTION_VERSION("transaction.version", 0, 2, 2),

    /** 1: consumer groups of KIP-848 beside classic ones. */
    GROUP_VERSION("group.version", 0, 1, 1),

    /**
     * In Kafka the format of the metadata log, and by that the release whose behaviour to expect: tools read the release from it. Here it
     * says that this is Kafka 4.4 for its clients, and nothing depends on it; so it has one level, and cannot be changed.
     */
    METADATA_VERSION("metadata.version", 33, 33, 33);

    private final String featureName;
    private final int minLevel;
    private final int maxLevel;
    private final int defaultLevel;

    Feature(String featureName, int minLevel, int maxLevel, int defaultLevel) {
        this.featureName = featureName;
        this.minLevel = minLevel;
        this.maxLevel = maxLevel;
        this.defaultLevel = defaultLevel;
    }

    /** As clients know it: {@code "transaction.version"}. */
    public String featureName() {
        return featureName;
    }

    /** The lowest level that this version of Millrace works at. 0 is as if there were no such feature. */
    public int minLevel() {
        return minLevel;
    }

    /** The highest level that this version of Millrace works at. */
    public int maxLevel() {
        return maxLevel;
    }

    /** The level of a data directory that says nothing of its levels. */
    int defaultLevel() {
        return defaultLevel;
    }

    static Optional<Feature> named(String name) {
        for (Feature feature : values()) {
            if (feature.featureName.equals(name)) {
                return Optional.of(feature);
            }
        }
        return Optional.empty();
    }
}
