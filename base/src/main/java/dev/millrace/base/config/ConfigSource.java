package dev.millrace.base.config;

/**
 * Where a value comes from.
 *
 * @param where names the place for people: {@code "millrace.properties, line 3"}, {@code "--set"}; empty for a default
 */
public record ConfigSource(Kind kind, String where) {

    /** From the weakest to the strongest. */
    public enum Kind {
        /** The key's own default. */
        DEFAULT,
        /** The properties file. */
        FILE,
        /** {@code --set key=value}, or an option that stands for it. */
        COMMAND_LINE,
        /** Changed while running, for all servers of the cluster. */
        DYNAMIC_DEFAULT,
        /** Changed while running, for this server. */
        DYNAMIC_SERVER,
        /** Set on the topic. */
        TOPIC
    }

    static final ConfigSource DEFAULT = new ConfigSource(Kind.DEFAULT, "");

    public static ConfigSource commandLine(String option) {
        return new ConfigSource(Kind.COMMAND_LINE, option);
    }

    static ConfigSource file(String name, int line) {
        return new ConfigSource(Kind.FILE, name + ", line " + line);
    }

    static ConfigSource dynamic(Kind kind) {
        return new ConfigSource(kind, "");
    }
}
