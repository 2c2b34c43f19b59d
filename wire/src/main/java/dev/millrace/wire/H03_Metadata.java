package dev.millrace.wire;

import dev.millrace.control.metadata.InternalTopics;
import dev.millrace.control.metadata.MetadataConfigs;
import dev.millrace.control.metadata.MetadataImage;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.NewTopic;
import dev.millrace.control.metadata.Outcome;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.control.metadata.TopicNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBrokerCollection;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Metadata (key 3), versions 0 to 13.
 *
 * <p>Behaviour: the topics that were asked for, or all, and this node as the only broker, under the address by which the client came. With
 * {@code auto.create.topics.enable} a topic that is not there is created; the answer waits until it is, where Kafka's first answer is
 * an error.
 *
 * <ul>
 *   <li>v0: an empty list asks for all topics. v1: null does; an empty list asks for none.
 *   <li>v4: the client may forbid the creation; before, asking creates.
 *   <li>v8: authorized operations, on request: everything, as there is no authorisation.
 *   <li>v10: topic ids (KIP-516); v12: also asking by id, which counts more than a name.
 *   <li>v13: a top-level error (KIP-1102), which is never needed.
 * </ul>
 */
final class H03_Metadata implements Handler<MetadataRequestData> {

    private static final short FIRST_VERSION_WITH_ID_REQUESTS = 10;
    private static final short IDS_ALONE_MIN_VERSION = 12;

    private final MetadataService metadata;
    private final PartitionStates partitions;

    H03_Metadata(MetadataService metadata) {
        this.metadata = metadata;
        this.partitions = new PartitionStates(metadata);
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.METADATA;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 13;
    }

    @Override
    public CompletableFuture<MetadataResponseData> handle(MetadataRequestData request, RequestContext context) {
        short version = context.apiVersion();
        if (request.topics() == null || (version == 0 && request.topics().isEmpty())) {
            MetadataResponseData response = response(request, context);
            for (TopicImage topic : metadata.image().topics()) {
                response.topics().add(describe(topic, request));
            }
            return CompletableFuture.completedFuture(response);
        }
        Optional<MetadataRequestTopic> byId =
                request.topics().stream().filter(H03_Metadata::isById).findFirst();
        if (version < IDS_ALONE_MIN_VERSION && byId.isPresent()) {
            // There is no answer for it; one topic is enough to find that out.
            request.setTopics(List.of(byId.get()));
            return CompletableFuture.failedFuture(
                    Errors.INVALID_REQUEST.exception("topics are asked for by name in version " + version
                            + ", by id from " + IDS_ALONE_MIN_VERSION + " on"));
        }
        Set<String> missing = missing(request);
        if (missing.isEmpty() || !mayCreate(request)) {
            return CompletableFuture.completedFuture(answer(request, context, Map.of()));
        }
        return create(missing).thenApply(errors -> answer(request, context, errors));
    }

    /** Versions 10 and 11 have the field, and no answer for it: Kafka refuses it there. */
    private static boolean isById(MetadataRequestTopic topic) {
        return topic.name() == null || !topic.topicId().equals(Uuid.ZERO_UUID);
    }

    private boolean mayCreate(MetadataRequestData request) {
        return request.allowAutoTopicCreation()
                && metadata.settings().config().get(MetadataConfigs.AUTO_CREATE_TOPICS_ENABLE);
    }

    private Set<String> missing(MetadataRequestData request) {
        MetadataImage image = metadata.image();
        Set<String> missing = new LinkedHashSet<>();
        for (MetadataRequestTopic topic : request.topics()) {
            boolean byName = topic.name() != null && topic.topicId().equals(Uuid.ZERO_UUID);
            if (byName
                    && TopicNames.check(topic.name()).isEmpty()
                    && image.topic(topic.name()).isEmpty()) {
                missing.add(topic.name());
            }
        }
        return missing;
    }

