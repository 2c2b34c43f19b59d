package dev.millrace.control.metadata;

/**
 * A feature that is to get another level.
 *
 * @param level the level that it is to have then; 0 takes it out of use
 */
public record FeatureUpdate(String feature, int level, Direction direction) {

    /** What the caller allows. */
    public enum Direction {
        UPGRADE,
        /** Down, if nothing is lost by it. */
        SAFE_DOWNGRADE,
        /** Down, whatever is lost by it. */
        UNSAFE_DOWNGRADE,
        /** Something that this version does not know. */
        UNKNOWN
    }
}
