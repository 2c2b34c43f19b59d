package dev.millrace.base.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.config.ConfigSource.Kind;
import dev.millrace.base.config.ConfigType.Password;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class ConfigTest {

    enum Durability {
        FSYNC,
        NOT_AT_ALL
    }

    private static final ConfigKey<Integer> THREADS = ConfigKey.of(ConfigType.INT, 2)
            .server("shard.threads")
            .unit("threads")
            .between(1, 100)
            .doc("Threads that write.");
    private static final ConfigKey<Long> RETENTION = ConfigKey.of(ConfigType.LONG, 604_800_000L)
            .topic("retention.ms")
            .server("log.retention.ms")
            .serverMultiple("log.retention.hours", 3_600_000)
            .unit("ms")
            .atLeast(-1)
            .changeable()
            .doc("Age at which records may go; -1: never.");
    private static final ConfigKey<Durability> DURABILITY = ConfigKey.of(
                    ConfigType.oneOf(Durability.class), Durability.FSYNC)
            .server("durability")
            .doc("When an append counts as durable.");
    private static final ConfigKey<List<String>> LISTENERS = ConfigKey.of(ConfigType.LIST, List.of("PLAINTEXT://:9092"))
            .server("listeners")
            .rule(list -> !list.isEmpty(), "with at least one element")
            .doc("Where clients connect.");
    private static final ConfigKey<Password> SECRET = ConfigKey.of(ConfigType.PASSWORD, new Password(""))
            .server("ssl.key.password")
            .doc("Opens the key.");
    private static final ConfigKey<Boolean> AUTO_CREATE = ConfigKey.of(ConfigType.BOOLEAN, true)
            .server("auto.create.topics.enable")
            .doc("Whether a topic comes into being when it is asked for.");
    private static final ConfigKey<Double> RATIO = ConfigKey.of(ConfigType.DOUBLE, 0.5)
            .topic("min.cleanable.dirty.ratio")
            .atLeast(0)
            .doc("A topic's alone.");

    private static final ConfigSchema SCHEMA = ConfigSchema.of(List.of(THREADS, RETENTION, DURABILITY, LISTENERS))
            .plus(ConfigSchema.of(List.of(SECRET, AUTO_CREATE, RATIO)));
    private static final Config DEFAULTS = Config.defaults(SCHEMA);

    @Test
    void shouldGiveDefaults() {
        assertThat(DEFAULTS.get(THREADS)).isEqualTo(2);
        assertThat(DEFAULTS.setting(THREADS).source().kind()).isEqualTo(Kind.DEFAULT);
        assertThat(DEFAULTS.schema().keys()).hasSize(7);
    }

    @Test
    void shouldReadAPropertiesFile() {
        Config config = DEFAULTS.withFile("millrace.properties", """
            # a comment
              ! and another, then an empty line

            shard.threads = 8
            listeners: A://host:1, \\
                       B://:2
            durability=not-at-all
            log.retention.hours 2
            auto.create.topics.enable=FALSE
            ssl.key.password=a\\u0062c=\\\\
            """);
        assertThat(config.get(THREADS)).isEqualTo(8);
        assertThat(config.get(LISTENERS)).containsExactly("A://host:1", "B://:2");
        assertThat(config.get(DURABILITY)).isEqualTo(Durability.NOT_AT_ALL);
        assertThat(config.get(RETENTION)).isEqualTo(7_200_000L);
        assertThat(config.get(AUTO_CREATE)).isFalse();
        assertThat(config.get(SECRET).secret()).isEqualTo("abc=\\");
        assertThat(config.setting(THREADS).source().where()).isEqualTo("millrace.properties, line 4");
        assertThat(config.setting(DURABILITY).source().where()).isEqualTo("millrace.properties, line 7");
        assertThat(config.setting(DURABILITY).text()).isEqualTo("not-at-all");
    }

    @Test
    void shouldLetTheCommandLineOverrideTheFileAndTheLastOverrideCount() {
        Config config = DEFAULTS.withFile("f", "shard.threads=8")
                .withOverrides(List.of("shard.threads=9", "shard.threads = 10", "ssl.key.password=a=b"));
        assertThat(config.get(THREADS)).isEqualTo(10);
        assertThat(config.get(SECRET).secret()).isEqualTo("a=b");
        assertThat(config.settings(THREADS).stream().map(s -> s.source().kind()))
                .containsExactly(Kind.COMMAND_LINE, Kind.FILE, Kind.DEFAULT);
    }

    @Test
    void shouldNameEverythingThatIsWrongAndWhereItStands() {
        refuses(() -> DEFAULTS.withFile("m.properties", """
            shard.thread=8
            durability=maybe
            shard.threads=101
            retention.ms=5
            """), """
            m.properties, line 1: there is no configuration key shard.thread for the server; did you mean shard.threads?
            m.properties, line 2: durability=maybe is not allowed: it must be one of fsync, not-at-all
            m.properties, line 3: shard.threads=101 is not allowed: it must be a whole number between 1 and 100, in threads
            m.properties, line 4: there is no configuration key retention.ms for the server; the server's name for it is log.retention.ms\
            """);
        refuses(
                () -> DEFAULTS.withOverrides(List.of("completely.different=1")),
                "--set: there is no configuration key completely.different for the server; `millrace config` lists all"
                        + " keys");
        refuses(() -> DEFAULTS.withOverrides(List.of("oops")), "--set takes key=value, not \"oops\"");
        refuses(
                () -> DEFAULTS.withFile("m", "listeners="),
                "m, line 1: listeners= is not allowed: it must be a list, separated by commas with at least one"
                        + " element");
        refuses(
                () -> DEFAULTS.withFile("m", "log.retention.hours=9223372036854775807"),
                "m, line 1: log.retention.hours=9223372036854775807 is not allowed: it must be a whole number of at"
                        + " least -1, in ms as retention.ms");
        assertThatThrownBy(() -> DEFAULTS.withFile("m", "\nssl.key.password=\\uZZZZ"))
                .hasMessageStartingWith("m, line 2: ");
    }

    @Test
    void shouldRefuseAKeyThatIsSetTwice() {
        refuses(
                () -> DEFAULTS.withFile("m", "log.retention.ms=1\nlog.retention.hours=1"),
                "m, line 1: log.retention.ms sets retention.ms, and so does m, line 2: log.retention.hours: keep one");
    }

    @Test
    void shouldLayerATopicOverWhatTheServerSays() {
        Config topic = DEFAULTS.withFile("m", "log.retention.hours=-1")
                .withDynamic(Kind.DYNAMIC_DEFAULT, Map.of("log.retention.ms", "77"))
                .withTopic(Map.of("retention.ms", "5", "min.cleanable.dirty.ratio", "0.25"));
        assertThat(topic.get(RETENTION)).isEqualTo(5);
        assertThat(topic.get(RATIO)).isEqualTo(0.25);
        assertThat(topic.settings(RETENTION).stream().map(Config.Setting::name))
                .containsExactly("retention.ms", "log.retention.ms", "log.retention.hours", "log.retention.ms");
        assertThat(topic.settings(RETENTION).stream().map(Config.Setting::value))
                .containsExactly(5L, 77L, -1L, 604_800_000L);
        refuses(
                () -> DEFAULTS.withTopic(Map.of("retention.msec", "5")),
                "there is no configuration key retention.msec for topics; did you mean retention.ms?");
    }

    @Test
    void shouldChangeWhileRunningOnlyWhatAllowsIt() {
        refuses(
                () -> DEFAULTS.withDynamic(Kind.DYNAMIC_SERVER, Map.of("shard.threads", "5")),
                "shard.threads cannot be changed while the server runs: set it in the file and restart");
    }

    @Test
    void shouldHideSecrets() {
        Config config = DEFAULTS.withOverrides(List.of("ssl.key.password=hunter2"));
        assertThat(config.setting(SECRET).text()).isEqualTo("[hidden]");
        assertThat(config.setting(SECRET).toString()).doesNotContain("hunter2");
    }

    @Test
    void shouldRefuseTwoKeysOfOneName() {
        assertThatThrownBy(() -> ConfigSchema.of(List.of(THREADS, THREADS)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shard.threads");
    }

    @Test
    void shouldCountEdits() {
        assertThat(NearestName.edits("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestName.edits("", "abc")).isEqualTo(3);
        assertThat(NearestName.of("aa", List.of("bb", "ab", "ac"))).contains("ab");
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                .hasMessage(message);
    }
}
