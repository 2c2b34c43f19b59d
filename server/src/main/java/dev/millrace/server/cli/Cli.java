package dev.millrace.server.cli;

import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Clock;
import dev.millrace.kafka.ClusterException;
import dev.millrace.server.cli.input.InputException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command line as a function: arguments in, exit code out (0 done, 1 failed, 2 not understood). Only the command that is named is built,
 * because reading the annotations of all of them takes longer than most commands run.
 */
public final class Cli {

    static final int FAILED = 1;
    static final int NOT_UNDERSTOOD = 2;

    private final Context context;

    public Cli(Terminal terminal, Clock clock) {
        this.context = new Context(terminal, clock);
    }

    /** Runs one command. Does not throw: what goes wrong is told on the terminal. */
    public int run(String... args) {
        CommandLine line = new CommandLine(new Root());
        Map<String, Function<Context, Object>> all = commands();
        if (args.length > 0 && all.containsKey(args[0])) {
            line.addSubcommand(args[0], all.get(args[0]).apply(context));
        } else {
            all.forEach((name, command) -> line.addSubcommand(name, command.apply(context)));
        }
        configure(line);
        int code = line.execute(args);
        context.terminal().out().flush();
        context.terminal().err().flush();
        return code;
    }

    /** All commands, in the order of the help. */
    private static Map<String, Function<Context, Object>> commands() {
        Map<String, Function<Context, Object>> commands = new LinkedHashMap<>();
        commands.put("start", StartCommand::new);
        commands.put("topic", TopicCommand::new);
        commands.put("group", GroupCommand::new);
        commands.put("produce", ProduceCommand::new);
        commands.put("consume", ConsumeCommand::new);
        commands.put("check", CheckCommand::new);
        commands.put("inspect", InspectCommand::new);
        commands.put("config", ConfigCommand::new);
        commands.put("version", VersionCommand::new);
        return commands;
    }

    private void configure(CommandLine line) {
        Terminal terminal = context.terminal();
        line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.outIsTerminal() ? Ansi.ON : Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(110);
        line.setExecutionExceptionHandler((failure, _, _) -> {
            tell(failure);
            return FAILED;
        });
    }

    private void tell(Exception failure) {
        context.terminal().out().flush();
        switch (failure) {
            case CommandException e -> context.terminal().note("millrace: " + e.getMessage());
            case ClusterException e -> context.terminal().note("millrace: " + e.getMessage());
            case InputException e -> context.terminal().note("millrace: " + e.getMessage());
            case MillraceException e ->
                String.valueOf(e.getMessage())
                        .lines()
                        .forEach(line -> context.terminal().note("millrace: " + line));
            default -> {
                context.terminal().note("millrace: this is a defect, please report it with these lines:");
                failure.printStackTrace(context.terminal().err());
            }
        }
    }

    /** The command without a name. */
    @Command(
            name = "millrace",
            description = "A durable log that every Kafka client can use.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {
                "",
                "Examples:",
                "  millrace start                                            Kafka on 127.0.0.1:9092, data in"
                        + " ./millrace-data",
                "  millrace topic create flights --partitions 4",
                "  millrace produce flights --file flights.json --key-field origin",
                "  millrace consume flights --count 10",
                "",
                "\"millrace COMMAND --help\" tells more about a command."
            })
    private static final class Root implements Runnable {

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                scope = ScopeType.INHERIT,
                description = "Show this help.")
        @SuppressWarnings("UnusedVariable") // picocli itself acts on it.
        private boolean help;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
        }
    }
}
