package dev.millrace.wire;

import dev.millrace.control.metadata.ConfigAlteration;
import dev.millrace.control.metadata.ConfigAlteration.Kind;
import dev.millrace.control.metadata.ConfigAlteration.Operation;
import dev.millrace.control.metadata.MetadataService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * AlterConfigs (key 33), versions 0 to 2.
 *
 * <p>Behaviour: replaces all settings of a topic or of the broker: what is not named goes back to its default. Clients use
 * IncrementalAlterConfigs since 2.3; this is for older ones.
 */
final class H33_AlterConfigs implements Handler<AlterConfigsRequestData> {

    private final MetadataService metadata;

    H33_AlterConfigs(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_CONFIGS;
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
    public CompletableFuture<AlterConfigsResponseData> handle(AlterConfigsRequestData request, RequestContext context) {
        ConfigChanges<AlterConfigsResourceResponse> changes = new ConfigChanges<>(metadata);
        for (AlterConfigsResource resource : request.resources()) {
            AlterConfigsResourceResponse response = new AlterConfigsResourceResponse()
                    .setErrorMessage(null)
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            changes.add(response, () -> alteration(resource));
        }
        return changes.apply(
                        request.validateOnly(),
                        (response, error, message) ->
                                response.setErrorCode(error.code()).setErrorMessage(message))
                .thenApply(responses -> new AlterConfigsResponseData().setResponses(responses));
    }

    private ConfigAlteration alteration(AlterConfigsResource resource) {
        List<Operation> operations = resource.configs().stream()
                .map(config -> new Operation(config.name(), Kind.SET, Optional.ofNullable(config.value())))
                .toList();
        return new ConfigAlteration(
                ConfigResources.target(resource.resourceType(), resource.resourceName(), metadata), true, operations);
    }
}
