package dev.millrace.wire;

import dev.millrace.base.config.Config;
import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.NewTopic;
import dev.millrace.control.metadata.Outcome;
import dev.millrace.control.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * CreateTopics (key 19), versions 2 to 7.
 *
 * <p>Behaviour: creates topics, each alone; answered when they are durable. A name that is given twice is refused, both times.
 *
 * <ul>
 *   <li>v4: -1 partitions or replicas mean the broker's default (KIP-464).
 *   <li>v5: the answer tells partitions, replicas and configs (KIP-525).
 *   <li>v7: and the topic's id.
 * </ul>
 *
 * <p>Deliberately missing: replication factors other than 1, as there is one node; the timeout, as nothing
 * is waited for but the disk.
 */
final class H19_CreateTopics implements Handler<CreateTopicsRequestData> {

    private static final short REPLICATION_FACTOR = 1;

    private final MetadataService metadata;

    H19_CreateTopics(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_TOPICS;
    }

    @Override
    public short minVersion() {
        return 2;
    }

    @Override
    public short maxVersion() {
        return 7;
    }

    @Override
    public CompletableFuture<CreateTopicsResponseData> handle(CreateTopicsRequestData request, RequestContext context) {
        Map<String, CreatableTopicResult> refused = new TreeMap<>();
        List<NewTopic> topics = new ArrayList<>();
        Set<String> repeated = repeated(request);
        for (CreatableTopic topic : request.topics()) {
            if (repeated.contains(topic.name())) {
                refused.put(topic.name(), refused(topic.name(), Errors.INVALID_REQUEST, "Duplicate topic name."));
            } else if (topic.configs().stream().anyMatch(config -> config.value() == null)) {
                refused.put(
                        topic.name(),
                        refused(topic.name(), Errors.INVALID_CONFIG, "Null value not supported for topic configs"));
            } else {
                topics.add(newTopic(topic));
            }
        }
        return metadata.createTopics(topics, request.validateOnly())
                .thenApply(outcomes -> answer(request, topics, outcomes, refused));
    }

    private static Set<String> repeated(CreateTopicsRequestData request) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (CreatableTopic topic : request.topics()) {
            if (!seen.add(topic.name())) {
                repeated.add(topic.name());
            }
        }
        return repeated;
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        Map<String, String> configs = new TreeMap<>();
        for (CreatableTopicConfig config : topic.configs()) {
            configs.put(config.name(), config.value());
        }
        List<NewTopic.Assignment> assignments = topic.assignments().stream()
                .map(assignment -> new NewTopic.Assignment(assignment.partitionIndex(), assignment.brokerIds()))
                .toList();
        return new NewTopic(topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments, configs);
    }

    private CreateTopicsResponseData answer(
            CreateTopicsRequestData request,
            List<NewTopic> topics,
            List<Outcome<TopicImage>> outcomes,
            Map<String, CreatableTopicResult> refused) {
        Map<String, CreatableTopicResult> results = new TreeMap<>(refused);
        for (int i = 0; i < topics.size(); i++) {
            String name = topics.get(i).name();
            results.put(
                    name,
                    switch (outcomes.get(i)) {
                        case Outcome.Done<TopicImage>(TopicImage topic) -> created(topic);
                        case Outcome.Refused<TopicImage>(MillraceException failure) ->
                            refused(name, ErrorMapping.errors(failure), ErrorMapping.message(failure));
                    });
        }
        CreatableTopicResultCollection answered = new CreatableTopicResultCollection();
        for (CreatableTopic asked : request.topics()) {
            CreatableTopicResult result = results.remove(asked.name());
            if (result != null) {
                answered.add(result);
            }
        }
        return new CreateTopicsResponseData().setTopics(answered);
    }

    private CreatableTopicResult created(TopicImage topic) {
        Config config = metadata.topicConfig(topic);
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (ConfigKey<?> key : ConfigAnswers.topicKeys(config)) {
            configs.add(new CreatableTopicConfigs()
                    .setName(key.name())
                    .setValue(config.setting(key).text())
                    .setReadOnly(false)
                    .setConfigSource(ConfigAnswers.source(config.setting(key).source()))
                    .setIsSensitive(false));
        }
        return new CreatableTopicResult()
                .setName(topic.name())
                .setTopicId(TopicIds.toKafka(topic.id()))
                .setErrorMessage(null)
                .setNumPartitions(topic.partitionsCount())
                .setReplicationFactor(REPLICATION_FACTOR)
                .setConfigs(configs);
    }

    private static CreatableTopicResult refused(String name, Errors error, String message) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1)
                .setConfigs(List.of());
    }
}
