package dev.millrace.control.metadata;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigType;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ConsumerKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings that a single consumer group may have of its own (KIP-848, KIP-1014), within the bounds that the server sets. */
public final class GroupConfigs {

    /** Named as on topics: as there, what is not set comes from the server. */
    public static final ConfigKey<Integer> SESSION_TIMEOUT_MS = ConfigKey.of(ConfigType.INT, 45_000)
            .topic("consumer.session.timeout.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How long a member of the group may be silent, if it speaks the consumer protocol.");

    public static final ConfigKey<Integer> HEARTBEAT_INTERVAL_MS = ConfigKey.of(ConfigType.INT, 5_000)
            .topic("consumer.heartbeat.interval.ms")
            .unit("ms")
            .atLeast(1)
            .doc("How seldom a member of the group sends a heartbeat, if it speaks the consumer protocol.");

    public static final ConfigKey<Integer> ASSIGNMENT_INTERVAL_MS = ConfigKey.of(ConfigType.INT, 0)
            .topic("consumer.assignment.interval.ms")
            .unit("ms")
            .atLeast(0)
            .doc("The time between two assignments of the group, at least.");

    /**
     * A setting of groups, and what stands behind it on the server.
     *
     * @param server what is so for groups that set nothing
     * @param least the server's lower bound
     * @param most the server's upper bound
     */
    public record Entry(
            ConfigKey<Integer> key, ConfigKey<Integer> server, ConfigKey<Integer> least, ConfigKey<Integer> most) {}

    /** All of them, by name. */
    public static final List<Entry> ALL = List.of(
            new Entry(
                    ASSIGNMENT_INTERVAL_MS,
                    ConsumerKeys.ASSIGNMENT_INTERVAL_MS,
                    ConsumerKeys.MIN_ASSIGNMENT_INTERVAL_MS,
                    ConsumerKeys.MAX_ASSIGNMENT_INTERVAL_MS),
            new Entry(
                    HEARTBEAT_INTERVAL_MS,
                    ConsumerKeys.HEARTBEAT_INTERVAL_MS,
                    ConsumerKeys.MIN_HEARTBEAT_INTERVAL_MS,
                    ConsumerKeys.MAX_HEARTBEAT_INTERVAL_MS),
            new Entry(
                    SESSION_TIMEOUT_MS,
                    ConsumerKeys.SESSION_TIMEOUT_MS,
                    ConsumerKeys.MIN_SESSION_TIMEOUT_MS,
                    ConsumerKeys.MAX_SESSION_TIMEOUT_MS));

    private GroupConfigs() {}

    /**
     * The key of this name.
     *
     * @throws MillraceException INVALID_CONFIG if groups have none
     */
    static ConfigKey<?> key(String name) {
        return ALL.stream()
                .map(Entry::key)
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new MillraceException(ErrorCode.INVALID_CONFIG, "Unknown group config name: " + name));
    }

    /** Makes sure that a group may have these. */
    static void check(Map<String, String> configs, Config server) {
        for (Entry entry : ALL) {
            String name = entry.key().name();
            Optional.ofNullable(configs.get(name)).map(entry.key()::parse).ifPresent(value -> {
                if (value < server.get(entry.least())) {
                    throw invalid(name + " must be greater than or equal to "
                            + entry.least().name());
                }
                if (value > server.get(entry.most())) {
                    throw invalid(name + " must be less than or equal to "
                            + entry.most().name());
                }
            });
        }
        if (value(configs, SESSION_TIMEOUT_MS, ConsumerKeys.SESSION_TIMEOUT_MS, server)
                <= value(configs, HEARTBEAT_INTERVAL_MS, ConsumerKeys.HEARTBEAT_INTERVAL_MS, server)) {
            throw invalid(SESSION_TIMEOUT_MS.name() + " must be greater than " + HEARTBEAT_INTERVAL_MS.name());
        }
    }

    private static int value(
            Map<String, String> configs, ConfigKey<Integer> key, ConfigKey<Integer> inherited, Config server) {
        return Optional.ofNullable(configs.get(key.name())).map(key::parse).orElseGet(() -> server.get(inherited));
    }

    private static MillraceException invalid(String message) {
        return new MillraceException(ErrorCode.INVALID_CONFIG, message);
    }
}
