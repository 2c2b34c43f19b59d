package dev.millrace.server.cli;

import dev.millrace.kafka.KafkaCluster;
import dev.millrace.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace topic …}. */
@Command(
        name = "topic",
        description = "Creates, shows, changes and deletes topics, of any Kafka cluster.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  millrace topic create flights --partitions 4",
            "  millrace topic describe flights",
            "  millrace topic list --bootstrap kafka.example.com:9092 --json"
        })
final class TopicCommand implements Runnable {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    TopicCommand(Context context) {
        this.terminal = context.terminal();
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name what to do with topics");
    }

    @Command(
            description = "Creates a topic.",
            footer = {
                "",
                "Examples:",
                "  millrace topic create flights --partitions 4",
                "  millrace topic create clicks --set retention.ms=3600000 --set compression.type=zstd"
            })
    int create(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "TOPIC", description = "Its name: letters, digits, '.', '_' and '-'.") String name,
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            defaultValue = "-1",
                            description = "Default: the cluster's.")
                    int partitions,
            @Option(
                            names = "--replication-factor",
                            paramLabel = "N",
                            defaultValue = "-1",
                            description = "Default: the cluster's.")
                    int replicationFactor,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the topic; may be repeated.")
                    Map<String, String> settings) {
        try (KafkaCluster kafka = cluster.connect()) {
            Topics.Summary topic =
                    kafka.topics().create(name, given(partitions), given(replicationFactor), Options.given(settings));
            terminal.print(
                    output.json
                            ? Json.text(json(topic))
                            : "Created " + topic.name() + " with "
                                    + Options.plural(topic.partitionsCount(), "partition") + ".");
        }
        return 0;
    }

    @Command(
            description = "Lists the topics.",
            footer = {"", "Examples:", "  millrace topic list", "  millrace topic list --internal --json"})
    int list(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Option(names = "--internal", description = "Also those that belong to the cluster itself.")
                    boolean internal) {
        try (KafkaCluster kafka = cluster.connect()) {
            List<Topics.Summary> topics = kafka.topics().list(internal);
            if (output.json) {
                terminal.print(Json.text(topics.stream().map(TopicCommand::json).toList()));
            } else if (topics.isEmpty()) {
                terminal.note("No topics yet. Create one: millrace topic create NAME --partitions 4");
            } else {
                Table table = new Table("TOPIC", "PARTITIONS", "REPLICATION", "ID");
                topics.forEach(t -> table.row(t.name(), t.partitionsCount(), t.replicationFactor(), t.topicId()));
                table.print(terminal);
            }
        }
        return 0;
    }

    @Command(
            description = "Shows a topic: its partitions, how many records they hold, and its settings.",
            footer = {
                "",
                "Examples:",
                "  millrace topic describe flights",
                "  millrace topic describe flights --all-settings"
            })
    int describe(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "TOPIC") String name,
            @Option(names = "--all-settings", description = "Also settings that have their default.")
                    boolean allSettings) {
        try (KafkaCluster kafka = cluster.connect()) {
            Topics.Description topic = kafka.topics().describe(name);
            List<Topics.Setting> settings = topic.settings().stream()
                    .filter(s -> allSettings || s.own())
                    .toList();
            if (output.json) {
                terminal.print(Json.text(json(topic, settings)));
            } else {
                print(topic, settings);
            }
        }
        return 0;
    }

    @Command(
            description = "Changes a topic: adds partitions, sets and unsets its settings.",
            footer = {
                "",
                "Examples:",
                "  millrace topic alter flights --partitions 8",
                "  millrace topic alter flights --set retention.ms=86400000 --unset compression.type"
            })
    int alter(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "TOPIC") String name,
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            defaultValue = "-1",
                            description = "How many there are to be; partitions are never taken away.")
                    int partitions,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "May be repeated.")
                    Map<String, String> settings,
            @Option(names = "--unset", paramLabel = "KEY", description = "Back to the default; may be repeated.")
                    List<String> unset) {
        Map<String, String> changes = Options.given(settings);
        List<String> removals = Options.given(unset);
        if (partitions < 0 && changes.isEmpty() && removals.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.subcommands().get("alter"), "say what to change: --partitions, --set or --unset");
        }
        try (KafkaCluster kafka = cluster.connect()) {
            if (!changes.isEmpty() || !removals.isEmpty()) {
                kafka.topics().alterSettings(name, changes, removals);
            }
            if (partitions >= 0) {
                kafka.topics().grow(name, partitions);
            }
            terminal.print(output.json ? Json.text(Json.object("altered", name)) : "Changed " + name + ".");
        }
        return 0;
    }

    @Command(
            description = "Deletes topics with everything in them.",
            footer = {"", "Examples:", "  millrace topic delete flights", "  millrace topic delete clicks views"})
    int delete(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "TOPIC", arity = "1..*") List<String> names) {
        try (KafkaCluster kafka = cluster.connect()) {
            for (String name : names) {
                kafka.topics().delete(name);
                output.done(terminal, "deleted", name);
            }
        }
        return 0;
    }

    private void print(Topics.Description topic, List<Topics.Setting> settings) {
        terminal.print(terminal.bold(topic.summary().name()) + "  id "
                + topic.summary().topicId() + (topic.summary().internal() ? "  (internal)" : ""));
        settings.forEach(s -> terminal.print("  " + s.key() + " = " + s.value()));
        terminal.print("");
        Table table = new Table("PARTITION", "LEADER", "REPLICAS", "IN SYNC", "START", "END", "RECORDS");
        topic.partitions()
                .forEach(p -> table.row(
                        p.partition(),
                        p.leader().isPresent() ? p.leader().getAsInt() : "none",
                        Options.commas(p.replicas()),
                        Options.commas(p.inSync()),
                        p.startOffset(),
                        p.endOffset(),
                        p.recordsCount()));
        table.print(terminal);
    }

    private static Map<String, Object> json(Topics.Summary topic) {
        return Json.object(
                "name", topic.name(),
                "id", topic.topicId(),
                "partitionsCount", topic.partitionsCount(),
                "replicationFactor", topic.replicationFactor(),
                "internal", topic.internal());
    }

    private static Map<String, Object> json(Topics.Description topic, List<Topics.Setting> settings) {
        Map<String, Object> fields = json(topic.summary());
        fields.put(
                "settings",
                Json.object(settings.stream()
                        .flatMap(s -> java.util.stream.Stream.of(s.key(), s.value()))
                        .toArray()));
        fields.put(
                "partitions",
                topic.partitions().stream()
                        .map(p -> Json.object(
                                "partition", p.partition(),
                                "leader", p.leader(),
                                "replicas", p.replicas(),
                                "inSync", p.inSync(),
                                "startOffset", p.startOffset(),
                                "endOffset", p.endOffset()))
                        .toList());
        return fields;
    }

    private static OptionalInt given(int number) {
        return number == -1 ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
