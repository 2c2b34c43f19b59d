package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.AppendOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Produce (key 0), versions 3 to 13.
 *
 * <p>Behaviour: every partition's batch goes to the log as a slice of the request's frame, uncopied. {@code acks=all} (-1) answers when all are
 * durable, {@code acks=1} when all are accepted; {@code acks=0} answers never, and closes the connection if one failed. Each partition has
 * its own error.
 *
 * <ul>
 *   <li>v3: record batches of format v2 alone, one for each partition.
 *   <li>v7: zstd. v8: error messages (KIP-467). v9: flexible. v10: where the leader is now (never needed with one node).
 *   <li>v13: topics by id instead of name (KIP-516).
 * </ul>
 *
 * <p>What is wrong with single records is told by their indexes (KIP-467). The transactional id of a request without transactional batches
 * means nothing; transactional batches without it are refused.
 *
 * <p>Transactions: a batch that begins its transaction in a partition is verified with the coordinator first; from v12 on it makes the partition part
 * of the transaction (KIP-890). v11: TRANSACTION_ABORTABLE, before that INVALID_TXN_STATE.
 *
 * <p>Deliberately missing: {@code timeout.ms}, which in Kafka bounds the wait for followers, of which there are none.
 */
public final class H00_Produce implements Handler<ProduceRequestData> {

    static final short ACKS_ALL = -1;
    static final short ACKS_NONE = 0;

    private static final Logger log = LoggerFactory.getLogger(H00_Produce.class);
    private static final short ACKS_LEADER = 1;
    private static final short TOPIC_IDS_MIN_VERSION = 13;
    private static final long UNKNOWN_OFFSET = -1;

    private final LogPort port;
    private final TransactionalWrites transactional;
    private final Runnable startAppends;

    public H00_Produce(LogPort port) {
        this.port = port;
        this.transactional = new TransactionalWrites(port.transactions());
        this.startAppends = port::startAppends;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.PRODUCE;
    }

    @Override
    public short minVersion() {
        return 3;
    }

    @Override
    public short maxVersion() {
        return 13;
    }

    @Override
    public CompletableFuture<ApiMessage> handle(ProduceRequestData request, RequestContext context) {
        ProduceResponseData answer = new ProduceResponseData();
        ProduceCall call = new ProduceCall(answer, request.acks(), context.takeFrame());
        boolean anyTransactional = isTransactional(request);
        List<TransactionalWrites.Write> inTransaction = new ArrayList<>(0);
        for (TopicProduceData topic : request.topicData()) {
            List<PartitionProduceResponse> entries =
                    new ArrayList<>(topic.partitionData().size());
            for (PartitionProduceData partition : topic.partitionData()) {
                PartitionProduceResponse entry = new PartitionProduceResponse().setIndex(partition.index());
                entries.add(entry);
                append(call, request, anyTransactional, topic, partition, entry, inTransaction, context.apiVersion());
            }
            answer.responses()
                    .add(new TopicProduceResponse()
                            .setName(topic.name())
                            .setTopicId(topic.topicId())
                            .setPartitionResponses(entries));
        }
        // First: what is queued starts, whatever becomes of what follows.
        context.afterBurst(startAppends);
        if (!inTransaction.isEmpty()) {
            transactional.start(request.transactionalId(), inTransaction, call, context);
        }
        call.allStarted();
        return call.future();
    }

    private void append(
            ProduceCall call,
            ProduceRequestData request,
            boolean anyTransactional,
            TopicProduceData topic,
            PartitionProduceData data,
            PartitionProduceResponse entry,
            List<TransactionalWrites.Write> inTransaction,
            short apiVersion) {
        try {
            checkRequest(request, anyTransactional);
            PartitionPort partition = partition(topic, data.index(), apiVersion);
            ByteBuffer batch = ProducedBatch.of(data.records(), apiVersion);
            if (anyTransactional && ProducedBatch.isTransactional(data.records())) {
                inTransaction.add(new TransactionalWrites.Write(partition, batch, entry));
            } else {
                call.started(partition, partition.appendLater(batch, AppendOptions.CLIENT), entry);
            }
        } catch (RuntimeException e) {
            call.refused();
            fail(entry, e);
        }
    }

    /** Whether any batch is part of a transaction: then, as in Kafka, all of them are treated so. */
    private static boolean isTransactional(ProduceRequestData request) {
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData partition : topic.partitionData()) {
                if (ProducedBatch.isTransactional(partition.records())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void checkRequest(ProduceRequestData request, boolean anyTransactional) {
        short acks = request.acks();
        if (acks != ACKS_ALL && acks != ACKS_LEADER && acks != ACKS_NONE) {
            throw Errors.INVALID_REQUIRED_ACKS.exception("acks is " + acks + ": use all (-1), 1 or 0");
        }
        if (anyTransactional && request.transactionalId() == null) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception(
                    "transactional batches need the transactional id of their producer");
        }
    }

    private PartitionPort partition(TopicProduceData topic, int index, short apiVersion) {
        PartitionPort partition = apiVersion >= TOPIC_IDS_MIN_VERSION
                ? Partitions.byId(port, topic.topicId(), index)
                : Partitions.byName(port, topic.name(), index);
        if (partition.internal()) {
            throw new MillraceException(
                    ErrorCode.TOPIC_IS_INTERNAL,
                    "topic " + partition.topic() + " is internal: clients may read it, not write it");
        }
        return partition;
    }

    /** Writes a failure of an append into its entry: also where the log begins, if what was refused had come as far as the log. */
    static void fail(PartitionProduceResponse entry, Throwable failure, PartitionPort partition) {
        fail(entry, failure);
        if (ErrorMapping.cause(failure) instanceof MillraceException known && tellsLogStart(known.code())) {
            entry.setLogStartOffset(partition.offsets().logStart());
        }
    }

    /** Where Kafka does: producers look at it to see whether what is unknown was deleted (KIP-360). */
    private static boolean tellsLogStart(ErrorCode code) {
        return switch (code) {
            case INVALID_RECORD,
                    INVALID_TIMESTAMP,
                    UNSUPPORTED_CODEC,
                    DUPLICATE_SEQUENCE,
                    OUT_OF_ORDER_SEQUENCE,
                    INVALID_PRODUCER_EPOCH,
                    UNKNOWN_PRODUCER_ID -> true;
            default -> false;
        };
    }

    /** Writes a failure into a partition's entry, as Kafka does: no offset, no time. */
    static void fail(PartitionProduceResponse entry, Throwable failure) {
        Errors error = ErrorMapping.errors(failure);
        if (error == Errors.UNKNOWN_SERVER_ERROR) {
            log.error("event=append-failed partition={}", entry.index(), failure);
        }
        entry.setErrorCode(error.code())
                .setErrorMessage(ErrorMapping.message(failure))
                .setRecordErrors(recordErrors(failure))
                .setBaseOffset(UNKNOWN_OFFSET)
                .setLogAppendTimeMs(UNKNOWN_OFFSET)
                .setLogStartOffset(UNKNOWN_OFFSET);
    }

    @SuppressWarnings("NullAway") // Without a message of its own the field is null on the wire.
    private static List<BatchIndexAndErrorMessage> recordErrors(Throwable failure) {
        List<BatchIndexAndErrorMessage> errors = new ArrayList<>();
        if (ErrorMapping.cause(failure) instanceof MillraceException known) {
            for (MillraceException.Part part : known.parts()) {
                errors.add(new BatchIndexAndErrorMessage()
                        .setBatchIndex(part.index())
                        .setBatchIndexErrorMessage(part.message().isEmpty() ? null : part.message()));
            }
        }
        return errors;
    }
}
