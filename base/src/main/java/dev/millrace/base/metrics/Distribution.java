package dev.millrace.base.metrics;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * How values are spread since the start: durations, sizes. Recording is allocation-free.
 *
 * <p>Values are counted in buckets, eight for each power of two, so a quantile is at most an eighth too large:
 *
 * <pre>
 *   value   0 1 2 … 7 │ 8 9 10 … 15 │ 16-17 18-19 … 30-31 │ 32-35 36-39 … │ …
 *   bucket  0 1 2 … 7 │ 8 9 10 … 15 │ 16    17    … 23    │ 24    25    … │ …
 * </pre>
 */
public final class Distribution implements Metric {

    private static final int SUB_BITS = 3;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;
    private static final int BUCKETS = (64 - SUB_BITS) * SUB_BUCKETS;

    private final MetricName name;
    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final LongAdder sum = new LongAdder();
    private final LongAccumulator largest = new LongAccumulator(Math::max, 0);

    Distribution(MetricName name) {
        this.name = name;
    }

    @Override
    public MetricName name() {
        return name;
    }

    /** A negative value counts as 0: clocks and counters that race give such. */
    public void record(long value) {
        long counted = Math.max(0, value);
        buckets.getAndIncrement(bucketIndex(counted));
        sum.add(counted);
        largest.accumulate(counted);
    }

    /** How many values were recorded. */
    public long count() {
        long count = 0;
        for (int i = 0; i < BUCKETS; i++) {
            count += buckets.get(i);
        }
        return count;
    }

    public long sum() {
        return sum.sum();
    }

    /** The largest value; 0 if there is none. */
    public long largest() {
        return largest.get();
    }

    /**
     * A value that {@code share} of all values do not exceed; 0 if there is none.
     *
     * @param share 0 to 1: 0.99 for the 99th percentile
     */
    public long quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count()));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += buckets.get(i);
            if (seen >= rank) {
                return Math.min(largestIn(i), largest());
            }
        }
        return largest();
    }

    static int bucketIndex(long value) {
        if (value < SUB_BUCKETS) {
            return (int) value;
        }
        int exponent = 63 - Long.numberOfLeadingZeros(value);
        int sub = (int) (value >>> (exponent - SUB_BITS)) & (SUB_BUCKETS - 1);
        return (exponent - SUB_BITS + 1) * SUB_BUCKETS + sub;
    }

    static long largestIn(int bucketIndex) {
        if (bucketIndex < 2 * SUB_BUCKETS) {
            return bucketIndex;
        }
        int shift = bucketIndex / SUB_BUCKETS - 1;
        long sub = (long) SUB_BUCKETS + bucketIndex % SUB_BUCKETS;
        return ((sub + 1) << shift) - 1; // The last bucket's bound overflows to the largest long, as it should.
    }
}