    /** Creates topics; completes with the errors of those that could not be created. */
    private CompletableFuture<Map<String, Errors>> create(Set<String> names) {
        List<NewTopic> topics = new ArrayList<>();
        List<CompletableFuture<?>> created = new ArrayList<>();
        Map<String, Errors> errors = new HashMap<>();
        for (String name : names) {
            if (name.equals(InternalTopics.CONSUMER_OFFSETS)) {
                created.add(metadata.ensure(
                        name, metadata.settings().config().get(MetadataConfigs.OFFSETS_TOPIC_NUM_PARTITIONS)));
            } else if (InternalTopics.isInternal(name)) {
                errors.put(name, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                topics.add(NewTopic.withDefaults(name));
            }
        }
        if (!topics.isEmpty()) {
            created.add(metadata.createTopics(topics, false).thenAccept(outcomes -> collect(topics, outcomes, errors)));
        }
        return Futures.allDone(created).thenApply(_ -> errors);
    }

    private static void collect(List<NewTopic> topics, List<Outcome<TopicImage>> outcomes, Map<String, Errors> errors) {
        for (int i = 0; i < topics.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Refused<TopicImage> refused) {
                errors.put(topics.get(i).name(), ErrorMapping.errors(refused.failure()));
            }
        }
    }

    private MetadataResponseData answer(
            MetadataRequestData request, RequestContext context, Map<String, Errors> errors) {
        MetadataResponseData response = response(request, context);
        MetadataImage image = metadata.image();
        Set<MetadataRequestTopic> seen = new LinkedHashSet<>();
        for (MetadataRequestTopic asked : request.topics()) {
            if (!seen.add(asked)) {
                continue;
            }
            boolean byId = context.apiVersion() >= FIRST_VERSION_WITH_ID_REQUESTS
                    && !asked.topicId().equals(Uuid.ZERO_UUID);
            Optional<TopicImage> topic =
                    byId ? image.topic(TopicIds.fromKafka(asked.topicId())) : image.topic(nameOf(asked));
            response.topics()
                    .add(topic.map(found -> describe(found, request))
                            .orElseGet(() -> byId ? unknownId(asked) : unknownName(nameOf(asked), errors)));
        }
        return response;
    }

    private static String nameOf(MetadataRequestTopic topic) {
        return topic.name() == null ? "" : topic.name();
    }

    private static MetadataResponseTopic unknownId(MetadataRequestTopic asked) {
        return new UnnamedTopic()
                .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
                .setName(null)
                .setTopicId(asked.topicId());
    }

    private static MetadataResponseTopic unknownName(String name, Map<String, Errors> errors) {
        Errors error = TopicNames.check(name)
                .map(ErrorMapping::errors)
                .orElseGet(() -> errors.getOrDefault(name, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        return new MetadataResponseTopic()
                .setErrorCode(error.code())
                .setName(name)
                .setIsInternal(InternalTopics.isInternal(name));
    }

    private MetadataResponseTopic describe(TopicImage topic, MetadataRequestData request) {
        List<MetadataResponsePartition> all = new ArrayList<>(topic.partitionsCount());
        for (int partition = 0; partition < topic.partitionsCount(); partition++) {
            all.add(partitions.forMetadata(topic, partition));
        }
        MetadataResponseTopic described = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(TopicIds.toKafka(topic.id()))
                .setIsInternal(topic.internal())
                .setPartitions(all);
        if (request.includeTopicAuthorizedOperations()) {
            described.setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        }
        return described;
    }

    private MetadataResponseData response(MetadataRequestData request, RequestContext context) {
        MetadataResponseBrokerCollection brokers = new MetadataResponseBrokerCollection(1);
        brokers.add(new MetadataResponseBroker()
                .setNodeId(metadata.settings().nodeId())
                .setHost(context.advertisedAddress().getHostString())
                .setPort(context.advertisedAddress().getPort()));
        MetadataResponseData response = new MetadataResponseData()
                .setBrokers(brokers)
                .setClusterId(metadata.settings().clusterId())
                .setControllerId(metadata.settings().nodeId())
                .setTopics(new MetadataResponseTopicCollection());
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return response;
    }

    /** A topic of which only the id is known. Its collection finds entries by their names: with none in any of them it would take n³ steps. */
    private static final class UnnamedTopic extends MetadataResponseTopic {

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }
}
