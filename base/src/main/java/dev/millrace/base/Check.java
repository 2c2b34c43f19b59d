package dev.millrace.base;

/**
 * Assertions that stay on in production. A broken invariant is a defect of ours, never a bad input: the owner of the
 * state (a shard, a machine) fences itself and does not limp on.
 */
public final class Check {

    private Check() {}

    /** Throws {@link InvariantViolation} unless {@code holds}. */
    public static void that(boolean holds, String invariant) {
        if (!holds) {
            throw new InvariantViolation(invariant);
        }
    }

    /** Throws {@link InvariantViolation} naming both values unless {@code actual == expected}. Allocation-free when it holds. */
    public static void equal(long actual, long expected, String invariant) {
        if (actual != expected) {
            throw new InvariantViolation(invariant + ": expected " + expected + ", is " + actual);
        }
    }

    /** Throws {@link InvariantViolation} naming both values unless {@code lower <= upper}. Allocation-free when it holds. */
    public static void ordered(long lower, long upper, String invariant) {
        if (lower > upper) {
            throw new InvariantViolation(invariant + ": " + lower + " > " + upper);
        }
    }

    /** A broken invariant. */
    public static final class InvariantViolation extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        InvariantViolation(String message) {
            super(message);
        }
    }
}
