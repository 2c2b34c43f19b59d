package dev.millrace.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The table in Markdown: a line for each metric of each row, with its ratios to Kafka and what was to be reached. */
final class Report {
    private final StringBuilder lines =
            new StringBuilder("| Work | Metric | Figures | Ratio | Goal | Reached |\n|---|---|---|---|---|---|\n");

    void add(Row row, Map<Side, Figures> medians) {
        String title = row.title();
        for (String metric : medians.values().iterator().next().byMetric().keySet()) {
            StringBuilder figures = new StringBuilder();
            medians.forEach((side, measured) -> figures.append(figures.isEmpty() ? "" : " · ")
                    .append(side.name())
                    .append(' ')
                    .append(number(measured.value(metric))));
            boolean judged = false;
            for (Goal goal : row.goals()) {
                if (goal.metric().equals(metric)
                        && medians.keySet().containsAll(List.of(goal.side(), goal.against()))) {
                    double ratio = of(medians, goal.side()).value(metric)
                            / of(medians, goal.against()).value(metric);
                    line(title, metric, judged ? "″" : figures.toString(), ratio, goal);
                    judged = true;
                    title = "″";
                }
            }
            if (!judged) {
                lines.append("| ")
                        .append(title)
                        .append(" | ")
                        .append(metric)
                        .append(" | ")
                        .append(figures)
                        .append(" | | | |\n");
                title = "″";
            }
        }
    }

    private static Figures of(Map<Side, Figures> medians, Side side) {
        return Objects.requireNonNull(medians.get(side), "a goal names a side that its row lacks");
    }

    private void line(String title, String metric, String figures, double ratio, Goal goal) {
        lines.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s: %.2f | %s %s | %s |%n",
                title,
                metric,
                figures,
                goal.side().name(),
                ratio,
                goal.atLeast() ? "≥" : "≤",
                number(goal.bound()),
                goal.isReachedBy(ratio) ? "yes" : "**no**"));
    }

    private static String number(double value) {
        if (value >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }

    String markdown() {
        return lines.toString();
    }
}
