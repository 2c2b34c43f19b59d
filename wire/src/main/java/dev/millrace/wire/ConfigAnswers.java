package dev.millrace.wire;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSource;
import dev.millrace.base.config.ConfigType;
import dev.millrace.control.metadata.GroupConfigs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse;

/**
 * Tells configurations as Kafka's messages do: values, sources, synonyms, types. Stateless.
 *
 * <p>A key that the server knows by several names ({@code log.retention.ms}, {@code .minutes}, {@code .hours}) is told under each: its value
 * under the name by which it was set, its default under the coarsest, nothing under the others; so nobody reads one setting twice.
 *
 * @param synonyms whether to tell every place that gives a value
 * @param documentation whether to tell what a key means
 */
record ConfigAnswers(boolean synonyms, boolean documentation) {

    /** The keys that topics have, by name. */
    static List<ConfigKey<?>> topicKeys(Config config) {
        return sorted(config, ConfigKey::topicName);
    }

    /** The keys that the server has, by name. */
    static List<ConfigKey<?>> serverKeys(Config config) {
        return sorted(config, ConfigKey::serverName);
    }

    /** All names of a key on the server. */
    static List<String> serverNames(ConfigKey<?> key) {
        List<String> names = new ArrayList<>(key.serverMultiples().keySet());
        names.add(key.serverName().orElseThrow());
        return names;
    }

    private static List<ConfigKey<?>> sorted(Config config, Function<ConfigKey<?>, Optional<String>> name) {
        List<ConfigKey<?>> keys = new ArrayList<>();
        for (ConfigKey<?> key : config.schema().keys()) {
            if (name.apply(key).isPresent()) {
                keys.add(key);
            }
        }
        keys.sort(Comparator.comparing(key -> name.apply(key).orElseThrow()));
        return keys;
    }

    /** A value under the name, and in the unit, by which it is told. */
    private record Told(String name, String text, ConfigSource.Kind source) {

        static Told of(ConfigKey<?> key, Config.Setting<?> setting) {
            ConfigSource.Kind source = setting.source().kind();
            Map<String, Long> multiples = key.serverMultiples();
            String name = source == ConfigSource.Kind.DEFAULT && !multiples.isEmpty()
                    ? multiples.entrySet().stream()
                            .max(Map.Entry.comparingByValue())
                            .orElseThrow()
                            .getKey()
                    : setting.name();
            Long factor = multiples.get(name);
            String text = setting.text();
            if (factor != null) {
                long number = Long.parseLong(text);
                text = Long.toString(number < 0 ? number : number / factor);
            }
            return new Told(name, text, source);
        }
    }

    /** Every value that the key was given, the one that counts first. */
    private static List<Told> told(ConfigKey<?> key, Config config) {
        return config.settings(key).stream()
                .<Told>map(setting -> Told.of(key, setting))
                .toList();
    }

    /** From the first value on that was given by {@code name}: as in Kafka, what only other names say is not told of this one. */
    private static List<Told> from(String name, List<Told> told) {
        return told.stream().dropWhile(each -> !each.name().equals(name)).toList();
    }

    /** A key as it is on a topic. */
    DescribeConfigsResourceResult ofTopic(ConfigKey<?> key, Config config) {
        List<Told> told = told(key, config);
        List<Told> synonymous = new ArrayList<>();
        if (told.getFirst().source() == ConfigSource.Kind.TOPIC) {
            synonymous.add(told.getFirst());
        }
        synonymous.addAll(from(key.serverName().orElseGet(key::name), told.subList(synonymous.size(), told.size())));
        Config.Setting<?> effective = config.setting(key);
        return result(key.name(), key, Optional.of(effective.text()), source(effective.source()), synonymous);
    }

