package dev.millrace.base.config;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One setting: its names, type, default, unit, meaning and limits. Immutable; compared by identity.
 *
 * <p>A key of the server has one name. A key of a topic has the name that Kafka gives it there ({@code segment.bytes}) and usually
 * another by which the server sets it for all topics that do not say otherwise ({@code log.segment.bytes}).
 *
 * <pre>{@code
 * static final ConfigKey<Integer> SEGMENT_BYTES = ConfigKey.of(ConfigType.INT, 1 << 30)
 *         .topic("segment.bytes")
 *         .server("log.segment.bytes")
 *         .unit("bytes")
 *         .between(1 << 20, Integer.MAX_VALUE)
 *         .changeable()
 *         .doc("A segment is rolled before it grows larger.");
 * }</pre>
 */
public final class ConfigKey<T> {

    private final ConfigType<T> type;
    private final T defaultValue;
    private final Optional<String> topicName;
    private final Optional<String> serverName;
    private final Map<String, Long> serverMultiples;
    private final String unit;
    private final boolean changeable;
    private final List<Rule<T>> rules;
    private final String doc;

    private ConfigKey(Builder<T> builder, String doc) {
        this.type = builder.type;
        this.defaultValue = builder.defaultValue;
        this.topicName = builder.topicName;
        this.serverName = builder.serverName;
        this.serverMultiples = Map.copyOf(builder.serverMultiples);
        this.unit = builder.unit;
        this.changeable = builder.changeable;
        this.rules = List.copyOf(builder.rules);
        this.doc = doc;
        if (topicName.isEmpty() && serverName.isEmpty()) {
            throw new IllegalArgumentException("a key has a name: " + doc);
        }
    }

    public static <T> Builder<T> of(ConfigType<T> type, T defaultValue) {
        return new Builder<>(type, defaultValue);
    }

    /** What it is called on a topic, or else on the server. */
    public String name() {
        return topicName.orElseGet(serverName::orElseThrow);
    }

    /** Empty if it is not set on topics. */
    public Optional<String> topicName() {
        return topicName;
    }

    /** Empty if it is set on topics alone. */
    public Optional<String> serverName() {
        return serverName;
    }

    /**
     * Further names on the server whose unit is a multiple of this key's, as {@code log.retention.hours} is of
     * {@code log.retention.ms}; the values are the factors.
     */
    public Map<String, Long> serverMultiples() {
        return serverMultiples;
    }

    public ConfigType<T> type() {
        return type;
    }

    public T defaultValue() {
        return defaultValue;
    }

    /** {@code "ms"}, {@code "bytes"}, {@code "threads"}, …; empty if a value has none. */
    public String unit() {
        return unit;
    }

    /** Whether the server's value may be changed while it runs. A topic's always may. */
    public boolean isChangeable() {
        return changeable;
    }

    /** One or more whole sentences. */
    public String doc() {
        return doc;
    }

    /** What values are allowed, in words: {@code "a whole number between 1 and 100, in threads"}. */
    public String allowed() {
        StringBuilder text = new StringBuilder(type.expected());
        rules.forEach(rule -> text.append(' ').append(rule.expected));
        return unit.isEmpty()
                ? text.toString()
                : text.append(", in ").append(unit).toString();
    }

    /** The text of a value; a password is hidden. */
    public String print(T value) {
        return type.kind() == ConfigType.Kind.PASSWORD
                ? value.toString()
                : type.printer().apply(value);
    }

    /**
     * The value that {@code text} stands for.
     *
     * @throws MillraceException INVALID_CONFIG; the message names the key, the text and what is allowed
     */
    public T parse(String text) {
        return parse(name(), text);
    }

    /** As {@link #parse(String)}, for the name that the user wrote. */
    T parse(String writtenName, String text) {
        T value;
        try {
            value = type.parser().apply(multiplied(writtenName, text.strip()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw refused(writtenName, text);
        }
        if (!rules.stream().allMatch(rule -> rule.holds.test(value))) {
            throw refused(writtenName, text);
        }
        return value;
    }

    private String multiplied(String writtenName, String text) {
        Long factor = serverMultiples.get(writtenName);
        if (factor == null) {
            return text;
        }
        long number = Long.parseLong(text);
        return Long.toString(
                number < 0 ? number : Math.multiplyExact(number, factor)); // Negative means "none", in any unit.
    }

    private MillraceException refused(String writtenName, String text) {
        String shown = type.kind() == ConfigType.Kind.PASSWORD ? "[hidden]" : text;
        String limits = serverMultiples.containsKey(writtenName) ? allowed() + " as " + name() : allowed();
        return new MillraceException(
                ErrorCode.INVALID_CONFIG, writtenName + "=" + shown + " is not allowed: it must be " + limits);
    }

    @Override
    public String toString() {
        return name();
    }

    private record Rule<T>(Predicate<T> holds, String expected) {}

    /** Collects what a key is; {@link #doc} makes it. */
    public static final class Builder<T> {

        private final ConfigType<T> type;
        private final T defaultValue;
        private Optional<String> topicName = Optional.empty();
        private Optional<String> serverName = Optional.empty();
        private final Map<String, Long> serverMultiples = new LinkedHashMap<>();
        private String unit = "";
        private boolean changeable;
        private final List<Rule<T>> rules = new ArrayList<>();

        private Builder(ConfigType<T> type, T defaultValue) {
            this.type = type;
            this.defaultValue = defaultValue;
        }

        /** Its name on a topic. */
        public Builder<T> topic(String name) {
            topicName = Optional.of(name);
            return this;
        }

        /** Its name on the server. */
        public Builder<T> server(String name) {
            serverName = Optional.of(name);
            return this;
        }

        /** A further name on the server, whose unit is {@code factor} of this key's. Whole numbers only. */
        public Builder<T> serverMultiple(String name, long factor) {
            serverMultiples.put(name, factor);
            return this;
        }

        public Builder<T> unit(String name) {
            unit = name;
            return this;
        }

        /** The server's value may be changed while it runs. */
        public Builder<T> changeable() {
            changeable = true;
            return this;
        }

        /** Numbers only; both ends are allowed. */
        public Builder<T> between(long smallest, long largest) {
            return rule(
                    value -> ((Number) value).longValue() >= smallest && ((Number) value).longValue() <= largest,
                    "between " + smallest + " and " + largest);
        }

        /** Numbers only. */
        public Builder<T> atLeast(long smallest) {
            return rule(value -> ((Number) value).doubleValue() >= smallest, "of at least " + smallest);
        }

        /**
         * Any other limit.
         *
         * @param expected continues the sentence "it must be text …": {@code "that names a host"}
         */
        public Builder<T> rule(Predicate<T> holds, String expected) {
            rules.add(new Rule<>(holds, expected));
            return this;
        }

        /** Makes the key. {@code doc} is one or more whole sentences: what it does, and what special values mean. */
        public ConfigKey<T> doc(String doc) {
            return new ConfigKey<>(this, doc);
        }
    }
}
