package dev.millrace.base.metrics;

import java.util.function.DoubleSupplier;

/** A value as it is when somebody reads it. {@code read} is thread-safe and waits for nothing. */
public record Gauge(MetricName name, DoubleSupplier read) implements Metric {

    public double value() {
        return read.getAsDouble();
    }
}
