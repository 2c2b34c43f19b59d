package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.control.port.LocalControl;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Feature levels as Kafka's own AdminClient sees and changes them. */
class FeaturesTest {

    private static final UpdateFeaturesOptions DRY = new UpdateFeaturesOptions().validateOnly(true);

    private final LocalControl control = LocalControl.inMemory();
    private final WireFixture server = WireFixture.start(
            AdminHandlers.of(
                    control.metadata(),
                    control.port(),
                    control.files(),
                    Path.of(System.getProperty("java.io.tmpdir")),
                    control.waiting(),
                    LoggerLevels.NONE,
                    control.clock()),
            () -> control.metadata().image().features());
    private final Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, server.bootstrap()));

    @AfterEach
    void close() {
        admin.close();
        server.close();
        control.close();
    }

    @Test
    void shouldTellWhatIsSupportedAndWhatHolds() throws Exception {
        FeatureMetadata features = features();
        assertThat(features.supportedFeatures())
                .containsOnly(
                        Map.entry("transaction.version", new SupportedVersionRange((short) 0, (short) 2)),
                        Map.entry("group.version", new SupportedVersionRange((short) 0, (short) 1)),
                        Map.entry("metadata.version", new SupportedVersionRange((short) 33, (short) 33)));
        assertThat(features.finalizedFeatures())
                .containsOnly(
                        Map.entry("transaction.version", at(2)),
                        Map.entry("group.version", at(1)),
                        Map.entry("metadata.version", at(33)));
        assertThat(features.finalizedFeaturesEpoch()).contains(1L);
    }

    @Test
    void shouldChangeLevels() throws Exception {
        update(DRY, "transaction.version", 1, UpgradeType.SAFE_DOWNGRADE);
        assertThat(features().finalizedFeatures()).containsEntry("transaction.version", at(2));
        update(new UpdateFeaturesOptions(), "transaction.version", 1, UpgradeType.SAFE_DOWNGRADE);
        assertThat(features().finalizedFeatures()).containsEntry("transaction.version", at(1));
        assertThat(features().finalizedFeaturesEpoch()).contains(2L);
        update(new UpdateFeaturesOptions(), "transaction.version", 0, UpgradeType.UNSAFE_DOWNGRADE);
        assertThat(features().finalizedFeatures()).doesNotContainKey("transaction.version");
        update(new UpdateFeaturesOptions(), "transaction.version", 2, UpgradeType.UPGRADE);
        assertThat(features().finalizedFeatures()).containsEntry("transaction.version", at(2));
    }

    @Test
    void shouldRefuseWhatIsNotAllowed() throws Exception {
        assertRefused("transaction.version", 3, UpgradeType.UPGRADE);
        assertRefused("transaction.version", 1, UpgradeType.UPGRADE);
        assertRefused("metadata.version", 25, UpgradeType.UNSAFE_DOWNGRADE);
        assertRefused("streams.version", 1, UpgradeType.UPGRADE);
        assertThat(features().finalizedFeaturesEpoch()).contains(1L);
    }

    private void assertRefused(String feature, int level, UpgradeType type) {
        assertThatThrownBy(() -> update(new UpdateFeaturesOptions(), feature, level, type))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(InvalidUpdateVersionException.class)
                .hasMessageContaining(feature);
    }

    private void update(UpdateFeaturesOptions options, String feature, int level, UpgradeType type) throws Exception {
        admin.updateFeatures(Map.of(feature, new FeatureUpdate((short) level, type)), options)
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    private FeatureMetadata features() throws Exception {
        return admin.describeFeatures().featureMetadata().get(30, TimeUnit.SECONDS);
    }

    private static FinalizedVersionRange at(int level) {
        return new FinalizedVersionRange((short) level, (short) level);
    }
}