    /** A key as it is for a group. */
    DescribeConfigsResourceResult ofGroup(GroupConfigs.Entry entry, Map<String, String> own, Config config) {
        Config.Setting<?> inherited = config.setting(entry.server());
        Optional<String> set = Optional.ofNullable(own.get(entry.key().name()));
        byte source =
                set.isPresent() ? DescribeConfigsResponse.ConfigSource.GROUP_CONFIG.id() : source(inherited.source());
        return result(entry.key().name(), entry.key(), set.or(() -> Optional.of(inherited.text())), source, List.of());
    }

    /** A key of the server, under one of its names. */
    DescribeConfigsResourceResult ofServer(String name, ConfigKey<?> key, Config config) {
        List<Told> told = from(name, told(key, config));
        boolean multiple = key.serverMultiples().containsKey(name);
        DescribeConfigsResourceResult result = result(
                        name,
                        key,
                        told.stream().findFirst().map(Told::text),
                        source(
                                told.isEmpty()
                                        ? ConfigSource.Kind.DEFAULT
                                        : told.getFirst().source()),
                        told)
                .setReadOnly(multiple || !key.isChangeable());
        return multiple ? result.setConfigType(DescribeConfigsResponse.ConfigType.INT.id()) : result;
    }

    /** A key of the server as it was set for all brokers; empty if it was not. */
    Optional<DescribeConfigsResourceResult> ofCluster(ConfigKey<?> key, Config config) {
        return told(key, config).stream()
                .filter(each -> each.source() == ConfigSource.Kind.DYNAMIC_DEFAULT)
                .findFirst()
                .map(each -> result(each.name(), key, Optional.of(each.text()), source(each.source()), List.of(each)));
    }

    @SuppressWarnings("NullAway") // On the wire a value, or a documentation, that is not told is null.
    private DescribeConfigsResourceResult result(
            String name, ConfigKey<?> key, Optional<String> value, byte source, List<Told> told) {
        boolean sensitive = key.type().kind() == ConfigType.Kind.PASSWORD;
        DescribeConfigsResourceResult result = new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(sensitive ? null : value.orElse(null))
                .setReadOnly(false)
                .setConfigSource(source)
                .setIsSensitive(sensitive)
                .setConfigType(type(key.type().kind()))
                .setDocumentation(documentation ? documentation(key) : null);
        if (synonyms) {
            for (Told each : told) {
                result.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(each.name())
                                .setValue(sensitive ? null : each.text())
                                .setSource(source(each.source())));
            }
        }
        return result;
    }

    static byte source(ConfigSource source) {
        return source(source.kind());
    }

    private static byte source(ConfigSource.Kind kind) {
        return (switch (kind) {
                    case TOPIC -> DescribeConfigsResponse.ConfigSource.TOPIC_CONFIG;
                    case DYNAMIC_SERVER -> DescribeConfigsResponse.ConfigSource.DYNAMIC_BROKER_CONFIG;
                    case DYNAMIC_DEFAULT -> DescribeConfigsResponse.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG;
                    case FILE, COMMAND_LINE -> DescribeConfigsResponse.ConfigSource.STATIC_BROKER_CONFIG;
                    case DEFAULT -> DescribeConfigsResponse.ConfigSource.DEFAULT_CONFIG;
                })
                .id();
    }

    private static byte type(ConfigType.Kind kind) {
        return (switch (kind) {
                    case BOOLEAN -> DescribeConfigsResponse.ConfigType.BOOLEAN;
                    case STRING -> DescribeConfigsResponse.ConfigType.STRING;
                    case INT -> DescribeConfigsResponse.ConfigType.INT;
                    case LONG -> DescribeConfigsResponse.ConfigType.LONG;
                    case DOUBLE -> DescribeConfigsResponse.ConfigType.DOUBLE;
                    case LIST -> DescribeConfigsResponse.ConfigType.LIST;
                    case PASSWORD -> DescribeConfigsResponse.ConfigType.PASSWORD;
                })
                .id();
    }

    private static String documentation(ConfigKey<?> key) {
        return key.doc() + " Allowed: " + key.allowed() + ".";
    }
}
