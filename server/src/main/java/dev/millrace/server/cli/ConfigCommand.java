package dev.millrace.server.cli;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace config}. */
@Command(
        name = "config",
        description = {
            "Shows every configuration key of the server: its value, type, default, unit and meaning.",
            "With --config and --set: checks them, and shows what a server would make of them."
        },
        footer = {
            "",
            "Examples:",
            "  millrace config",
            "  millrace config --config millrace.properties --changed",
            "  millrace config --json"
        })
final class ConfigCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(names = "--changed", description = "Only keys that are set.")
    private boolean changed;

    ConfigCommand(Context context) {
        this.terminal = context.terminal();
    }

    @Override
    public Integer call() {
        Config config = options.read();
        var keys = config.schema().keys().stream()
                .filter(key -> key.serverName().isPresent())
                .filter(key -> !changed || isChanged(config, key))
                .toList();
        if (output.json) {
            terminal.print(Json.text(keys.stream().map(key -> json(config, key)).toList()));
        } else {
            keys.forEach(key -> print(config, key));
        }
        return 0;
    }

    private void print(Config config, ConfigKey<?> key) {
        Config.Setting<?> setting = config.setting(key);
        terminal.print(terminal.bold(key.serverName().orElseThrow() + "=" + setting.text())
                + (isChanged(config, key) ? "   (" + setting.source().where() + ")" : ""));
        terminal.print("    " + key.doc());
        String names = key.serverMultiples().isEmpty()
                ? ""
                : " Also set by " + String.join(", ", key.serverMultiples().keySet()) + ".";
        terminal.print(
                terminal.dim("    " + sentence(key.allowed()) + " Default: " + quoted(defaultText(key)) + "." + names));
        terminal.print("");
    }

    private static Map<String, Object> json(Config config, ConfigKey<?> key) {
        Config.Setting<?> setting = config.setting(key);
        return Json.object(
                "key", key.serverName().orElseThrow(),
                "value", setting.text(),
                "source", setting.source().where(),
                "type", key.type().kind().name().toLowerCase(Locale.ROOT),
                "default", defaultText(key),
                "unit", key.unit(),
                "allowed", key.allowed(),
                "meaning", key.doc());
    }

    private static boolean isChanged(Config config, ConfigKey<?> key) {
        return config.setting(key).source().kind() != ConfigSource.Kind.DEFAULT;
    }

    private static <T> String defaultText(ConfigKey<T> key) {
        return key.print(key.defaultValue());
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "empty" : text;
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
