package dev.millrace.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** What one round measured: a number for each metric, whose name carries its unit. */
record Figures(Map<String, Double> byMetric) {
    static final String RECORDS_PER_S = "records/s";
    static final String COMMITS_PER_S = "commits/s";
    static final String CPU_PER_GB = "CPU s/GB";
    static final String CPU_PER_MILLION = "CPU s per million";
    static final String P50_MS = "p50 ms";
    static final String P99_MS = "p99 ms";
    static final String P999_MS = "p99.9 ms";
    static final String SECONDS = "s";

    private static final double NS_PER_MS = 1e6;

    static Figures of() {
        return new Figures(new LinkedHashMap<>());
    }

    Figures with(String metric, double value) {
        byMetric.put(metric, value);
        return this;
    }

    double value(String metric) {
        return byMetric.getOrDefault(metric, Double.NaN);
    }

    /** Median and tails of times in nanoseconds. */
    Figures with(Histogram timesNs) {
        return with(P50_MS, timesNs.getValueAtPercentile(50) / NS_PER_MS)
                .with(P99_MS, timesNs.getValueAtPercentile(99) / NS_PER_MS)
                .with(P999_MS, timesNs.getValueAtPercentile(99.9) / NS_PER_MS);
    }

    /** The median of each metric over rounds. */
    static Figures medians(List<Figures> rounds) {
        Set<String> metrics = new LinkedHashSet<>();
        rounds.forEach(round -> metrics.addAll(round.byMetric.keySet()));
        Figures medians = of();
        for (String metric : metrics) {
            List<Double> values = new ArrayList<>();
            rounds.forEach(round -> values.add(round.value(metric)));
            values.sort(null);
            int middle = values.size() / 2;
            medians.with(
                    metric,
                    values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2);
        }
        return medians;
    }
}
