package dev.millrace.parity;

import static dev.millrace.parity.Requests.BROKER;
import static dev.millrace.parity.Requests.TOPIC;
import static dev.millrace.parity.Requests.alter;
import static dev.millrace.parity.Requests.describeConfigs;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.jspecify.annotations.Nullable;

/** DescribeConfigs, IncrementalAlterConfigs, AlterConfigs and ListConfigResources. */
final class ConfigsChapter implements Chapter {
    private static final String NAME = "configs";
    private static final int DESCRIBE_VERSION = 4;
    private static final int ALTER_VERSION = 1;
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
        stage.ask("alter a broker's fixed key", alter(BROKER, node, SET, "log.dirs", "/elsewhere"), ALTER_VERSION);
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
