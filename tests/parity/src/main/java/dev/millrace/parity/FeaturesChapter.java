package dev.millrace.parity;

import java.util.Optional;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.protocol.ApiKeys;

/** UpdateFeatures, and what ApiVersions tells afterwards. Leaves every level as it was. */
final class FeaturesChapter implements Chapter {
    private static final int VERSION = 2;
    private static final String TRANSACTIONS = "transaction.version";
    private static final String GROUPS = "group.version";

    private static final int UPGRADE = 1;
    private static final int SAFE = 2;
    private static final int UNSAFE = 3;

    @Override
    public String name() {
        return "features";
    }

    @Override
    public void play(Stage stage) {
        tell(stage, "features at first");
        refusals(stage);
        downAndUp(stage);
        several(stage);
        oldVersions(stage);
        fixed(stage);
    }

    private static void refusals(Stage stage) {
        stage.ask("to the level that it has", update(TRANSACTIONS, 2, UPGRADE), VERSION);
        stage.ask("down without saying so", update(TRANSACTIONS, 1, UPGRADE), VERSION);
        stage.ask("below 0", update(TRANSACTIONS, -1, UNSAFE), VERSION);
        stage.ask("above what there is", update(TRANSACTIONS, 3, UPGRADE), VERSION);
        stage.ask("above what there is, as a downgrade", update(TRANSACTIONS, 3, SAFE), VERSION);
        stage.ask("type 0", update(TRANSACTIONS, 1, 0), VERSION);
        stage.ask("type 4", update(TRANSACTIONS, 1, 4), VERSION);
        stage.ask("type -1", update(TRANSACTIONS, 1, -1), VERSION);
        stage.ask("an unknown feature", update("no.such.version", 1, UPGRADE), VERSION);
        stage.ask("an unknown feature, level 0", update("no.such.version", 0, UPGRADE), VERSION);
        stage.ask("an unknown feature, away", update("no.such.version", 0, UNSAFE), VERSION);
        stage.ask("a feature without a name", update("", 1, UPGRADE), VERSION);
        stage.ask("no feature", new UpdateFeaturesRequestData(), VERSION);
        stage.ask("down, only validated", update(TRANSACTIONS, 1, SAFE).setValidateOnly(true), VERSION);
        stage.ask("wrong, only validated", update(TRANSACTIONS, 3, UPGRADE).setValidateOnly(true), VERSION);
        tell(stage, "features after refusals");
    }

    private static void downAndUp(Stage stage) {
        stage.ask("down, safely", update(TRANSACTIONS, 1, SAFE), VERSION);
        settle(stage, TRANSACTIONS, 1);
        tell(stage, "features after a step down");
        stage.ask("up, as a downgrade", update(TRANSACTIONS, 2, UNSAFE), VERSION);
        stage.ask("to the level that it has, as a downgrade", update(TRANSACTIONS, 1, SAFE), VERSION);
        stage.ask("away, unsafely", update(TRANSACTIONS, 0, UNSAFE), VERSION);
        settle(stage, TRANSACTIONS, 0);
        tell(stage, "features after one is gone");
        stage.ask("away again", update(TRANSACTIONS, 0, SAFE), VERSION);
        stage.ask("up again", update(TRANSACTIONS, 2, UPGRADE), VERSION);
        settle(stage, TRANSACTIONS, 2);
    }

    private static void several(Stage stage) {
        stage.ask("two features, one wrong", add(update(GROUPS, 0, SAFE), TRANSACTIONS, 9, UPGRADE), VERSION);
        tell(stage, "features after one of two was wrong");
        stage.ask("two features", add(update(GROUPS, 0, SAFE), TRANSACTIONS, 0, SAFE), VERSION);
        settle(stage, GROUPS, 0);
        settle(stage, TRANSACTIONS, 0);
        tell(stage, "features after two are gone");
        stage.ask("one feature twice", add(update(GROUPS, 0, UPGRADE), GROUPS, 1, UPGRADE), VERSION);
        settle(stage, GROUPS, 1);
        stage.ask("back up", update(TRANSACTIONS, 2, UPGRADE), VERSION);
        settle(stage, TRANSACTIONS, 2);
    }

    private static void oldVersions(Stage stage) {
        stage.ask("version 0, down", update(TRANSACTIONS, 1, UPGRADE), 0);
        stage.ask("version 0, wrong", allowed(update(TRANSACTIONS, 7, UPGRADE)), 0);
        stage.ask("version 0, down, allowed", allowed(update(TRANSACTIONS, 1, UPGRADE)), 0);
        stage.ask("version 0, up, downgrade allowed", allowed(update(TRANSACTIONS, 2, UPGRADE)), 0);
        stage.ask("version 1, two features", add(update(TRANSACTIONS, 2, UPGRADE), GROUPS, 1, UPGRADE), 1);
        stage.ask("version 1, wrong", update(TRANSACTIONS, 3, UPGRADE), 1);
        tell(stage, "features at the end");
    }

    /** Validated only: what would go down might not come up again. */
    private static void fixed(Stage stage) {
        for (String feature : new String[] {"metadata.version", "kraft.version", "share.version", "streams.version"}) {
            for (int level : new int[] {0, 1, 33, 99}) {
                for (int type : new int[] {UPGRADE, SAFE}) {
                    stage.ask(
                            feature + " to " + level + ", type " + type,
                            update(feature, level, type).setValidateOnly(true),
                            VERSION);
                }
            }
        }
    }

    static UpdateFeaturesRequestData update(String feature, int level, int type) {
        return add(new UpdateFeaturesRequestData(), feature, level, type);
    }

    private static UpdateFeaturesRequestData add(
            UpdateFeaturesRequestData request, String feature, int level, int type) {
        request.featureUpdates()
                .add(new FeatureUpdateKey()
                        .setFeature(feature)
                        .setMaxVersionLevel((short) level)
                        .setUpgradeType((byte) type));
        return request;
    }

    private static UpdateFeaturesRequestData allowed(UpdateFeaturesRequestData request) {
        request.featureUpdates().forEach(update -> update.setAllowDowngrade(true));
        return request;
    }

    /** Records what ApiVersions tells of features alone: the rest is told elsewhere. */
    private static void tell(Stage stage, String step) {
        ApiVersionsResponseData told = ask(stage);
        told.apiKeys().clear();
        stage.record(step, ApiKeys.API_VERSIONS.id, 4, Optional.of(told));
    }

    /** A broker hears of new levels from its controller, a moment later. */
    private static void settle(Stage stage, String feature, int level) {
        stage.settle("feature " + feature + " did not get to level " + level, () -> {
            var found = ask(stage).finalizedFeatures().find(feature);
            int now = found == null ? 0 : found.maxVersionLevel();
            return now == level ? Optional.of(now) : Optional.empty();
        });
    }

    private static ApiVersionsResponseData ask(Stage stage) {
        return stage.quietly(
                ApiVersionsResponseData.class,
                new ApiVersionsRequestData().setClientSoftwareName("parity").setClientSoftwareVersion("1"),
                4);
    }
}
