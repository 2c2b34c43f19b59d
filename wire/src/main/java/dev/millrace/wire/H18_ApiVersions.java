package dev.millrace.wire;

import dev.millrace.control.metadata.Feature;
import dev.millrace.control.metadata.FeatureLevels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;

/**
 * ApiVersions (key 18), versions 0 to 5.
 *
 * <p>Behaviour: tells the versions that the registered handlers serve, unless they are not to be advertised. A request of a version that is not served is answered in
 * version 0 with UNSUPPORTED_VERSION and the range of this API (KIP-511), so that any client finds a common version.
 *
 * <ul>
 *   <li>v3: the names of client software are checked (KIP-511). Features that may be at level 0 are told as supported from v4 on, for older
 *       clients take that for an error (KIP-584).
 *   <li>v5: a client that names the cluster and node it means to reach (KIP-1242) is believed: with one node there is no other.
 * </ul>
 *
 * <p>Produce is told from version 0 on although it is served from 3: so does Kafka 4, because librdkafka takes a later start for
 * "no compression" (KAFKA-18659).
 *
 * <p>Features: those of {@link Feature}, with the levels that hold now; one at level 0 is not told as finalized.
 *
 * <p>Deliberately missing: features of what is not built: {@code share.version}, {@code streams.version},
 * {@code eligible.leader.replicas.version}, {@code kraft.version}.
 */
final class H18_ApiVersions implements Handler<ApiVersionsRequestData> {

    private static final short MAX_VERSION = 5;
    private static final short FIRST_VERSION_WITH_LEVEL_0 = 4;

    private final List<ApiVersion> served;
    private final Supplier<FeatureLevels> features;

    H18_ApiVersions(List<? extends Handler<?>> others, Supplier<FeatureLevels> features) {
        List<ApiVersion> versions = new ArrayList<>();
        others.stream().filter(Handler::isAdvertised).forEach(handler -> versions.add(version(handler)));
        versions.add(version(this));
        versions.sort(Comparator.comparingInt(ApiVersion::apiKey));
        this.served = List.copyOf(versions);
        this.features = features;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return MAX_VERSION;
    }

    @Override
    public CompletableFuture<ApiVersionsResponseData> handle(ApiVersionsRequestData request, RequestContext context) {
        if (!new ApiVersionsRequest(request, context.apiVersion()).isValid()) {
            return CompletableFuture.failedFuture(Errors.INVALID_REQUEST.exception());
        }
        return CompletableFuture.completedFuture(answer(context.apiVersion()));
    }

    private ApiVersionsResponseData answer(short version) {
        // Entries of this collection are linked to each other: every answer needs its own.
        ApiVersionCollection keys = new ApiVersionCollection(served.size());
        served.forEach(api -> keys.add(api.duplicate()));
        ApiVersionsResponseData answer = new ApiVersionsResponseData().setApiKeys(keys);
        for (Feature feature : Feature.values()) {
            if (feature.minLevel() > 0 || version >= FIRST_VERSION_WITH_LEVEL_0) {
                answer.supportedFeatures()
                        .add(new SupportedFeatureKey()
                                .setName(feature.featureName())
                                .setMinVersion((short) feature.minLevel())
                                .setMaxVersion((short) feature.maxLevel()));
            }
        }
        FeatureLevels now = features.get();
        now.levels()
                .forEach((name, level) -> answer.finalizedFeatures()
                        .add(new FinalizedFeatureKey()
                                .setName(name)
                                .setMinVersionLevel(level.shortValue())
                                .setMaxVersionLevel(level.shortValue())));
        return answer.setFinalizedFeaturesEpoch(now.epoch());
    }

    private static ApiVersion version(Handler<?> handler) {
        short minVersion = handler.key() == ApiKeys.PRODUCE
                ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION
                : handler.minVersion();
        return new ApiVersion()
                .setApiKey(handler.key().id)
                .setMinVersion(minVersion)
                .setMaxVersion(handler.maxVersion());
    }
}
