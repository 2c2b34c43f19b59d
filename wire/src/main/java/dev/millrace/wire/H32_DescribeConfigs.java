package dev.millrace.wire;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.GroupConfigs;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.control.metadata.TopicNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
import org.apache.kafka.common.requests.DescribeConfigsResponse;

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
 * <p>Of loggers, their levels (KIP-412).
 *
 * <p>Deliberately missing: client metrics and groups have no settings here; the answer for them is empty.
 */
final class H32_DescribeConfigs implements Handler<DescribeConfigsRequestData> {

    private final MetadataService metadata;
    private final LoggerLevels loggers;

    H32_DescribeConfigs(MetadataService metadata, LoggerLevels loggers) {
        this.metadata = metadata;
        this.loggers = loggers;
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
                    result.setErrorMessage(ErrorMapping.message(e));
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
                yield describer.loggers();
            }
            case CLIENT_METRICS, GROUP -> {
                if (name.isEmpty()) {
                    throw new MillraceException(ErrorCode.INVALID_REQUEST, "The resource name is empty");
                }
                yield resource.resourceType() == ConfigResource.Type.GROUP.id() ? describer.group(name) : List.of();
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
        private final ConfigAnswers answers;
        private final List<DescribeConfigsResourceResult> results = new ArrayList<>();

        Describer(DescribeConfigsResource resource, DescribeConfigsRequestData request) {
            this.wanted = Optional.ofNullable(resource.configurationKeys())
                    .filter(keys -> !keys.isEmpty())
                    .map(HashSet::new);
            this.answers = new ConfigAnswers(request.includeSynonyms(), request.includeDocumentation());
        }

        List<DescribeConfigsResourceResult> topic(TopicImage topic) {
            Config config = metadata.topicConfig(topic);
            for (ConfigKey<?> key : ConfigAnswers.topicKeys(config)) {
                if (wants(key.name())) {
                    results.add(answers.ofTopic(key, config));
                }
            }
            return results;
        }

        List<DescribeConfigsResourceResult> group(String groupId) {
            Config config = metadata.brokerConfig();
            Map<String, String> own = metadata.image().groupConfigs().getOrDefault(groupId, Map.of());
            for (GroupConfigs.Entry entry : GroupConfigs.ALL) {
                if (wants(entry.key().name())) {
                    results.add(answers.ofGroup(entry, own, config));
                }
            }
            return results;
        }

        List<DescribeConfigsResourceResult> broker() {
            Config config = metadata.brokerConfig();
            for (ConfigKey<?> key : ConfigAnswers.serverKeys(config)) {
                for (String name : ConfigAnswers.serverNames(key)) {
                    if (wants(name)) {
                        results.add(answers.ofServer(name, key, config));
                    }
                }
            }
            return results;
        }

        List<DescribeConfigsResourceResult> cluster() {
            Config config = metadata.brokerConfig();
            for (ConfigKey<?> key : ConfigAnswers.serverKeys(config)) {
                answers.ofCluster(key, config)
                        .filter(result -> wants(result.name()))
                        .ifPresent(results::add);
            }
            return results;
        }

        List<DescribeConfigsResourceResult> loggers() {
            loggers.all().forEach((name, level) -> {
                if (wants(name)) {
                    results.add(new DescribeConfigsResourceResult()
                            .setName(name)
                            .setValue(level)
                            .setConfigSource(DescribeConfigsResponse.ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id())
                            .setDocumentation(""));
                }
            });
            return results;
        }

        private boolean wants(String name) {
            return wanted.isEmpty() || wanted.get().contains(name);
        }
    }
}
