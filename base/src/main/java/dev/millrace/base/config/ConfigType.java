package dev.millrace.base.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * How the text of a configuration value becomes a value, and back. Values are trimmed, as Kafka does.
 *
 * @param kind what Kafka's DescribeConfigs calls it (KIP-569)
 * @param expected what a value looks like, for error messages: {@code "a whole number"}
 * @param parser throws {@link IllegalArgumentException} if the text is not such a value
 */
public record ConfigType<T>(Kind kind, String expected, Function<String, T> parser, Function<T, String> printer) {

    /** Kafka's names of the types that we use. */
    public enum Kind {
        BOOLEAN,
        STRING,
        INT,
        LONG,
        DOUBLE,
        LIST,
        PASSWORD
    }

    public static final ConfigType<Boolean> BOOLEAN =
            new ConfigType<>(Kind.BOOLEAN, "true or false", ConfigType::parseBoolean, String::valueOf);
    public static final ConfigType<String> STRING =
            new ConfigType<>(Kind.STRING, "text", Function.identity(), Function.identity());
    public static final ConfigType<Integer> INT =
            new ConfigType<>(Kind.INT, "a whole number", Integer::valueOf, String::valueOf);
    public static final ConfigType<Long> LONG =
            new ConfigType<>(Kind.LONG, "a whole number", Long::valueOf, String::valueOf);
    public static final ConfigType<Double> DOUBLE =
            new ConfigType<>(Kind.DOUBLE, "a number", Double::valueOf, String::valueOf);
    public static final ConfigType<List<String>> LIST =
            new ConfigType<>(Kind.LIST, "a list, separated by commas", ConfigType::parseList, l -> String.join(",", l));
    public static final ConfigType<Password> PASSWORD =
            new ConfigType<>(Kind.PASSWORD, "text", Password::new, Password::secret);

    /** One of the constants of an enum, written in lower case with {@code -} for {@code _}, as {@code delete-old} for {@code DELETE_OLD}. */
    public static <E extends Enum<E>> ConfigType<E> oneOf(Class<E> choices) {
        List<E> all = List.of(choices.getEnumConstants());
        String expected = "one of "
                + String.join(", ", all.stream().map(ConfigType::choice).toList());
        Function<String, E> parser = text -> all.stream()
                .filter(e -> choice(e).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text));
        return new ConfigType<>(Kind.STRING, expected, parser, ConfigType::choice);
    }

    private static String choice(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static List<String> parseList(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    /** A secret. Printed nowhere: its text is hidden. */
    public record Password(String secret) {

        @Override
        public String toString() {
            return "[hidden]";
        }
    }
}
