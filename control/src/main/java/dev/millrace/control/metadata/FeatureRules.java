package dev.millrace.control.metadata;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.FeatureUpdate.Direction;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which changes of feature levels are allowed (KIP-584, KIP-778). Stateless. */
final class FeatureRules {

    private FeatureRules() {}

    /**
     * The levels after all of {@code updates}: all of them are applied, or none.
     *
     * @throws MillraceException INVALID_FEATURE_LEVEL
     */
    static FeatureLevels updated(FeatureLevels current, List<FeatureUpdate> updates) {
        Map<String, Integer> changed = new TreeMap<>();
        // Of a feature that is named twice the last counts, as in Kafka.
        Map<String, FeatureUpdate> last = new TreeMap<>();
        updates.forEach(update -> last.put(update.feature(), update));
        for (FeatureUpdate update : last.values()) {
            check(current, update);
            if (update.level() != current.level(update.feature())) {
                changed.put(update.feature(), update.level());
            }
        }
        return changed.isEmpty() ? current : current.with(changed);
    }

    private static void check(FeatureLevels current, FeatureUpdate update) {
        if (update.direction() == Direction.UNKNOWN) {
            throw refused(
                    update,
                    "the type of the upgrade is not known: 1 (upgrade), 2 (safe downgrade) and 3 (unsafe"
                            + " downgrade) are");
        }
        if (update.level() < 0) {
            throw refused(update, "a level is at least 0");
        }
        checkSupported(update);
        int level = current.level(update.feature());
        if (update.level() < level && update.direction() == Direction.UPGRADE) {
            throw refused(
                    update,
                    "it is at level " + level + " already; a lower one must be asked for as a safe or unsafe"
                            + " downgrade");
        }
        if (update.level() > level && update.direction() != Direction.UPGRADE) {
            throw refused(update, "it is at level " + level + ": a downgrade cannot raise it");
        }
    }

    private static void checkSupported(FeatureUpdate update) {
        int minLevel = Feature.named(update.feature()).map(Feature::minLevel).orElse(0);
        int maxLevel = Feature.named(update.feature()).map(Feature::maxLevel).orElse(0);
        if (maxLevel == 0) {
            throw refused(update, "this server does not know the feature");
        }
        if (update.level() < minLevel || update.level() > maxLevel) {
            throw refused(update, "this server supports levels " + minLevel + " to " + maxLevel);
        }
    }

    private static MillraceException refused(FeatureUpdate update, String reason) {
        return new MillraceException(
                ErrorCode.INVALID_FEATURE_LEVEL,
                "feature " + update.feature() + " does not get level " + update.level() + ": " + reason);
    }
}
