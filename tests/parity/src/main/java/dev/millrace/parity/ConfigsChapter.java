package dev.millrace.parity;

import static dev.millrace.parity.Requests.BROKER;
import static dev.millrace.parity.Requests.TOPIC;
import static dev.millrace.parity.Requests.alter;
import static dev.millrace.parity.Requests.describeConfigs;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.jspecify.annotations.Nullable;

/** DescribeConfigs, IncrementalAlterConfigs, AlterConfigs and ListConfigResources. */
final class ConfigsChapter implements Chapter {
    private static final String NAME = "configs";
    private static final int DESCRIBE_VERSION = 4;
    private static final int ALTER_VERSION = 1;
    private static final byte LOGGER = 8;
    private static final int SET = 0;
    private static final int DELETE = 1;
    private static final int APPEND = 2;
    private static final int SUBTRACT = 3;

    @Override
    public String name() {
        return "configs";
    }

    @Override
    public void play(Stage stage) {
        stage.topic(Requests.topic(NAME, Map.of("retention.ms", "5000")));
        String node = Integer.toString(stage.nodeId());
        described(stage, node);
        altered(stage);
        refused(stage, node);
        brokers(stage, node);
        loggers(stage, node);
        replaced(stage);
        stage.ask("list topics", new ListConfigResourcesRequestData().setResourceTypes(List.of(TOPIC)), 1);
        stage.ask("list client metrics", new ListConfigResourcesRequestData(), 0);
        stage.ask("list an unknown type", new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 77)), 1);
    }

    private static void described(Stage stage, String node) {
        describe(stage, "describe a topic", TOPIC, NAME);
        describe(stage, "describe two keys", TOPIC, NAME, "retention.ms", "cleanup.policy");
        describe(stage, "describe an unknown key", TOPIC, NAME, "no.such.key");
        describe(stage, "describe an unknown topic", TOPIC, "configs-unknown");
        describe(stage, "describe an invalid topic", TOPIC, "no/such");
        describe(stage, "describe an empty topic", TOPIC, "");
        describe(
                stage,
                "describe a broker's key",
                BROKER,
                node,
                "log.retention.ms",
                "num.partitions",
                "message.max.bytes");
        describe(stage, "describe an unknown broker", BROKER, "77", "num.partitions");
        describe(stage, "describe a broker that is no number", BROKER, "first", "num.partitions");
        describe(stage, "describe the brokers' defaults", BROKER, "", "num.partitions");
        describe(stage, "describe an unknown type", (byte) 3, "x");
        describe(stage, "describe a client's metrics", (byte) 16, "x");
        describe(stage, "describe a group", (byte) 32, "x", "consumer.session.timeout.ms");
        stage.ask(
                "describe with synonyms",
                describeConfigs(TOPIC, NAME, "retention.ms", "max.message.bytes")
                        .setIncludeSynonyms(true),
                DESCRIBE_VERSION);
        stage.ask("describe without documentation", describeConfigs(TOPIC, NAME, "retention.ms"), DESCRIBE_VERSION);
    }

    /** What is set on the broker reaches topics that say nothing themselves; then it is taken back. */
    private static void brokers(Stage stage, String node) {
        stage.topic("configs-plain");
        synonyms(stage, "synonyms of a default", TOPIC, "configs-plain");
        synonyms(stage, "synonyms of the broker's defaults", BROKER, node);
        stage.ask("set for the broker", alter(BROKER, node, SET, "log.retention.ms", "70000"), ALTER_VERSION);
        stage.ask("set for all brokers", alter(BROKER, "", SET, "log.retention.ms", "80000"), ALTER_VERSION);
        stage.ask("set for all brokers otherwise", alter(BROKER, "", SET, "log.retention.bytes", "9"), ALTER_VERSION);
        stage.waitForConfig("configs-plain", "retention.ms", "70000");
        stage.waitForConfig("configs-plain", "retention.bytes", "9");
        synonyms(stage, "synonyms of what the broker was given", TOPIC, "configs-plain");
        synonyms(stage, "synonyms of what was set for the broker", BROKER, node);
        synonyms(stage, "synonyms of what was set for all brokers", BROKER, "");
        for (String broker : List.of(node, "")) {
            stage.ask(
                    "take back from " + (broker.isEmpty() ? "all brokers" : "the broker"),
                    alter(BROKER, broker, DELETE, "log.retention.ms", null),
                    ALTER_VERSION);
        }
        stage.ask("take back otherwise", alter(BROKER, "", DELETE, "log.retention.bytes", null), ALTER_VERSION);
        stage.waitForConfig("configs-plain", "retention.ms", "604800000");
        stage.waitForConfig("configs-plain", "retention.bytes", "-1");
    }

    private static void synonyms(Stage stage, String step, byte type, String name) {
        String[] keys = type == TOPIC
                ? new String[] {"retention.ms", "retention.bytes", "segment.ms", "cleanup.policy"}
                : new String[] {
                    "log.retention.ms",
                    "log.retention.minutes",
                    "log.retention.hours",
                    "log.retention.bytes",
                    "log.roll.ms",
                    "log.roll.hours"
                };
        stage.ask(step, describeConfigs(type, name, keys).setIncludeSynonyms(true), DESCRIBE_VERSION);
    }

    private static void loggers(Stage stage, String node) {
        logger(stage, "set a logger first", node, SET, "root", "ERROR");
        describe(stage, "describe a logger", LOGGER, node, "root");
        describe(stage, "describe an unknown logger", LOGGER, node, "no.such.logger");
        describe(stage, "describe loggers of an unknown broker", LOGGER, "77", "root");
        describe(stage, "describe loggers of no broker", LOGGER, "", "root");
        logger(stage, "set a logger", node, SET, "root", "WARN");
        describe(stage, "describe the logger that was set", LOGGER, node, "root");
        logger(stage, "set a logger again", node, SET, "root", "ERROR");
        logger(stage, "set a logger to no level", node, SET, "root", "LOUD");
        logger(stage, "set an unknown logger", node, SET, "no.such.logger", "INFO");
        logger(stage, "delete the root logger", node, DELETE, "root", null);
        logger(stage, "append to a logger", node, APPEND, "root", "INFO");
        logger(stage, "subtract from a logger", node, SUBTRACT, "root", "INFO");
        logger(stage, "set a logger of an unknown broker", "77", SET, "root", "INFO");
        logger(stage, "set a logger of no broker", "", SET, "root", "INFO");
        stage.ask(
                "set a logger, only validated",
                alter(LOGGER, node, SET, "root", "INFO").setValidateOnly(true),
                ALTER_VERSION);
        describe(stage, "describe the logger that was only validated", LOGGER, node, "root");
        AlterConfigsRequestData replacing = Requests.replaceConfigs(node, Map.of("root", "ERROR"));
        replacing.resources().forEach(resource -> resource.setResourceType(LOGGER));
        stage.ask("replace loggers", replacing, 2);
    }

    private static void logger(
            Stage stage, String step, String broker, int operation, String name, @Nullable String level) {
        stage.ask(step, alter(LOGGER, broker, operation, name, level), ALTER_VERSION);
    }

    private static void describe(Stage stage, String step, byte type, String name, String... keys) {
        stage.ask(step, describeConfigs(type, name, keys), DESCRIBE_VERSION);
    }

    private static void altered(Stage stage) {
        change(stage, "set", SET, "retention.ms", "60000");
        change(stage, "set another", SET, "max.message.bytes", "2000000");
        change(stage, "append to a list", APPEND, "cleanup.policy", "delete");
        change(stage, "append a replica", APPEND, "follower.replication.throttled.replicas", "0:1");
        change(stage, "subtract from a list", SUBTRACT, "follower.replication.throttled.replicas", "0:1");
        change(stage, "delete", DELETE, "max.message.bytes", null);
        change(stage, "delete what is not set", DELETE, "segment.ms", null);
        stage.ask("only validated", alter(TOPIC, NAME, SET, "retention.ms", "1").setValidateOnly(true), ALTER_VERSION);
        stage.waitForConfig(NAME, "retention.ms", "60000");
        describe(
                stage, "describe what was altered", TOPIC, NAME, "retention.ms", "max.message.bytes", "cleanup.policy");
    }

    private static void change(Stage stage, String step, int operation, String key, @Nullable String value) {
        stage.ask(step, alter(TOPIC, NAME, operation, key, value), ALTER_VERSION);
    }

    private static void refused(Stage stage, String node) {
        change(stage, "set an unknown key", SET, "no.such.key", "1");
        change(stage, "set what is no number", SET, "retention.ms", "long");
        change(stage, "set below the range", SET, "retention.ms", "-5");
        change(stage, "set to null", SET, "retention.ms", null);
        change(stage, "set to nothing", SET, "retention.ms", "");
        change(stage, "append to what is no list", APPEND, "retention.ms", "1");
        change(stage, "unknown operation", 9, "retention.ms", "1");
        change(stage, "set cleanup.policy compact", SET, "cleanup.policy", "compact,delete");
        stage.ask("alter an unknown topic", alter(TOPIC, "configs-unknown", SET, "retention.ms", "1"), ALTER_VERSION);
        stage.ask("alter an invalid topic", alter(TOPIC, "no/such", SET, "retention.ms", "1"), ALTER_VERSION);
        stage.ask("alter an unknown broker", alter(BROKER, "77", SET, "message.max.bytes", "1"), ALTER_VERSION);
        stage.ask("alter a broker's fixed key", alter(BROKER, node, SET, "log.dir", "/elsewhere"), ALTER_VERSION);
        stage.ask("alter a broker's unknown key", alter(BROKER, node, SET, "no.such.key", "1"), ALTER_VERSION);
        stage.ask("alter a broker's key to nonsense", alter(BROKER, node, SET, "log.retention.ms", "x"), ALTER_VERSION);
        stage.ask(
                "alter a broker's key below its range",
                alter(BROKER, node, SET, "message.max.bytes", "-1"),
                ALTER_VERSION);
        stage.ask("alter a broker that is no number", alter(BROKER, "x", SET, "log.retention.ms", "1"), ALTER_VERSION);
        stage.ask("alter an unknown type", alter((byte) 3, "x", SET, "retention.ms", "1"), ALTER_VERSION);
        var twice = alter(TOPIC, NAME, SET, "retention.ms", "1");
        twice.resources()
                .forEach(resource -> resource.configs()
                        .add(new AlterableConfig()
                                .setName("retention.ms")
                                .setConfigOperation((byte) DELETE)
                                .setValue(null)));
        stage.ask("one key twice", twice, ALTER_VERSION);
    }

    private static void replaced(Stage stage) {
        stage.ask("replace", Requests.replaceConfigs(NAME, Map.of("segment.bytes", "1048577")), 2);
        stage.ask("replace by an unknown key", Requests.replaceConfigs(NAME, Map.of("no.such.key", "1")), 2);
        stage.ask("replace by what is no number", Requests.replaceConfigs(NAME, Map.of("segment.bytes", "x")), 2);
        stage.ask("replace, unknown topic", Requests.replaceConfigs("configs-unknown", Map.of()), 2);
        stage.waitForConfig(NAME, "segment.bytes", "1048577");
        describe(stage, "describe what was replaced", TOPIC, NAME, "segment.bytes", "retention.ms");
    }
}
