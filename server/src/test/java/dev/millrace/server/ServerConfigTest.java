package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.config.Config;
import dev.millrace.control.groups.api.ConsumerSettings;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.MigrationPolicy;
import dev.millrace.log.Durability;
import dev.millrace.log.LogStoreConfig;
import dev.millrace.log.compaction.CleanerConfig;
import dev.millrace.wire.net.WireOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServerConfigTest {

    @Test
    void shouldHaveTheDefaultsThatTheModulesHave() {
        ServerConfig config = config("num.network.threads=2"); // What it is otherwise depends on the machine.

        assertThat(config.wire()).isEqualTo(WireOptions.defaults(config.wire().listeners()));
        assertThat(config.log()).isEqualTo(LogStoreConfig.defaults(config.directory()));
        assertThat(config.groups()).isEqualTo(GroupSettings.DEFAULT);
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.directory()).isEqualTo(Path.of("millrace-data").toAbsolutePath());
    }

    @Test
    void shouldHandEachKeyToItsModule() {
        ServerConfig config = config(
                "listeners=PLAINTEXT://127.0.0.1:19092",
                "log.dir=/tmp/elsewhere",
                "node.id=7",
                "num.network.threads=3",
                "socket.request.max.bytes=1000000",
                "queued.max.request.bytes=2000000",
                "queued.max.requests.per.connection=5",
                "connections.max.idle.ms=1234",
                "max.connections=17",
                "durability=os",
                "log.shards=2",
                "journal.bytes=8388608",
                "append.queue.bytes=3000000",
                "disk.reserve.bytes=4000000",
                "journal.flush.interval.ms=5000",
                "log.retention.check.interval.ms=6000",
                "producer.id.expiration.ms=7000",
                "log.cleaner.enable=false",
                "log.cleaner.threads=2",
                "log.cleaner.dedupe.buffer.size=2000000",
                "log.cleaner.io.max.bytes.per.second=3000000",
                "log.cleaner.backoff.ms=4000",
                "group.min.session.timeout.ms=1",
                "group.max.session.timeout.ms=2",
                "group.max.size=3",
                "group.initial.rebalance.delay.ms=4",
                "offsets.retention.minutes=5",
                "offsets.retention.check.interval.ms=6",
                "offset.metadata.max.bytes=7",
                "group.consumer.session.timeout.ms=9",
                "group.consumer.min.session.timeout.ms=1",
                "group.consumer.heartbeat.interval.ms=8",
                "group.consumer.min.heartbeat.interval.ms=2",
                "group.consumer.assignment.interval.ms=10",
                "group.consumer.max.size=11",
                "group.consumer.assignors=range",
                "group.consumer.migration.policy=upgrade",
                "group.consumer.regex.refresh.interval.ms=12000");

        assertThat(config.wire())
                .isEqualTo(new WireOptions(config.wire().listeners(), 3, 1_000_000, 2_000_000, 5, 1234, 17));
        assertThat(config.wire().listeners())
                .singleElement()
                .satisfies(l -> assertThat(l.port()).isEqualTo(19_092));
        assertThat(config.log())
                .isEqualTo(new LogStoreConfig(
                        Path.of("/tmp/elsewhere"),
                        Durability.OS,
                        2,
                        8_388_608,
                        3_000_000,
                        4_000_000,
                        5_000,
                        6_000,
                        7_000,
                        new CleanerConfig(false, 2, 2_000_000, 3_000_000, 4_000)));
        assertThat(config.groups())
                .isEqualTo(new GroupSettings(
                        1,
                        2,
                        3,
                        4,
                        300_000,
                        6,
                        7,
                        new ConsumerSettings(9, 8, 10, 11, List.of("range"), MigrationPolicy.UPGRADE, 12_000)));
        assertThat(config.nodeId()).isEqualTo(7);
    }

    @Test
    void shouldRefuseWhatDoesNotFitTogether() {
        assertThatThrownBy(() -> config("listeners=PLAINTEXT://0.0.0.0:9092"))
                .hasMessageContaining("advertised.listeners");
        assertThatThrownBy(() -> config("group.min.session.timeout.ms=9", "group.max.session.timeout.ms=8"))
                .hasMessageContaining("group.max.session.timeout.ms");
        assertThatThrownBy(() -> config("log.dirs=/tmp")).hasMessageContaining("did you mean log.dir?");
    }

    private static ServerConfig config(String... assignments) {
        return ServerConfig.of(Config.defaults(ServerKeys.schema()).withOverrides(List.of(assignments)));
    }
}
