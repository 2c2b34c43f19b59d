package dev.millrace.wire;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.FeatureUpdate;
import dev.millrace.control.metadata.FeatureUpdate.Direction;
import dev.millrace.control.metadata.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * UpdateFeatures (key 57), versions 0 to 2.
 *
 * <p>Behaviour: sets the levels of features (KIP-584), up, or down where the caller allows that (KIP-778): all that are named, or none.
 * Answered when that is durable; ApiVersions tells the new levels from then on.
 *
 * <ul>
 *   <li>v0: upgrades alone: as in Kafka, its flag that allows downgrades is not looked at.
 *   <li>v1: downgrades of two kinds; only validates, if asked to (KIP-778).
 *   <li>v2: the answer has one error for all features.
 * </ul>
 *
 * <p>Deliberately missing: levels of what is not built ({@code share.version}, {@code streams.version},
 * {@code eligible.leader.replicas.version}, {@code kraft.version}); {@code metadata.version} has one level here.
 */
final class H57_UpdateFeatures implements Handler<UpdateFeaturesRequestData> {

    private static final short FIRST_VERSION_WITHOUT_RESULTS = 2;

    private final MetadataService metadata;

    H57_UpdateFeatures(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.UPDATE_FEATURES;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 2;
    }

    @Override
    public CompletableFuture<UpdateFeaturesResponseData> handle(
            UpdateFeaturesRequestData request, RequestContext context) {
        List<FeatureUpdate> updates = new ArrayList<>();
        for (FeatureUpdateKey update : request.featureUpdates()) {
            updates.add(new FeatureUpdate(update.feature(), update.maxVersionLevel(), direction(update.upgradeType())));
        }
        return metadata.updateFeatures(updates, request.validateOnly()).handle((levels, failure) -> {
            if (failure == null) {
                return done(updates, context.apiVersion());
            }
            if (ErrorMapping.cause(failure) instanceof MillraceException refusal) {
                return new UpdateFeaturesResponseData()
                        .setErrorCode(ErrorMapping.errors(refusal).code())
                        .setErrorMessage("No feature was changed: " + ErrorMapping.message(refusal));
            }
            throw new IllegalStateException("the machine fails with its own exceptions only", failure);
        });
    }

    private static Direction direction(byte upgradeType) {
        return switch (upgradeType) {
            case 1 -> Direction.UPGRADE;
            case 2 -> Direction.SAFE_DOWNGRADE;
            case 3 -> Direction.UNSAFE_DOWNGRADE;
            default -> Direction.UNKNOWN;
        };
    }

    private static UpdateFeaturesResponseData done(List<FeatureUpdate> updates, short version) {
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData().setErrorMessage(null);
        if (version < FIRST_VERSION_WITHOUT_RESULTS) {
            for (FeatureUpdate update : updates) {
                response.results()
                        .add(new UpdatableFeatureResult()
                                .setFeature(update.feature())
                                .setErrorMessage(Errors.NONE.message()));
            }
        }
        return response;
    }
}
