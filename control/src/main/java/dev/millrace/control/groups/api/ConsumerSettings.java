package dev.millrace.control.groups.api;

import dev.millrace.base.config.ConfigKey;
import dev.millrace.control.metadata.GroupConfigs;
import java.util.List;
import java.util.Map;

/**
 * What groups of the consumer protocol work by, under Kafka's own names, {@code group.consumer.…}.
 *
 * @param sessionTimeoutMs {@code session.timeout.ms}: how long a member may be silent
 * @param heartbeatIntervalMs {@code heartbeat.interval.ms}: how seldom a member of a group at rest comes; see {@code consumer.Pace}
 * @param assignmentIntervalMs {@code assignment.interval.ms}: the time between two assignments of a group, at least; 0 here, where Kafka
 *     gathers changes for 1 s
 * @param maxSize {@code max.size}: members of one group
 * @param assignors {@code assignors}: which may be used; the first is the default
 * @param migration {@code migration.policy}
 * @param regexRefreshIntervalMs {@code regex.refresh.interval.ms}: kept for Kafka's sake; expressions are looked at again whenever a topic
 *     comes or goes
 */
public record ConsumerSettings(
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int assignmentIntervalMs,
        int maxSize,
        List<String> assignors,
        MigrationPolicy migration,
        int regexRefreshIntervalMs) {

    /** Kafka's defaults, save that assignments do not wait. */
    public static final ConsumerSettings DEFAULT = new ConsumerSettings(
            45_000, 5_000, 0, Integer.MAX_VALUE, List.of("uniform", "range"), MigrationPolicy.BIDIRECTIONAL, 600_000);

    public ConsumerSettings {
        assignors = List.copyOf(assignors);
        if (assignors.isEmpty()) {
            throw new IllegalArgumentException("group.consumer.assignors must name one at least: uniform or range");
        }
        if (sessionTimeoutMs <= heartbeatIntervalMs) {
            throw new IllegalArgumentException("group.consumer.session.timeout.ms must be greater than"
                    + " group.consumer.heartbeat.interval.ms, not " + sessionTimeoutMs + " with an interval of "
                    + heartbeatIntervalMs);
        }
    }

    /** These, with what was set for one group over them; checked when it was set. */
    public ConsumerSettings with(Map<String, String> configs) {
        return configs.isEmpty()
                ? this
                : new ConsumerSettings(
                        number(configs, GroupConfigs.SESSION_TIMEOUT_MS, sessionTimeoutMs),
                        number(configs, GroupConfigs.HEARTBEAT_INTERVAL_MS, heartbeatIntervalMs),
                        number(configs, GroupConfigs.ASSIGNMENT_INTERVAL_MS, assignmentIntervalMs),
                        maxSize,
                        assignors,
                        migration,
                        regexRefreshIntervalMs);
    }

    private static int number(Map<String, String> configs, ConfigKey<Integer> key, int otherwise) {
        String text = configs.get(key.name());
        return text == null ? otherwise : key.parse(text);
    }
}
