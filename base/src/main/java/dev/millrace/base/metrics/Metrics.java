package dev.millrace.base.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * Everything that a process measures. A module asks for its metrics once, when it is put together, and keeps them.
 * Thread-safe.
 *
 * <p>Metrics are ours, and cost a start nothing but themselves; {@link #publishTo} hands them to Micrometer, whose classes are loaded
 * only then.
 */
public final class Metrics {

    private final List<Metric> metrics = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private Optional<MicrometerBinding> binding = Optional.empty();

    public Counter counter(MetricName name) {
        return add(new Counter(name));
    }

    /** {@code read} is called by whoever publishes, on any thread, as long as this lives. */
    public Gauge gauge(MetricName name, DoubleSupplier read) {
        return add(new Gauge(name, read));
    }

    public Distribution distribution(MetricName name) {
        return add(new Distribution(name));
    }

    /** In the order in which they were made. */
    public synchronized List<Metric> all() {
        return List.copyOf(metrics);
    }

    /** Publishes what there is and what comes later. Once. */
    public synchronized void publishTo(MeterRegistry registry) {
        if (binding.isPresent()) {
            throw new IllegalStateException("these metrics are published already");
        }
        MicrometerBinding made = new MicrometerBinding(registry);
        metrics.forEach(made::bind);
        binding = Optional.of(made);
    }

    private synchronized <M extends Metric> M add(M metric) {
        if (!names.add(metric.name().full())) {
            throw new IllegalArgumentException(
                    "there is a metric " + metric.name().full() + " already");
        }
        metrics.add(metric);
        binding.ifPresent(b -> b.bind(metric));
        return metric;
    }
}
