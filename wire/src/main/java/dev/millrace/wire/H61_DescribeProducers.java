package dev.millrace.wire;

import dev.millrace.control.port.LogPort;
import dev.millrace.log.ActiveProducer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * DescribeProducers (key 61), version 0.
 *
 * <p>Behaviour: tells what partitions know of the producers that write to them, and where open transactions began (KIP-664).
 */
final class H61_DescribeProducers implements Handler<DescribeProducersRequestData> {

    private final LogPort port;

    H61_DescribeProducers(LogPort port) {
        this.port = port;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_PRODUCERS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 0;
    }

    @Override
    public CompletableFuture<DescribeProducersResponseData> handle(
            DescribeProducersRequestData request, RequestContext context) {
        DescribeProducersResponseData answer = new DescribeProducersResponseData();
        List<CompletableFuture<?>> looks = new ArrayList<>();
        for (TopicRequest topic : request.topics()) {
            TopicResponse topicAnswer = new TopicResponse().setName(topic.name());
            answer.topics().add(topicAnswer);
            for (int partition : topic.partitionIndexes()) {
                PartitionResponse entry = new PartitionResponse().setPartitionIndex(partition);
                topicAnswer.partitions().add(entry);
                looks.add(producers(topic.name(), partition).handle((producers, failure) -> {
                    if (failure != null) {
                        return entry.setErrorCode(ErrorMapping.errors(failure).code())
                                .setErrorMessage(ErrorMapping.message(failure));
                    }
                    return entry.setActiveProducers(
                            producers.stream().map(H61_DescribeProducers::state).toList());
                }));
            }
        }
        return Futures.allDone(looks).thenApply(done -> answer);
    }

    private CompletableFuture<List<ActiveProducer>> producers(String topic, int partition) {
        try {
            return Partitions.byName(port, topic, partition).producers();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static ProducerState state(ActiveProducer producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.producerEpoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.lastTimestampMs())
                .setCoordinatorEpoch(producer.coordinatorEpoch())
                .setCurrentTxnStartOffset(producer.currentTxnStartOffset());
    }
}
