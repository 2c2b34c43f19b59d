package dev.millrace.interop.applications;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;

/**
 * The level of the feature {@code transaction.version}: 2 is KIP-890, in which every commit gives the producer a new epoch. Clients follow the
 * level that the broker has finalized, and say nothing when they stay at version 1: so which one was used is seen by the epochs.
 */
record TransactionVersion(Stage stage, short level) {
    private static final String FEATURE = "transaction.version";

    /** A producer's id and epoch, as DescribeTransactions tells them. */
    record Identity(long producerId, int epoch) {}

    /** Finalizes the level, up or down. */
    void apply() throws ExecutionException, InterruptedException {
        try (Admin admin = stage.admin()) {
            FeatureMetadata before = admin.describeFeatures().featureMetadata().get();
            int current = before.finalizedFeatures().containsKey(FEATURE)
                    ? before.finalizedFeatures().get(FEATURE).maxVersionLevel()
                    : 0;
            if (current != level) {
                FeatureUpdate.UpgradeType type =
                        current < level ? FeatureUpdate.UpgradeType.UPGRADE : FeatureUpdate.UpgradeType.SAFE_DOWNGRADE;
                admin.updateFeatures(Map.of(FEATURE, new FeatureUpdate(level, type)), new UpdateFeaturesOptions())
                        .all()
                        .get();
            }
        }
    }

    /** Who this transactional id is now. */
    Identity identity(String transactionalId) throws ExecutionException, InterruptedException {
        try (Admin admin = stage.admin()) {
            TransactionDescription description = admin.describeTransactions(List.of(transactionalId))
                    .description(transactionalId)
                    .get();
            return new Identity(description.producerId(), description.producerEpoch());
        }
    }

    /** Fails unless commits between these two moments, and no new start, changed the identity as this version has it. */
    void expectUsed(Identity before, Identity after) {
        Stage.expect(
                before.equals(after) == (level < 2),
                "transaction.version " + level + " was finalized, yet commits turned " + before + " into " + after);
    }
}
