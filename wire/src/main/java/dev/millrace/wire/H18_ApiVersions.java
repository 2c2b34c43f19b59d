package dev.millrace.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
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
 *   <li>v3: the names of client software are checked (KIP-511).
 *   <li>v5: a client that names the cluster and node it means to reach (KIP-1242) is believed: with one node there is no other.
 * </ul>
 *
 * <p>Produce is told from version 0 on although it is served from 3: so does Kafka 4, because librdkafka takes a later start for
 * "no compression" (KAFKA-18659).
 *
 * <p>Deliberately missing: features. None is finalized: without {@code transaction.version} there are no transactions of version 2,
 * without {@code group.version} no KIP-848 groups, and clients act accordingly.
 */
final class H18_ApiVersions implements Handler<ApiVersionsRequestData> {

    private static final short MAX_VERSION = 5;

    private final List<ApiVersion> served;

    H18_ApiVersions(List<? extends Handler<?>> others) {
        List<ApiVersion> versions = new ArrayList<>();
        others.stream().filter(Handler::isAdvertised).forEach(handler -> versions.add(version(handler)));
        versions.add(version(this));
        versions.sort(Comparator.comparingInt(ApiVersion::apiKey));
        this.served = List.copyOf(versions);
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
        return CompletableFuture.completedFuture(answer());
    }

    private ApiVersionsResponseData answer() {
        // Entries of this collection are linked to each other: every answer needs its own.
        ApiVersionCollection keys = new ApiVersionCollection(served.size());
        served.forEach(version -> keys.add(version.duplicate()));
        // Until the metadata knows features: transactions of version 2 (KIP-890).
        ApiVersionsResponseData answer = new ApiVersionsResponseData().setApiKeys(keys).setFinalizedFeaturesEpoch(0);
        answer.supportedFeatures()
                .add(new ApiVersionsResponseData.SupportedFeatureKey()
                        .setName("transaction.version")
                        .setMinVersion((short) 0)
                        .setMaxVersion((short) 2));
        answer.finalizedFeatures()
                .add(new ApiVersionsResponseData.FinalizedFeatureKey()
                        .setName("transaction.version")
                        .setMinVersionLevel((short) 2)
                        .setMaxVersionLevel((short) 2));
        return answer;
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
