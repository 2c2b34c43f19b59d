package dev.millrace.control.metadata;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSource.Kind;
import dev.millrace.base.config.ConfigType;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How configurations may change. Every method throws a {@link MillraceException} with INVALID_CONFIG or INVALID_REQUEST that says what is
 * wrong. Immutable.
 */
final class ConfigRules {

    private final Config config;

    /** @param config what file and command line give */
    ConfigRules(Config config) {
        this.config = config;
    }

    /** A topic may have these. */
    void checkTopic(Map<String, String> configs) {
        Config _ = config.withTopic(configs);
    }

    /** What a topic's configuration is after the change. */
    Map<String, String> alterTopic(TopicImage topic, ConfigAlteration alteration, MetadataState state) {
        Config inherited = state.effective(config);
        Map<String, String> after = apply(
                topic.configs(),
                alteration,
                name -> config.schema().topicKey(name),
                key -> inherited.setting(key).text());
        checkTopic(after);
        return after;
    }

    /** What a group's configuration is after the change. */
    Map<String, String> alterGroup(Map<String, String> before, ConfigAlteration alteration, MetadataState state) {
        Config inherited = state.effective(config);
        Map<String, String> after = apply(before, alteration, GroupConfigs::key, ConfigKey::name);
        GroupConfigs.check(after, inherited);
        return after;
    }

    /** What the configuration of this broker, or of all, is after the change. */
    Map<String, String> alterBroker(Kind kind, Map<String, String> before, ConfigAlteration alteration) {
        Map<String, String> after = apply(
                before, alteration, this::changeable, key -> config.setting(key).text());
        try {
            Config _ = config.withDynamic(kind, after);
        } catch (MillraceException e) {
            // As Kafka has it: a topic's wrong value is an invalid configuration, a broker's an invalid request.
            throw new MillraceException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
        }
        return after;
    }

    private ConfigKey<?> changeable(String name) {
        ConfigKey<?> key = config.schema().serverKey(name);
        if (!key.isChangeable() || key.serverMultiples().containsKey(name)) {
            throw new MillraceException(
                    ErrorCode.INVALID_REQUEST,
                    "Cannot update these configs dynamically: " + name
                            + (key.isChangeable()
                                    ? "; set " + key.serverName().orElseThrow()
                                    : "; set it in the configuration file and restart"));
        }
        return key;
    }

    private static Map<String, String> apply(
            Map<String, String> before,
            ConfigAlteration alteration,
            Function<String, ConfigKey<?>> keys,
            Function<ConfigKey<?>, String> inherited) {
        Map<String, String> after = alteration.replacesAll() ? new TreeMap<>() : new TreeMap<>(before);
        Set<String> seen = new HashSet<>();
        for (ConfigAlteration.Operation operation : alteration.operations()) {
            String name = operation.key();
            if (!seen.add(name)) {
                throw new MillraceException(
                        ErrorCode.INVALID_REQUEST, "Error due to duplicate config keys: " + name + " is named twice");
            }
            ConfigKey<?> key = keys.apply(name);
            switch (operation.kind()) {
                case DELETE -> after.remove(name);
                case SET -> after.put(name, value(operation));
                case APPEND, SUBTRACT -> {
                    String list = after.containsKey(name) ? after.get(name) : inherited.apply(key);
                    after.put(name, changedList(key, operation, list));
                }
            }
        }
        return after;
    }

    private static String changedList(ConfigKey<?> key, ConfigAlteration.Operation operation, String before) {
        if (key.type().kind() != ConfigType.Kind.LIST) {
            throw new MillraceException(
                    ErrorCode.INVALID_CONFIG,
                    "Can't " + operation.kind() + " to key " + operation.key() + " because its type is not LIST.");
        }
        List<String> entries = new ArrayList<>(entries(before));
        List<String> named = entries(value(operation));
        if (operation.kind() == ConfigAlteration.Kind.APPEND) {
            named.stream().filter(entry -> !entries.contains(entry)).forEach(entries::add);
        } else {
            entries.removeAll(named);
        }
        return String.join(",", entries);
    }

    private static List<String> entries(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private static String value(ConfigAlteration.Operation operation) {
        return operation
                .value()
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.INVALID_REQUEST, "Null value not supported for : " + operation.key()));
    }
}
