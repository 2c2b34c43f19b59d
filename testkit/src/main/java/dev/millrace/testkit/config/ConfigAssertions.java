package dev.millrace.testkit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSchema;
import dev.millrace.base.config.ConfigType.Kind;
import dev.millrace.base.error.MillraceException;
import java.util.HashSet;
import java.util.Set;

/**
 * A module's test of its configuration keys. It fails on a key that it was not told about, so that no key goes untested:
 *
 * <pre>{@code
 * ConfigAssertions.of(LogKeys.SCHEMA)
 *         .accepts(LogKeys.SEGMENT_BYTES, "1048576", 1_048_576).refuses("13", "many")
 *         .accepts(LogKeys.PREALLOCATE, "true", true).refuses("yes")
 *         .assertComplete();
 * }</pre>
 */
public final class ConfigAssertions {

    private final ConfigSchema schema;
    private final Set<ConfigKey<?>> tested = new HashSet<>();

    private ConfigAssertions(ConfigSchema schema) {
        this.schema = schema;
    }

    public static ConfigAssertions of(ConfigSchema schema) {
        return new ConfigAssertions(schema);
    }

    /** {@code text} stands for {@code value}, which is not the default. */
    public <T> OfKey accepts(ConfigKey<T> key, String text, T value) {
        assertThat(schema.keys()).contains(key);
        assertThat(key.parse(text)).as("%s=%s", key, text).isEqualTo(value).isNotEqualTo(key.defaultValue());
        tested.add(key);
        return new OfKey(key);
    }

    /** Every key of the schema was tested, is explained, and takes its own default. */
    public void assertComplete() {
        for (ConfigKey<?> key : schema.keys()) {
            assertThat(tested).as("%s is not tested", key).contains(key);
            assertExplained(key);
        }
    }

    private static <T> void assertExplained(ConfigKey<T> key) {
        assertThat(key.doc()).as("meaning of %s: whole sentences", key).matches("(?s)\\p{Lu}.{15,}\\.");
        assertThat(key.name()).as("name of %s", key).matches("[a-z][a-z0-9]*([.-][a-z0-9]+)*");
        if (key.type().kind() == Kind.INT || key.type().kind() == Kind.LONG) {
            assertThat(key.unit()).as("unit of %s", key).isNotEmpty();
        }
        if (key.type().kind() != Kind.PASSWORD) {
            assertThat(key.parse(key.print(key.defaultValue())))
                    .as("default of %s, printed and read again", key)
                    .isEqualTo(key.defaultValue());
        }
    }

    /** Goes on about one key, or to the next. */
    public final class OfKey {

        private final ConfigKey<?> key;

        private OfKey(ConfigKey<?> key) {
            this.key = key;
        }

        /** None of {@code texts} is a value of the key; the error names it. */
        public OfKey refuses(String... texts) {
            for (String text : texts) {
                assertThatThrownBy(() -> key.parse(text), "%s=%s", key, text)
                        .isInstanceOf(MillraceException.class)
                        .hasMessageContaining(key.name());
            }
            return this;
        }

        public <T> OfKey accepts(ConfigKey<T> next, String text, T value) {
            return ConfigAssertions.this.accepts(next, text, value);
        }

        public void assertComplete() {
            ConfigAssertions.this.assertComplete();
        }
    }
}
