package dev.millrace.wire;

import dev.millrace.control.metadata.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * ListConfigResources (key 74), versions 0 and 1.
 *
 * <p>Behaviour: what there is that has settings: topics, this broker with its loggers, and groups that have settings of their own (KIP-1142). Client
 * metrics (v0, KIP-714) have none here.
 */
final class H74_ListConfigResources implements Handler<ListConfigResourcesRequestData> {

    private static final Set<Byte> SUPPORTED = Set.of(
            ConfigResource.Type.TOPIC.id(),
            ConfigResource.Type.BROKER.id(),
            ConfigResource.Type.BROKER_LOGGER.id(),
            ConfigResource.Type.CLIENT_METRICS.id(),
            ConfigResource.Type.GROUP.id());

    private final MetadataService metadata;

    H74_ListConfigResources(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_CONFIG_RESOURCES;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 1;
    }

    @Override
    public CompletableFuture<ListConfigResourcesResponseData> handle(
            ListConfigResourcesRequestData request, RequestContext context) {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        if (context.apiVersion() == 0) {
            return CompletableFuture.completedFuture(response);
        }
        Set<Byte> types = new TreeSet<>(request.resourceTypes().isEmpty() ? SUPPORTED : request.resourceTypes());
        if (!SUPPORTED.containsAll(types)) {
            return CompletableFuture.completedFuture(response.setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
        }
        List<ListConfigResourcesResponseData.ConfigResource> resources = new ArrayList<>();
        for (byte type : types) {
            for (String name : names(ConfigResource.Type.forId(type))) {
                resources.add(new ListConfigResourcesResponseData.ConfigResource()
                        .setResourceType(type)
                        .setResourceName(name));
            }
        }
        return CompletableFuture.completedFuture(response.setConfigResources(resources));
    }

    private List<String> names(ConfigResource.Type type) {
        return switch (type) {
            case TOPIC ->
                metadata.image().topics().stream().map(topic -> topic.name()).toList();
            case BROKER, BROKER_LOGGER ->
                List.of(Integer.toString(metadata.settings().nodeId()));
            case GROUP ->
                metadata.image().groupConfigs().keySet().stream().sorted().toList();
            case CLIENT_METRICS, UNKNOWN -> List.of();
        };
    }
}
