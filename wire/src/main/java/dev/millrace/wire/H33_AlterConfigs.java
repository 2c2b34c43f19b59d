package dev.millrace.wire;

import dev.millrace.control.metadata.ConfigAlteration.Kind;
import dev.millrace.control.metadata.ConfigAlteration.Operation;
import dev.millrace.wire.ConfigChanges.Asked;
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

    private final ConfigChanges changes;

    H33_AlterConfigs(ConfigChanges changes) {
        this.changes = changes;
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
        List<Asked> resources = request.resources().stream()
                .map(resource ->
                        new Asked(resource.resourceType(), resource.resourceName(), () -> operations(resource)))
                .toList();
        return changes.apply(resources, true, request.validateOnly())
                .thenApply(answers -> new AlterConfigsResponseData()
                        .setResponses(
                                answers.stream().map(H33_AlterConfigs::response).toList()));
    }

    private static List<Operation> operations(AlterConfigsResource resource) {
        return resource.configs().stream()
                .map(config -> new Operation(config.name(), Kind.SET, Optional.ofNullable(config.value())))
                .toList();
    }

    private static AlterConfigsResourceResponse response(ConfigChanges.Answer answer) {
        return new AlterConfigsResourceResponse()
                .setResourceType(answer.type())
                .setResourceName(answer.name())
                .setErrorCode(answer.errorCode())
                .setErrorMessage(answer.errorMessage());
    }
}
