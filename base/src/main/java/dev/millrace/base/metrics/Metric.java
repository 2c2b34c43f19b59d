package dev.millrace.base.metrics;

/** Something that is measured. Made by {@link Metrics}; thread-safe. */
public sealed interface Metric permits Counter, Gauge, Distribution {

    MetricName name();
}
