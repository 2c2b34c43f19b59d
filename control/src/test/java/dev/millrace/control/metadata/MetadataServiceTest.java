package dev.millrace.control.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.control.port.LocalControl;
import dev.millrace.log.PartitionLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metadata over a real log in files, across restarts. */
class MetadataServiceTest {

    @TempDir
    private Path directory;

    @Test
    void shouldFindItsTopicsAgain() {
        TopicImage created;
        long producerId;
        try (LocalControl control = LocalControl.onDisk(directory)) {
            created = control.createTopic("kept", 2, Map.of("retention.ms", "5000"));
            producerId = control.metadata().next().join();
        }
        try (LocalControl control = LocalControl.onDisk(directory)) {
            assertThat(control.metadata().image().topic("kept")).contains(created);
            assertThat(control.metadata().next().join()).isGreaterThan(producerId);
        }
    }

    @Test
    void shouldBoundItsOwnLog() {
        try (LocalControl control = LocalControl.onDisk(directory)) {
            control.createTopic("busy", 1, Map.of());
            PartitionLog log = control.metadata()
                    .logs()
                    .find(control.metadata()
                            .image()
                            .topic(InternalTopics.METADATA)
                            .orElseThrow()
                            .partition(0))
                    .orElseThrow();
            // Each change writes the topic's whole record: 8 KiB of throttled replicas make the log grow fast.
            String replicas = "0:1,".repeat(2_000) + "1:1";
            for (int i = 0; i < 1_200; i++) {
                ConfigAlteration change = new ConfigAlteration(
                        new ConfigTarget.OfTopic("busy"),
                        true,
                        List.of(
                                new ConfigAlteration.Operation(
                                        "leader.replication.throttled.replicas",
                                        ConfigAlteration.Kind.SET,
                                        Optional.of(replicas)),
                                new ConfigAlteration.Operation(
                                        "retention.ms", ConfigAlteration.Kind.SET, Optional.of("" + i))));
                assertThat(control.metadata()
                                .alterConfigs(List.of(change), false)
                                .join())
                        .allMatch(outcome -> outcome instanceof Outcome.Done);
            }
            await().until(() -> log.offsets().logStart() > 0 && log.sizeBytes() < 6 << 20);
        }
        try (LocalControl control = LocalControl.onDisk(directory)) {
            assertThat(control.metadata().image().topic("busy").orElseThrow().configs())
                    .containsEntry("retention.ms", "1199");
        }
    }
}
