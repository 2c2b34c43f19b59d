package dev.millrace.server.cli;

import dev.millrace.base.config.Config;
import dev.millrace.server.ServerKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where configuration comes from: defaults, then a file, then the command line. */
final class ConfigOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A properties file with Kafka's own keys. \"millrace config\" lists them.")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Sets one key, over the file; may be repeated.")
    private @Nullable List<String> assignments;

    Config read() {
        return read(List.of());
    }

    /**
     * Reads all of it.
     *
     * @param further assignments that stand for options of their own, over everything else
     * @throws dev.millrace.base.error.MillraceException INVALID_CONFIG, naming everything that is wrong
     */
    Config read(List<String> further) {
        Config config = Config.defaults(ServerKeys.schema());
        Optional<Path> given = Optional.ofNullable(file);
        if (given.isPresent()) {
            config = config.withFile(given.get().toString(), UserFiles.readText(given.get()));
        }
        List<String> all = new ArrayList<>(Options.given(assignments));
        all.addAll(further);
        return config.withOverrides(all);
    }
}
