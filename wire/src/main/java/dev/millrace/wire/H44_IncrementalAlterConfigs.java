package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.ConfigAlteration;
import dev.millrace.control.metadata.ConfigAlteration.Kind;
import dev.millrace.control.metadata.ConfigAlteration.Operation;
import dev.millrace.control.metadata.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * IncrementalAlterConfigs (key 44), versions 0 and 1.
 *
 * <p>Behaviour: sets and deletes settings of topics and of the broker, appends to lists and subtracts from them (KIP-339); each resource
 * alone, and of one resource all or nothing. Answered when that is durable; logs act on it from the next append on.
 *
 * <p>Deliberately missing: settings of loggers, client metrics and groups.
 */
final class H44_IncrementalAlterConfigs implements Handler<IncrementalAlterConfigsRequestData> {

    private final MetadataService metadata;

    H44_IncrementalAlterConfigs(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
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
    public CompletableFuture<IncrementalAlterConfigsResponseData> handle(
            IncrementalAlterConfigsRequestData request, RequestContext context) {
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
                .thenApply(responses -> new IncrementalAlterConfigsResponseData().setResponses(responses));
    }

    private ConfigAlteration alteration(AlterConfigsResource resource) {
        List<Operation> operations = new ArrayList<>();
        for (AlterableConfig config : resource.configs()) {
            operations.add(
                    new Operation(config.name(), kind(config.configOperation()), Optional.ofNullable(config.value())));
        }
        return new ConfigAlteration(
                ConfigResources.target(resource.resourceType(), resource.resourceName(), metadata), false, operations);
    }

    private static Kind kind(byte operation) {
        return switch (operation) {
            case 0 -> Kind.SET;
            case 1 -> Kind.DELETE;
            case 2 -> Kind.APPEND;
            case 3 -> Kind.SUBTRACT;
            default ->
                throw new MillraceException(
                        ErrorCode.INVALID_REQUEST,
                        "Unknown operation " + operation + "; 0 (set), 1 (delete), 2 (append) and 3 (subtract) exist");
        };
    }
}
