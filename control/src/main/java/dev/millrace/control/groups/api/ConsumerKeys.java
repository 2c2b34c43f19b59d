package dev.millrace.control.groups.api;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSchema;
import dev.millrace.base.config.ConfigType;
import dev.millrace.control.groups.assignors.Assignors;
import java.util.List;

/** The server's settings for groups of the consumer protocol (KIP-848). */
public final class ConsumerKeys {

    private static final ConsumerSettings DEFAULT = ConsumerSettings.DEFAULT;

    public static final ConfigKey<Integer> SESSION_TIMEOUT_MS = ConfigKey.of(ConfigType.INT, DEFAULT.sessionTimeoutMs())
            .server("group.consumer.session.timeout.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How long a member of the consumer protocol may be silent.");

    public static final ConfigKey<Integer> MIN_SESSION_TIMEOUT_MS = ConfigKey.of(ConfigType.INT, 45_000)
            .server("group.consumer.min.session.timeout.ms")
            .unit("ms")
            .atLeast(1)
            .doc("The shortest session that a group of the consumer protocol may set for its members.");

    public static final ConfigKey<Integer> MAX_SESSION_TIMEOUT_MS = ConfigKey.of(ConfigType.INT, 60_000)
            .server("group.consumer.max.session.timeout.ms")
            .unit("ms")
            .atLeast(1)
            .doc("The longest session that a group of the consumer protocol may set for its members.");

    public static final ConfigKey<Integer> HEARTBEAT_INTERVAL_MS = ConfigKey.of(
                    ConfigType.INT, DEFAULT.heartbeatIntervalMs())
            .server("group.consumer.heartbeat.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How seldom a member of the consumer protocol sends a heartbeat. Millrace asks for more of them"
                    + " while that costs little, so that members learn of a change at once.");

    public static final ConfigKey<Integer> MIN_HEARTBEAT_INTERVAL_MS = ConfigKey.of(ConfigType.INT, 5_000)
            .server("group.consumer.min.heartbeat.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("The shortest heartbeat interval that a group of the consumer protocol may set.");

    public static final ConfigKey<Integer> MAX_HEARTBEAT_INTERVAL_MS = ConfigKey.of(ConfigType.INT, 15_000)
            .server("group.consumer.max.heartbeat.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("The longest heartbeat interval that a group of the consumer protocol may set.");

    public static final ConfigKey<Integer> ASSIGNMENT_INTERVAL_MS = ConfigKey.of(
                    ConfigType.INT, DEFAULT.assignmentIntervalMs())
            .server("group.consumer.assignment.interval.ms")
            .unit("ms")
            .atLeast(0)
            .doc("The time between two assignments of one group of the consumer protocol, at least. Apache Kafka waits"
                    + " 1000.");

    public static final ConfigKey<Integer> MIN_ASSIGNMENT_INTERVAL_MS = ConfigKey.of(ConfigType.INT, 0)
            .server("group.consumer.min.assignment.interval.ms")
            .unit("ms")
            .atLeast(0)
            .doc("The shortest assignment interval that a group of the consumer protocol may set.");

    public static final ConfigKey<Integer> MAX_ASSIGNMENT_INTERVAL_MS = ConfigKey.of(ConfigType.INT, 15_000)
            .server("group.consumer.max.assignment.interval.ms")
            .unit("ms")
            .atLeast(0)
            .doc("The longest assignment interval that a group of the consumer protocol may set.");

    static final ConfigKey<Integer> MAX_SIZE = ConfigKey.of(ConfigType.INT, DEFAULT.maxSize())
            .server("group.consumer.max.size")
            .unit("members")
            .atLeast(1)
            .doc("Members that one group of the consumer protocol may have.");

    static final ConfigKey<List<String>> ASSIGNORS = ConfigKey.of(ConfigType.LIST, DEFAULT.assignors())
            .server("group.consumer.assignors")
            .rule(
                    names -> !names.isEmpty() && Assignors.names().containsAll(names),
                    "that names some of " + String.join(", ", Assignors.names()))
            .doc("The assignors that members of the consumer protocol may ask for. The first is taken if nobody asks.");

    static final ConfigKey<MigrationPolicy> MIGRATION_POLICY = ConfigKey.of(
                    ConfigType.oneOf(MigrationPolicy.class), DEFAULT.migration())
            .server("group.consumer.migration.policy")
            .doc("Which groups with members may change their protocol. upgrade: to the consumer protocol when its first"
                    + " member joins. downgrade: back when its last one leaves. bidirectional: both.");

    static final ConfigKey<Integer> REGEX_REFRESH_INTERVAL_MS = ConfigKey.of(
                    ConfigType.INT, DEFAULT.regexRefreshIntervalMs())
            .server("group.consumer.regex.refresh.interval.ms")
            .unit("ms")
            .atLeast(10_000)
            .doc("Taken for Apache Kafka's sake: expressions for topics are looked at again whenever a topic comes or"
                    + " goes.");

    public static final ConfigSchema SCHEMA = ConfigSchema.of(List.of(
            SESSION_TIMEOUT_MS,
            MIN_SESSION_TIMEOUT_MS,
            MAX_SESSION_TIMEOUT_MS,
            HEARTBEAT_INTERVAL_MS,
            MIN_HEARTBEAT_INTERVAL_MS,
            MAX_HEARTBEAT_INTERVAL_MS,
            ASSIGNMENT_INTERVAL_MS,
            MIN_ASSIGNMENT_INTERVAL_MS,
            MAX_ASSIGNMENT_INTERVAL_MS,
            MAX_SIZE,
            ASSIGNORS,
            MIGRATION_POLICY,
            REGEX_REFRESH_INTERVAL_MS));

    private ConsumerKeys() {}

    /**
     * What groups work by.
     *
     * @throws IllegalArgumentException if the values do not fit together; the message names the keys
     */
    public static ConsumerSettings settings(Config values) {
        checkBetween(values, SESSION_TIMEOUT_MS, MIN_SESSION_TIMEOUT_MS, MAX_SESSION_TIMEOUT_MS);
        checkBetween(values, HEARTBEAT_INTERVAL_MS, MIN_HEARTBEAT_INTERVAL_MS, MAX_HEARTBEAT_INTERVAL_MS);
        checkBetween(values, ASSIGNMENT_INTERVAL_MS, MIN_ASSIGNMENT_INTERVAL_MS, MAX_ASSIGNMENT_INTERVAL_MS);
        return new ConsumerSettings(
                values.get(SESSION_TIMEOUT_MS),
                values.get(HEARTBEAT_INTERVAL_MS),
                values.get(ASSIGNMENT_INTERVAL_MS),
                values.get(MAX_SIZE),
                values.get(ASSIGNORS),
                values.get(MIGRATION_POLICY),
                values.get(REGEX_REFRESH_INTERVAL_MS));
    }

    private static void checkBetween(
            Config values, ConfigKey<Integer> key, ConfigKey<Integer> least, ConfigKey<Integer> most) {
        int value = values.get(key);
        if (value < values.get(least) || value > values.get(most)) {
            throw new IllegalArgumentException(key.name() + " must be between " + least.name() + ", "
                    + values.get(least) + ", and " + most.name() + ", " + values.get(most) + ", not " + value);
        }
    }
}
