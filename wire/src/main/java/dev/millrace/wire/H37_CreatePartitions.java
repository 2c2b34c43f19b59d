package dev.millrace.wire;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.NewPartitions;
import dev.millrace.control.metadata.Outcome;
import dev.millrace.control.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * CreatePartitions (key 37), versions 0 to 3.
 *
 * <p>Behaviour: gives topics more partitions, each topic alone (KIP-195); answered when that is durable.
 *
 * <p>Deliberately missing: more partitions for internal topics, whose machines count on those that there are.
 */
final class H37_CreatePartitions implements Handler<CreatePartitionsRequestData> {

    private final MetadataService metadata;

    H37_CreatePartitions(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_PARTITIONS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 3;
    }

    @Override
    public CompletableFuture<CreatePartitionsResponseData> handle(
            CreatePartitionsRequestData request, RequestContext context) {
        List<NewPartitions> requests = new ArrayList<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            Optional<List<List<Integer>>> assignments = Optional.ofNullable(topic.assignments())
                    .map(all -> all.stream()
                            .map(CreatePartitionsAssignment::brokerIds)
                            .toList());
            requests.add(new NewPartitions(topic.name(), topic.count(), assignments));
        }
        return metadata.createPartitions(requests, request.validateOnly()).thenApply(outcomes -> {
            List<CreatePartitionsTopicResult> results = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                results.add(result(requests.get(i).topic(), outcomes.get(i)));
            }
            return new CreatePartitionsResponseData().setResults(results);
        });
    }

    private static CreatePartitionsTopicResult result(String topic, Outcome<TopicImage> outcome) {
        CreatePartitionsTopicResult result =
                new CreatePartitionsTopicResult().setName(topic).setErrorMessage(null);
        if (outcome instanceof Outcome.Refused<TopicImage>(MillraceException failure)) {
            Errors error = ErrorMapping.errors(failure);
            result.setErrorCode(error.code());
            // As Kafka: a topic that is not there needs no words.
            if (error != Errors.UNKNOWN_TOPIC_OR_PARTITION) {
                result.setErrorMessage(ErrorMapping.message(failure));
            }
        }
        return result;
    }
}
