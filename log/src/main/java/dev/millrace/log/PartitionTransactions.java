package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.AbortedSpan;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What transactions mean to a partition's writer: who may open one, what markers may end, and how far readers of committed data may see.
 * Owned by the shard's thread, but for {@link #guards}.
 */
final class PartitionTransactions {

    private final PartitionWriter writer;
    private final ProducerStates producers;
    private final TransactionGuards guards = new TransactionGuards();

    PartitionTransactions(PartitionWriter writer, ProducerStates producers) {
        this.writer = writer;
        this.producers = producers;
    }

    TransactionGuards guards() {
        return guards;
    }

    /**
     * Refuses batches that may not enter the log behind what is in it.
     *
     * @throws MillraceException see {@link ProducerStates#check}
     */
    void check(AppendTask task) {
        ByteBuffer batches = task.batches.buffer();
        boolean fromClient = task.options.origin() == AppendOptions.Origin.CLIENT;
        if (fromClient) {
            checkGuards(batches, task.options.guard());
        }
        producers.check(batches, task.epochBumped);
        if (fromClient) {
            checkBeginnings(batches);
        }
    }

    /** No client begins a transaction here that its coordinator knows nothing of: nobody would ever end it. */
    private void checkGuards(ByteBuffer batches, Optional<TransactionGuard> guard) {
        for (int position = batches.position(); position < batches.limit(); ) {
            if (begins(batches, position)) {
                long producerId = BatchHeader.producerId(batches, position);
                short epoch = BatchHeader.producerEpoch(batches, position);
                producers.checkEpoch(producerId, epoch); // The better answer for those who come after a bump.
                guards.check(guard, producerId, epoch);
            }
            position += BatchHeader.sizeBytes(batches, position);
        }
    }

    private boolean begins(ByteBuffer batches, int position) {
        return BatchHeader.isTransactional(batches, position)
                && !producers.isInTransaction(
                        BatchHeader.producerId(batches, position), BatchHeader.producerEpoch(batches, position));
    }

    /** The first batch of a transaction that begins: the ones that were sent before it, and wait to be tried again, would never fit. */
    private void checkBeginnings(ByteBuffer batches) {
        int position = batches.position();
        if (!begins(batches, position)) {
            return;
        }
        long producerId = BatchHeader.producerId(batches, position);
        TransactionGuard guard = guards.pending(producerId);
        int sequence = BatchHeader.baseSequence(batches, position);
        if (guard == null) {
            return;
        }
        if (guard.epochBumped() && sequence != 0 && producers.isBlank(producerId)) {
            throw outOfOrder(producerId, sequence, "a new epoch begins with sequence 0");
        }
        if (sequence > guard.lowestSequence()) {
            throw outOfOrder(producerId, sequence, "a batch with sequence " + guard.lowestSequence() + " goes first");
        }
    }

    private static MillraceException outOfOrder(long producerId, int sequence, String why) {
        return new MillraceException(
                ErrorCode.OUT_OF_ORDER_SEQUENCE,
                "producer " + producerId + " wants to begin a transaction with sequence " + sequence + ": " + why);
    }

    /**
     * The batch at {@code position} has entered the log.
     *
     * @return the transaction that it aborted
     */
    Optional<AbortedSpan> accepted(ByteBuffer batches, int position) {
        Optional<AbortedSpan> aborted = producers.append(batches, position);
        if (BatchHeader.isTransactional(batches, position)) {
            long producerId = BatchHeader.producerId(batches, position);
            if (BatchHeader.isControl(batches, position)) {
                guards.ended(producerId, BatchHeader.producerEpoch(batches, position));
            } else {
                guards.begun(producerId, BatchHeader.producerEpoch(batches, position));
            }
        }
        return aborted;
    }

    /** Everything is replayed: says who has a transaction open, and publishes the last stable offset. */
    void publishRecovered() {
        if (producers.undecided().firstOffset() != Long.MAX_VALUE) {
            for (ActiveProducer producer : producers.describe()) {
                if (producer.currentTxnStartOffset() >= 0) {
                    guards.begun(producer.producerId(), producer.producerEpoch());
                }
            }
        }
        publishLastStable();
    }

    /** The high watermark has moved. */
    void publishLastStable() {
        long highWatermark = writer.log.highWatermark();
        producers.undecided().durable(highWatermark);
        writer.log.publishLastStable(Math.min(producers.undecided().firstOffset(), highWatermark));
    }
}
