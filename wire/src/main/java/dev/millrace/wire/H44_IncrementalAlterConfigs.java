package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.ConfigAlteration.Kind;
import dev.millrace.control.metadata.ConfigAlteration.Operation;
import dev.millrace.wire.ConfigChanges.Asked;
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
 * <p>Levels of loggers (KIP-412) change at once, and last until the process ends.
 *
 * <p>Deliberately missing: settings of client metrics and groups.
 */
final class H44_IncrementalAlterConfigs implements Handler<IncrementalAlterConfigsRequestData> {

    private final ConfigChanges changes;

    H44_IncrementalAlterConfigs(ConfigChanges changes) {
        this.changes = changes;
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
        List<Asked> resources = request.resources().stream()
                .map(resource ->
                        new Asked(resource.resourceType(), resource.resourceName(), () -> operations(resource)))
                .toList();
        return changes.apply(resources, false, request.validateOnly())
                .thenApply(answers -> new IncrementalAlterConfigsResponseData()
                        .setResponses(answers.stream()
                                .map(H44_IncrementalAlterConfigs::response)
                                .toList()));
    }

    private static List<Operation> operations(AlterConfigsResource resource) {
        List<Operation> operations = new ArrayList<>();
        for (AlterableConfig config : resource.configs()) {
            operations.add(
                    new Operation(config.name(), kind(config.configOperation()), Optional.ofNullable(config.value())));
        }
        return operations;
    }

    private static AlterConfigsResourceResponse response(ConfigChanges.Answer answer) {
        return new AlterConfigsResourceResponse()
                .setResourceType(answer.type())
                .setResourceName(answer.name())
                .setErrorCode(answer.errorCode())
                .setErrorMessage(answer.errorMessage());
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
