package dev.millrace.base.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A sum that only grows. Writing it is allocation-free, and threads that do so at once do not disturb each other. */
public final class Counter implements Metric {

    private final MetricName name;
    private final LongAdder sum = new LongAdder();

    Counter(MetricName name) {
        this.name = name;
    }

    @Override
    public MetricName name() {
        return name;
    }

    public void increment() {
        sum.increment();
    }

    /** {@code amount} is not negative. */
    public void add(long amount) {
        sum.add(amount);
    }

    public long value() {
        return sum.sum();
    }
}
