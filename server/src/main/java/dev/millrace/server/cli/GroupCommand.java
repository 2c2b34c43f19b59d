package dev.millrace.server.cli;

import dev.millrace.base.time.Clock;
import dev.millrace.kafka.Groups;
import dev.millrace.kafka.KafkaCluster;
import dev.millrace.kafka.StartPosition;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace group …}. */
@Command(
        name = "group",
        description = "Shows consumer groups, moves their offsets, deletes them, of any Kafka cluster.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  millrace group list",
            "  millrace group describe billing",
            "  millrace group reset-offsets billing --topic flights --to beginning"
        })
final class GroupCommand implements Runnable {

    private final Terminal terminal;
    private final Clock clock;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    GroupCommand(Context context) {
        this.terminal = context.terminal();
        this.clock = context.clock();
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name what to do with groups");
    }

    @Command(
            description = "Lists the groups.",
            footer = {"", "Examples:", "  millrace group list", "  millrace group list --json"})
    int list(@Mixin ClusterOptions cluster, @Mixin OutputOptions output) {
        try (KafkaCluster kafka = cluster.connect()) {
            List<Groups.Summary> groups = kafka.groups().list();
            if (output.json) {
                terminal.print(Json.text(groups.stream().map(GroupCommand::json).toList()));
            } else if (groups.isEmpty()) {
                terminal.note("No groups yet. \"millrace consume TOPIC --group NAME\" makes one.");
            } else {
                Table table = new Table("GROUP", "STATE", "PROTOCOL");
                groups.forEach(g -> table.row(g.groupId(), g.state(), g.protocolType()));
                table.print(terminal);
            }
        }
        return 0;
    }

    @Command(
            description = "Shows a group: its members, and how far it is in each partition.",
            footer = {"", "Examples:", "  millrace group describe billing", "  millrace group describe billing --json"})
    int describe(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "GROUP") String groupId) {
        try (KafkaCluster kafka = cluster.connect()) {
            Groups.Description group = kafka.groups().describe(groupId);
            if (output.json) {
                terminal.print(Json.text(json(group)));
            } else {
                print(group);
            }
        }
        return 0;
    }

    @Command(
            name = "reset-offsets",
            description = "Moves the committed offsets of a group that has no members.",
            footer = {
                "",
                "Examples:",
                "  millrace group reset-offsets billing --to beginning --dry-run",
                "  millrace group reset-offsets billing --topic flights --to 2026-01-31T18:30:00Z"
            })
    int resetOffsets(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "GROUP") String groupId,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "PLACE",
                            description = "beginning, end, an offset, a time (ISO 8601), or how long ago (15m).")
                    String to,
            @Option(
                            names = "--topic",
                            paramLabel = "TOPIC",
                            description = "Default: all that the group has committed. May be repeated.")
                    List<String> topics,
            @Option(names = "--dry-run", description = "Only show what would be done.") boolean dryRun) {
        StartPosition position = Options.position(to, clock.wallMs());
        try (KafkaCluster kafka = cluster.connect()) {
            List<Groups.Moved> moved = kafka.groups().resetOffsets(groupId, Options.given(topics), position, !dryRun);
            if (output.json) {
                terminal.print(Json.text(moved.stream().map(GroupCommand::json).toList()));
            } else {
                Table table = new Table("TOPIC", "PARTITION", "BEFORE", dryRun ? "WOULD BE" : "NOW");
                moved.forEach(m ->
                        table.row(m.partition().topic(), m.partition().partition(), orDash(m.before()), m.after()));
                table.print(terminal);
            }
        }
        return 0;
    }

    @Command(
            description = "Deletes groups that have no members, with their committed offsets.",
            footer = {"", "Examples:", "  millrace group delete billing"})
    int delete(
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "GROUP", arity = "1..*") List<String> groupIds) {
        try (KafkaCluster kafka = cluster.connect()) {
            for (String groupId : groupIds) {
                kafka.groups().delete(groupId);
                output.done(terminal, "deleted", groupId);
            }
        }
        return 0;
    }

    private void print(Groups.Description group) {
        terminal.print(terminal.bold(group.summary().groupId()) + "  "
                + group.summary().state() + "  assignor " + (group.assignor().isEmpty() ? "none" : group.assignor())
                + "  coordinator " + group.coordinator());
        terminal.print("");
        if (group.members().isEmpty()) {
            terminal.print("No members.");
        } else {
            Table table = new Table("MEMBER", "CLIENT", "HOST", "PARTITIONS");
            group.members()
                    .forEach(m -> table.row(
                            m.memberId(), m.clientId(), m.host(), m.partitions().size()));
            table.print(terminal);
        }
        terminal.print("");
        Table table = new Table("TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "MEMBER");
        group.positions()
                .forEach(p -> table.row(
                        p.partition().topic(),
                        p.partition().partition(),
                        orDash(p.committedOffset()),
                        p.endOffset(),
                        orDash(p.lag()),
                        p.memberId().orElse("-")));
        table.print(terminal);
    }

    private static Map<String, Object> json(Groups.Summary group) {
        return Json.object("groupId", group.groupId(), "state", group.state(), "protocolType", group.protocolType());
    }

    private static Map<String, Object> json(Groups.Description group) {
        Map<String, Object> fields = json(group.summary());
        fields.put("assignor", group.assignor());
        fields.put("coordinator", group.coordinator());
        fields.put(
                "members",
                group.members().stream()
                        .map(m -> Json.object(
                                "memberId", m.memberId(),
                                "instanceId", m.instanceId(),
                                "clientId", m.clientId(),
                                "host", m.host(),
                                "partitions",
                                        m.partitions().stream()
                                                .map(GroupCommand::json)
                                                .toList()))
                        .toList());
        fields.put(
                "positions",
                group.positions().stream()
                        .map(p -> {
                            Map<String, Object> position = json(p.partition());
                            position.put("committedOffset", p.committedOffset());
                            position.put("endOffset", p.endOffset());
                            position.put("lag", p.lag());
                            position.put("memberId", p.memberId());
                            return position;
                        })
                        .toList());
        return fields;
    }

    private static Map<String, Object> json(Groups.Moved moved) {
        Map<String, Object> fields = json(moved.partition());
        fields.put("before", moved.before());
        fields.put("after", moved.after());
        return fields;
    }

    private static Map<String, Object> json(Groups.Partition partition) {
        return Json.object("topic", partition.topic(), "partition", partition.partition());
    }

    private static Object orDash(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : "-";
    }
}
