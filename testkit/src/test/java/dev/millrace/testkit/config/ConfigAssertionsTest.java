package dev.millrace.testkit.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSchema;
import dev.millrace.base.config.ConfigType;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigAssertionsTest {

    private static final ConfigKey<Integer> THREADS = ConfigKey.of(ConfigType.INT, 2)
            .server("shard.threads")
            .unit("threads")
            .between(1, 100)
            .doc("Threads that write partitions.");
    private static final ConfigKey<Boolean> FLAG =
            ConfigKey.of(ConfigType.BOOLEAN, false).server("some.flag").doc("Whether the flag is up.");

    @Test
    void shouldPassWhenEveryKeyIsTestedAndExplained() {
        ConfigAssertions.of(ConfigSchema.of(List.of(THREADS, FLAG)))
                .accepts(THREADS, "5", 5)
                .refuses("0", "101", "x")
                .accepts(FLAG, "true", true)
                .refuses("yes")
                .assertComplete();
    }

    @Test
    void shouldFailOnAKeyThatNobodyTests() {
        fails(
                "some.flag is not tested",
                () -> ConfigAssertions.of(ConfigSchema.of(List.of(THREADS, FLAG)))
                        .accepts(THREADS, "5", 5)
                        .assertComplete());
    }

    @Test
    void shouldFailOnAKeyThatIsNotExplained() {
        ConfigKey<Boolean> terse =
                ConfigKey.of(ConfigType.BOOLEAN, false).server("terse").doc("terse");
        fails("meaning of terse", () -> one(terse).accepts(terse, "true", true).assertComplete());
        ConfigKey<Integer> unitless =
                ConfigKey.of(ConfigType.INT, 1).server("unitless").doc("How much of it there is.");
        fails("unit of unitless", () -> one(unitless).accepts(unitless, "2", 2).assertComplete());
    }

    @Test
    void shouldFailOnADefaultThatIsNotAllowed() {
        ConfigKey<Integer> wrong = ConfigKey.of(ConfigType.INT, 0)
                .server("wrong")
                .unit("ms")
                .atLeast(1)
                .doc("How long it takes.");
        assertThatThrownBy(() -> one(wrong).accepts(wrong, "2", 2).assertComplete())
                .hasMessageContaining("wrong=0 is not allowed");
    }

    @Test
    void shouldFailOnATestThatShowsNothing() {
        fails("threads", () -> one(THREADS).accepts(THREADS, "2", 2));
        fails("threads", () -> one(THREADS).accepts(THREADS, "5", 5).refuses("7"));
    }

    private static ConfigAssertions one(ConfigKey<?> key) {
        return ConfigAssertions.of(ConfigSchema.of(List.of(key)));
    }

    private static void fails(String message, Runnable assertions) {
        assertThatThrownBy(assertions::run).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }
}
