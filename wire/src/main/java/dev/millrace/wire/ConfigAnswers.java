package dev.millrace.wire;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSource;
import dev.millrace.base.config.ConfigType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse;

/** Tells configurations as Kafka's messages do: values, sources, synonyms, types. Stateless. */
final class ConfigAnswers {

    private ConfigAnswers() {}

    /** The keys that topics have, by name. */
    static List<ConfigKey<?>> topicKeys(Config config) {
        return sorted(config, ConfigKey::topicName);
    }

    /** The keys that the server has, by name. */
    static List<ConfigKey<?>> serverKeys(Config config) {
        return sorted(config, ConfigKey::serverName);
    }

    private static List<ConfigKey<?>> sorted(Config config, Function<ConfigKey<?>, Optional<String>> name) {
        List<ConfigKey<?>> keys = new ArrayList<>();
        for (ConfigKey<?> key : config.schema().keys()) {
            if (name.apply(key).isPresent()) {
                keys.add(key);
            }
        }
        keys.sort((one, other) ->
                name.apply(one).orElseThrow().compareTo(name.apply(other).orElseThrow()));
        return keys;
    }

    /**
     * Describes one key.
     *
     * @param name what it is called where it was asked for
     */
    static DescribeConfigsResourceResult describe(
            String name, ConfigKey<?> key, Config config, boolean readOnly, boolean synonyms, boolean documentation) {
        boolean sensitive = key.type().kind() == ConfigType.Kind.PASSWORD;
        Config.Setting<?> setting = config.setting(key);
        DescribeConfigsResourceResult result = new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(sensitive ? null : setting.text())
                .setReadOnly(readOnly)
                .setConfigSource(source(setting.source()))
                .setIsSensitive(sensitive)
                .setConfigType(type(key.type().kind()));
        if (synonyms) {
            config.settings(key)
                    .forEach(each -> result.synonyms()
                            .add(new DescribeConfigsSynonym()
                                    .setName(each.name())
                                    .setValue(sensitive ? null : each.text())
                                    .setSource(source(each.source()))));
        }
        return result.setDocumentation(documentation ? documentation(key) : null);
    }

    static byte source(ConfigSource source) {
        return (switch (source.kind()) {
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
