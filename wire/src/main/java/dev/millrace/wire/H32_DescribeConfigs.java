package dev.millrace.wire;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSource;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.control.metadata.TopicNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * DescribeConfigs (key 32), versions 1 to 4.
 *
 * <p>Behaviour: the settings of a topic, of this broker, or (empty name) those that were set at run time for all brokers; by name,
 * or those that are asked for. Passwords are never told.
 *
 * <ul>
 *   <li>v1: where a value comes from, and its synonyms: every place that gives it one.
 *   <li>v3: types and documentation (KIP-569).
 * </ul>
 *
 * <p>Deliberately missing: loggers, client metrics and groups have no settings here; the answer for them is empty.
 */
final class H32_DescribeConfigs implements Handler<DescribeConfigsRequestData> {

    private final MetadataService metadata;

    H32_DescribeConfigs(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CONFIGS;
    }

    @Override
    public short minVersion() {
        return 1;
    }

    @Override
    public short maxVersion() {
        return 4;
    }

    @Override
    public CompletableFuture<DescribeConfigsResponseData> handle(
            DescribeConfigsRequestData request, RequestContext context) {
        List<DescribeConfigsResult> results = new ArrayList<>();
        for (DescribeConfigsResource resource : request.resources()) {
            DescribeConfigsResult result = new DescribeConfigsResult()
                    .setErrorMessage("")
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            try {
                result.setConfigs(describe(resource, request));
            } catch (MillraceException e) {
                result.setErrorCode(ErrorMapping.errors(e).code());
                if (e.code() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                    result.setErrorMessage(e.getMessage());
                }
            }
            results.add(result);
        }
        return CompletableFuture.completedFuture(new DescribeConfigsResponseData().setResults(results));
    }

    private List<DescribeConfigsResourceResult> describe(
            DescribeConfigsResource resource, DescribeConfigsRequestData request) {
        String name = resource.resourceName();
        Describer describer = new Describer(resource, request);
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> describer.topic(topic(name));
            case BROKER -> {
                if (name.isEmpty()) {
                    yield describer.cluster();
                }
                ConfigResources.checkNode(name, metadata);
                yield describer.broker();
            }
            case BROKER_LOGGER -> {
                ConfigResources.checkNode(name, metadata);
                yield List.of();
            }
            case CLIENT_METRICS, GROUP -> {
                if (name.isEmpty()) {
                    throw new MillraceException(ErrorCode.INVALID_REQUEST, "The resource name is empty");
                }
                yield List.of();
            }
            case UNKNOWN ->
                throw new MillraceException(
                        ErrorCode.INVALID_REQUEST, "Unsupported resource type: " + resource.resourceType());
        };
    }

    private TopicImage topic(String name) {
        TopicNames.check(name).ifPresent(failure -> {
            throw failure;
        });
        return metadata.image()
                .topic(name)
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist."));
    }

    /** What one resource of a request asks for. */
    private final class Describer {

        private final Optional<Set<String>> wanted;
        private final boolean synonyms;
        private final boolean documentation;

        Describer(DescribeConfigsResource resource, DescribeConfigsRequestData request) {
            this.wanted = Optional.ofNullable(resource.configurationKeys())
                    .filter(keys -> !keys.isEmpty())
                    .map(HashSet::new);
            this.synonyms = request.includeSynonyms();
            this.documentation = request.includeDocumentation();
        }

        List<DescribeConfigsResourceResult> topic(TopicImage topic) {
            Config config = metadata.topicConfig(topic);
            List<DescribeConfigsResourceResult> results = new ArrayList<>();
            for (ConfigKey<?> key : ConfigAnswers.topicKeys(config)) {
                add(results, key.name(), key, config, false);
            }
            return results;
        }

        List<DescribeConfigsResourceResult> broker() {
            Config config = metadata.brokerConfig();
            List<DescribeConfigsResourceResult> results = new ArrayList<>();
            for (ConfigKey<?> key : ConfigAnswers.serverKeys(config)) {
                add(results, key.serverName().orElseThrow(), key, config, !key.isChangeable());
            }
            return results;
        }

        List<DescribeConfigsResourceResult> cluster() {
            Config config = metadata.brokerConfig();
            List<DescribeConfigsResourceResult> results = new ArrayList<>();
            for (ConfigKey<?> key : ConfigAnswers.serverKeys(config)) {
                boolean setForAll = config.settings(key).stream()
                        .anyMatch(setting -> setting.source().kind() == ConfigSource.Kind.DYNAMIC_DEFAULT);
                if (setForAll) {
                    add(results, key.serverName().orElseThrow(), key, config, false);
                }
            }
            return results;
        }

        private void add(
                List<DescribeConfigsResourceResult> results,
                String name,
                ConfigKey<?> key,
                Config config,
                boolean readOnly) {
            if (wanted.isEmpty() || wanted.get().contains(name)) {
                results.add(ConfigAnswers.describe(name, key, config, readOnly, synonyms, documentation));
            }
        }
    }
}
