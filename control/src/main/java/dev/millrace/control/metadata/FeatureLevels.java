package dev.millrace.control.metadata;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The levels that features are at: Kafka calls them finalized. Immutable.
 *
 * @param epoch grows with every change, from 1 on: clients keep the levels of the highest epoch that they have seen
 * @param levels by name; a feature at level 0 is not in it
 */
public record FeatureLevels(long epoch, SortedMap<String, Integer> levels) {

    /** What a data directory has that says nothing of its levels. */
    static final FeatureLevels DEFAULT = defaults();

    public FeatureLevels {
        levels = Collections.unmodifiableSortedMap(new TreeMap<>(levels));
    }

    /** The level of a feature; 0 if it is not in use. */
    public int level(String featureName) {
        return levels.getOrDefault(featureName, 0);
    }

    /** The level of a feature; 0 if it is not in use. */
    public int level(Feature feature) {
        return level(feature.featureName());
    }

    /** With other levels for some features, in the next epoch. */
    FeatureLevels with(Map<String, Integer> changed) {
        SortedMap<String, Integer> next = new TreeMap<>(levels);
        next.putAll(changed);
        next.values().removeIf(level -> level == 0);
        return new FeatureLevels(epoch + 1, next);
    }

    private static FeatureLevels defaults() {
        SortedMap<String, Integer> levels = new TreeMap<>();
        for (Feature feature : Feature.values()) {
            levels.put(feature.featureName(), feature.defaultLevel());
        }
        return new FeatureLevels(1, levels);
    }
}
