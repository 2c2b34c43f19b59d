package dev.millrace.base.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/**
 * Our metrics as Micrometer's meters, which read ours when they are published.
 *
 * <p>A distribution becomes two counters, {@code NAME.count} and {@code NAME.sum}, and gauges {@code NAME} with a tag {@code quantile}
 * of 0.5, 0.99, 0.999 and 1.
 */
final class MicrometerBinding {

    private static final double[] QUANTILES = {0.5, 0.99, 0.999, 1};

    private final MeterRegistry registry;

    MicrometerBinding(MeterRegistry registry) {
        this.registry = registry;
    }

    void bind(Metric metric) {
        MetricName name = metric.name();
        switch (metric) {
            case Counter counter -> counter(name.name(), name, counter, Counter::value);
            case Gauge gauge -> gauge(name, Tags.empty(), gauge, Gauge::value);
            case Distribution distribution -> {
                counter(name.name() + ".count", name, distribution, Distribution::count);
                counter(name.name() + ".sum", name, distribution, Distribution::sum);
                for (double quantile : QUANTILES) {
                    Tags tags = Tags.of("quantile", Double.toString(quantile));
                    gauge(name, tags, distribution, d -> d.quantile(quantile));
                }
            }
        }
    }

    private <M> void counter(String meter, MetricName name, M metric, ToDoubleFunction<M> read) {
        FunctionCounter.builder(meter, metric, read)
                .tags(tags(name))
                .baseUnit(name.unit())
                .description(name.doc())
                .register(registry);
    }

    private <M> void gauge(MetricName name, Tags more, M metric, ToDoubleFunction<M> read) {
        io.micrometer.core.instrument.Gauge.builder(name.name(), metric, read)
                .tags(tags(name).and(more))
                .baseUnit(name.unit())
                .description(name.doc())
                .strongReference(true)
                .register(registry);
    }

    private static Tags tags(MetricName name) {
        return name.tags().isEmpty() ? Tags.empty() : Tags.of(name.tags().split("[=,]"));
    }
}
