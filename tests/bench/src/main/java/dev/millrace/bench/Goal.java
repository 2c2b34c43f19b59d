package dev.millrace.bench;

/**
 * A ratio that must be reached.
 *
 * @param metric of both sides
 * @param side whose figure is divided
 * @param against the side whose figure it is divided by
 * @param atLeast whether the ratio must be at least the bound, else at most
 * @param bound the bound
 */
record Goal(String metric, Side side, Side against, boolean atLeast, double bound) {
    static Goal atLeast(String metric, Side side, Side against, double bound) {
        return new Goal(metric, side, against, true, bound);
    }

    static Goal atMost(String metric, Side side, Side against, double bound) {
        return new Goal(metric, side, against, false, bound);
    }

    boolean isReachedBy(double ratio) {
        return atLeast ? ratio >= bound : ratio <= bound;
    }
}
