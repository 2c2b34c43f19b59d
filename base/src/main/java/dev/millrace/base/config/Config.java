package dev.millrace.base.config;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of all keys of a schema, each with the place that it comes from. Immutable, thread-safe.
 *
 * <p>A stack of layers, the stronger over the weaker: defaults, properties file, command line, what was changed while running, and for a
 * topic what was set on it.
 */
public final class Config {

    private final ConfigSchema schema;
    private final Optional<Config> below;
    private final Map<ConfigKey<?>, Setting<?>> layer;

    private Config(ConfigSchema schema, Optional<Config> below, Map<ConfigKey<?>, Setting<?>> layer) {
        this.schema = schema;
        this.below = below;
        this.layer = layer;
    }

    /** Every key as it is when nobody says anything. */
    public static Config defaults(ConfigSchema schema) {
        Map<ConfigKey<?>, Setting<?>> defaults = new LinkedHashMap<>();
        schema.keys().forEach(key -> defaults.put(key, Setting.ofDefault(key)));
        return new Config(schema, Optional.empty(), defaults);
    }

    /**
     * These values, overridden by a properties file in Java's format.
     *
     * @param fileName for messages
     * @throws MillraceException INVALID_CONFIG, naming every key that is unknown, set twice or has a wrong value, and its line
     */
    public Config withFile(String fileName, String text) {
        Layer file = new Layer();
        for (PropertiesText.Line line : PropertiesText.parse(fileName, text)) {
            ConfigSource source = ConfigSource.file(fileName, line.number());
            file.set(source, line.key(), line.value());
        }
        return file.over();
    }

    /**
     * These values, overridden by {@code key=value} from the command line; of the same key the last counts.
     *
     * @throws MillraceException INVALID_CONFIG, naming everything that is wrong
     */
    public Config withOverrides(List<String> assignments) {
        Map<String, String> last = new LinkedHashMap<>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                throw new MillraceException(
                        ErrorCode.INVALID_CONFIG, "--set takes key=value, not \"" + assignment + "\"");
            }
            last.put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
        }
        Layer overrides = new Layer();
        last.forEach((key, value) -> overrides.set(ConfigSource.commandLine("--set"), key, value));
        return overrides.over();
    }

    /**
     * These values, overridden by what was changed while running.
     *
     * @param kind {@link ConfigSource.Kind#DYNAMIC_DEFAULT} or {@link ConfigSource.Kind#DYNAMIC_SERVER}
     * @throws MillraceException INVALID_CONFIG; also for a key that cannot be changed while running
     */
    public Config withDynamic(ConfigSource.Kind kind, Map<String, String> values) {
        Layer dynamic = new Layer();
        values.forEach((name, value) -> {
            if (schema.findServerKey(name).filter(key -> !key.isChangeable()).isPresent()) {
                dynamic.problems.add(name + " cannot be changed while the server runs: set it in the file and restart");
            } else {
                dynamic.set(ConfigSource.dynamic(kind), name, value);
            }
        });
        return dynamic.over();
    }

    /**
     * The values for one topic: what was set on it, over these.
     *
     * @param values by the names that keys have on topics
     * @throws MillraceException INVALID_CONFIG, naming everything that is wrong
     */
    public Config withTopic(Map<String, String> values) {
        Layer topic = new Layer();
        values.forEach(topic::setOnTopic);
        return topic.over();
    }

    public ConfigSchema schema() {
        return schema;
    }

    public <T> T get(ConfigKey<T> key) {
        return setting(key).value();
    }

    /** The value and its source. */
    public <T> Setting<T> setting(ConfigKey<T> key) {
        return settings(key).getFirst();
    }

    /** All values that the key was given, the one that counts first, its default last: Kafka's synonyms. */
    @SuppressWarnings("unchecked") // A layer maps each key to a setting of its own type: only Layer fills it.
    public <T> List<Setting<T>> settings(ConfigKey<T> key) {
        List<Setting<T>> found = new ArrayList<>();
        for (Optional<Config> at = Optional.of(this); at.isPresent(); at = at.get().below) {
            Setting<T> setting = (Setting<T>) at.get().layer.get(key);
            if (setting != null) {
                found.add(setting);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(key + " is not a key of this schema");
        }
        return found;
    }

    /**
     * One value of a key.
     *
     * @param name by which it was set; for a default, the name that the key has on the server, if it has one
     */
    public record Setting<T>(ConfigKey<T> key, String name, T value, ConfigSource source) {

        static <T> Setting<T> ofDefault(ConfigKey<T> key) {
            return new Setting<>(key, key.serverName().orElseGet(key::name), key.defaultValue(), ConfigSource.DEFAULT);
        }

        static <T> Setting<T> parse(ConfigKey<T> key, String name, String text, ConfigSource source) {
            return new Setting<>(key, name, key.parse(name, text), source);
        }

        /** The value as text; a password is hidden. */
        public String text() {
            return key.print(value);
        }
    }

    /** A layer in the making: collects all that is wrong, so that one start shows it all. */
    private final class Layer {

        private final Map<ConfigKey<?>, Setting<?>> settings = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();

        void set(ConfigSource source, String name, String text) {
            collect(source, () -> {
                Setting<?> setting = Setting.parse(schema.serverKey(name), name, text, source);
                Setting<?> before = settings.put(setting.key(), setting);
                if (before != null) {
                    problems.add(at(before.source()) + before.name() + " sets " + setting.key() + ", and so does "
                            + at(source) + name + ": keep one");
                }
            });
        }

        void setOnTopic(String name, String text) {
            ConfigSource source = ConfigSource.dynamic(ConfigSource.Kind.TOPIC);
            collect(source, () -> {
                Setting<?> setting = Setting.parse(schema.topicKey(name), name, text, source);
                settings.put(setting.key(), setting);
            });
        }

        Config over() {
            if (!problems.isEmpty()) {
                throw new MillraceException(ErrorCode.INVALID_CONFIG, String.join("\n", problems));
            }
            return new Config(schema, Optional.of(Config.this), settings);
        }

        private void collect(ConfigSource source, Runnable change) {
            try {
                change.run();
            } catch (MillraceException e) {
                problems.add(at(source) + e.getMessage());
            }
        }

        private static String at(ConfigSource source) {
            return source.where().isEmpty() ? "" : source.where() + ": ";
        }
    }
}
