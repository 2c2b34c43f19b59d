package dev.millrace.wire;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.Outcome;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.control.metadata.TopicReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DeleteTopics (key 20), versions 1 to 6.
 *
 * <p>Behaviour: deletes topics, each alone; answered when that is durable. Their bytes go in the background. A topic that is
 * named twice is refused.
 *
 * <ul>
 *   <li>v5: the answer has a message.
 *   <li>v6: by id (KIP-516).
 * </ul>
 *
 * <p>Deliberately missing: the deletion of internal topics.
 */
final class H20_DeleteTopics implements Handler<DeleteTopicsRequestData> {

    private static final short FIRST_VERSION_WITH_IDS = 6;

    private final MetadataService metadata;

    H20_DeleteTopics(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_TOPICS;
    }

    @Override
    public short minVersion() {
        return 1;
    }

    @Override
    public short maxVersion() {
        return 6;
    }

    @Override
    public CompletableFuture<DeleteTopicsResponseData> handle(DeleteTopicsRequestData request, RequestContext context) {
        DeletableTopicResultCollection results = new DeletableTopicResultCollection();
        Map<TopicReference, Integer> counts = new LinkedHashMap<>();
        for (DeleteTopicState topic : asked(request, context.apiVersion())) {
            refusal(topic).ifPresentOrElse(results::add, () -> counts.merge(reference(topic), 1, Integer::sum));
        }
        List<TopicReference> once = new ArrayList<>();
        counts.forEach((reference, count) -> {
            if (count == 1) {
                once.add(reference);
            } else {
                results.add(refused(reference, Errors.INVALID_REQUEST, "Duplicate topic name or id."));
            }
        });
        return metadata.deleteTopics(once).thenApply(outcomes -> {
            for (int i = 0; i < once.size(); i++) {
                results.add(result(once.get(i), outcomes.get(i)));
            }
            return new DeleteTopicsResponseData().setResponses(results);
        });
    }

    private static List<DeleteTopicState> asked(DeleteTopicsRequestData request, short version) {
        return version >= FIRST_VERSION_WITH_IDS
                ? request.topics()
                : request.topicNames().stream()
                        .map(name -> new DeleteTopicState().setName(name))
                        .toList();
    }

    private static Optional<DeletableTopicResult> refusal(DeleteTopicState topic) {
        boolean hasId = !topic.topicId().equals(Uuid.ZERO_UUID);
        if (topic.name() != null && hasId) {
            return Optional.of(new DeletableTopicResult()
                    .setName(topic.name())
                    .setTopicId(topic.topicId())
                    .setErrorCode(Errors.INVALID_REQUEST.code())
                    .setErrorMessage("You may not specify both topic name and topic id."));
        }
        if (topic.name() == null && !hasId) {
            return Optional.of(new RefusedTopic()
                    .setName(null)
                    .setErrorCode(Errors.INVALID_REQUEST.code())
                    .setErrorMessage("Neither topic name nor id were specified."));
        }
        return Optional.empty();
    }

    private static TopicReference reference(DeleteTopicState topic) {
        return topic.name() != null
                ? new TopicReference.ByName(topic.name())
                : new TopicReference.ById(TopicIds.fromKafka(topic.topicId()));
    }

    private static DeletableTopicResult result(TopicReference reference, Outcome<TopicImage> outcome) {
        return switch (outcome) {
            case Outcome.Done<TopicImage>(TopicImage topic) ->
                new DeletableTopicResult().setName(topic.name()).setTopicId(TopicIds.toKafka(topic.id()));
            case Outcome.Refused<TopicImage>(MillraceException failure) ->
                refused(reference, ErrorMapping.errors(failure), ErrorMapping.message(failure));
        };
    }

    private static DeletableTopicResult refused(TopicReference reference, Errors error, String message) {
        DeletableTopicResult result =
                new RefusedTopic().setErrorCode(error.code()).setErrorMessage(message);
        return switch (reference) {
            case TopicReference.ByName byName -> result.setName(byName.name());
            case TopicReference.ById byId -> result.setName(null).setTopicId(TopicIds.toKafka(byId.id()));
        };
    }

    /** Often known by its id alone. Its collection finds entries by their names: with none in any of them it would take n³ steps. */
    private static final class RefusedTopic extends DeletableTopicResult {

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
