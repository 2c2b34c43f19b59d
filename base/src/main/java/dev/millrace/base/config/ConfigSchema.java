package dev.millrace.base.config;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that there are, in the order in which they are explained. Immutable. */
public final class ConfigSchema {

    private final List<ConfigKey<?>> keys;
    private final Map<String, ConfigKey<?>> byServerName = new LinkedHashMap<>();
    private final Map<String, ConfigKey<?>> byTopicName = new LinkedHashMap<>();

    private ConfigSchema(List<ConfigKey<?>> keys) {
        this.keys = List.copyOf(keys);
        for (ConfigKey<?> key : keys) {
            key.topicName().ifPresent(name -> add(byTopicName, name, key));
            key.serverName().ifPresent(name -> add(byServerName, name, key));
            key.serverMultiples().keySet().forEach(name -> add(byServerName, name, key));
        }
    }

    public static ConfigSchema of(List<ConfigKey<?>> keys) {
        return new ConfigSchema(keys);
    }

    /** The keys of both. */
    public ConfigSchema plus(ConfigSchema other) {
        List<ConfigKey<?>> all = new ArrayList<>(keys);
        all.addAll(other.keys);
        return new ConfigSchema(all);
    }

    public List<ConfigKey<?>> keys() {
        return keys;
    }

    public Optional<ConfigKey<?>> findTopicKey(String name) {
        return Optional.ofNullable(byTopicName.get(name));
    }

    public Optional<ConfigKey<?>> findServerKey(String name) {
        return Optional.ofNullable(byServerName.get(name));
    }

    /**
     * The key that has this name on a topic.
     *
     * @throws MillraceException INVALID_CONFIG, with the nearest name that there is
     */
    public ConfigKey<?> topicKey(String name) {
        return findTopicKey(name).orElseThrow(() -> unknown(name, "topics", byTopicName.keySet()));
    }

    /**
     * The key that has this name on the server.
     *
     * @throws MillraceException INVALID_CONFIG, with the nearest name that there is
     */
    public ConfigKey<?> serverKey(String name) {
        return findServerKey(name).orElseThrow(() -> unknown(name, "the server", byServerName.keySet()));
    }

    private MillraceException unknown(String name, String where, Collection<String> known) {
        Map<String, String> hints = new HashMap<>();
        known.forEach(n -> hints.put(n, "; did you mean " + n + "?"));
        keys.forEach(key -> key.topicName()
                .ifPresent(n -> key.serverName()
                        .filter(known::contains)
                        .ifPresent(server -> hints.putIfAbsent(n, "; the server's name for it is " + server))));
        String hint = NearestName.of(name, hints.keySet()).map(hints::get).orElse("; `millrace config` lists all keys");
        return new MillraceException(
                ErrorCode.INVALID_CONFIG, "there is no configuration key " + name + " for " + where + hint);
    }

    private static void add(Map<String, ConfigKey<?>> names, String name, ConfigKey<?> key) {
        if (names.put(name, key) != null) {
            throw new IllegalArgumentException("two configuration keys are called " + name);
        }
    }
}
