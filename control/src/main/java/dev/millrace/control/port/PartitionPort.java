package dev.millrace.control.port;

import dev.millrace.log.ActiveProducer;
import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.EpochEnd;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadResult;
import dev.millrace.log.TimestampedOffset;
import dev.millrace.log.TransactionGuard;
import dev.millrace.log.Watch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One partition that this node leads. Thread-safe.
 *
 * <p>Every operation fails with a {@link dev.millrace.base.error.MillraceException}: thrown by those that answer at once,
 * inside the future by the others. After the topic is deleted all of them fail with UNKNOWN_TOPIC_OR_PARTITION.
 */
public interface PartitionPort {

    PartitionId id();

    /** Name of the topic, for messages and answers. */
    String topic();

    /** Whether the topic belongs to the control plane: clients may read it, never write it. */
    boolean internal();

    /**
     * Appends record batches (format v2, one behind the other) as one unit: all are accepted, in order, or none.
     *
     * <p>The bytes between position and limit belong to the log until {@link Append#accepted()} completes, and their
     * headers are changed in place (base offset, leader epoch; timestamp and CRC under LogAppendTime). Never waits: a log that
     * cannot keep up refuses with OVERLOADED.
     */
    Append append(ByteBuffer batches, AppendOptions options);

    /**
     * As {@link #append}, but the log may wait with it until {@link PartitionPorts#startAppends}, so that what comes together is written
     * together.
     */
    Append appendLater(ByteBuffer batches, AppendOptions options);

    /**
     * Asks whether a transactional append of this producer may go ahead. Empty: its transaction is open here. Else the caller asks the
     * coordinator whether the partition is in the transaction, and hands in the guard with the append ({@link
     * AppendOptions#inTransaction(TransactionGuard)}); a marker of the producer that is appended in between makes the guard void (KIP-890).
     * If the coordinator says no, an append without the guard still answers a repetition as one. Never waits.
     *
     * @param baseSequence of the batch that is to be appended
     * @param epochBumped whether the producer gets a new epoch with each transaction (version 2 of KIP-890)
     */
    Optional<TransactionGuard> guardTransaction(
            long producerId, short producerEpoch, int baseSequence, boolean epochBumped);

    /** As {@link #guardTransaction(long, short, int, boolean)}, when the sequence is not known, in version 1. */
    default Optional<TransactionGuard> guardTransaction(long producerId, short producerEpoch) {
        return guardTransaction(producerId, producerEpoch, Integer.MAX_VALUE, false);
    }

    /**
     * Ends the transaction of a producer: writes its marker, also if the producer has none open here. Fails with INVALID_PRODUCER_EPOCH if a
     * later epoch has been seen, and with TRANSACTION_COORDINATOR_FENCED if a later coordinator has written a marker of this producer.
     *
     * @param producerEpoch of the transaction, or the next one: then the producer goes on in that
     * @param epochBumped whether each transaction has an epoch of its own (version 2 of KIP-890): then a marker in the epoch of the open
     *     transaction is late, and refused
     */
    Append endTransaction(
            long producerId, short producerEpoch, int coordinatorEpoch, boolean commit, boolean epochBumped);

    /** As {@link #endTransaction(long, short, int, boolean, boolean)} in version 1. */
    default Append endTransaction(long producerId, short producerEpoch, int coordinatorEpoch, boolean commit) {
        return endTransaction(producerId, producerEpoch, coordinatorEpoch, commit, false);
    }

    /** The producers that the partition remembers (KIP-664), in no order. */
    CompletableFuture<List<ActiveProducer>> producers();

    /**
     * Reads at most to the request's bound. Looks at indexes and batch headers, not at the records; in the rare case where these are
     * not in memory it waits for the disk.
     *
     * @throws dev.millrace.base.error.MillraceException OFFSET_OUT_OF_RANGE below the log's start or above its end
     */
    ReadResult read(ReadRequest request) throws IOException;

    /** Whether nobody has read or written the partition since the start: then the first read of records waits for the disk. */
    default boolean isResting() {
        return false;
    }

    /** Does that waiting, so that a read after it does not. */
    default void bringBack() {}

    /**
     * Runs {@code onAdvance} once, as soon as something at or behind {@code offset} is readable within {@code bound}, or the
     * partition goes away; at once, inside this call, if that is so already. It runs on a thread of the log and must be short.
     */
    Watch watch(long offset, ReadRequest.Bound bound, Runnable onAdvance);

    PartitionOffsets offsets();

    /** The epoch in which this node leads the partition. */
    int leaderEpoch();

    /**
     * Where an epoch ends: the largest epoch that is known and not above {@code asked}, with the offset behind its last record
     * (KIP-101, KIP-320); if all are above it, {@code asked} itself with the first offset of the oldest. Empty for an epoch above
     * {@link #leaderEpoch}, and for -1.
     */
    Optional<EpochEnd> endOfEpoch(int asked);

    /** The first record, by offset, whose timestamp is at least {@code timestampMs}; empty if there is none below the high watermark. */
    Optional<TimestampedOffset> firstAtOrAfter(long timestampMs) throws IOException;

    /** The record with the largest timestamp, the first of several (KIP-734); empty if the partition is. */
    Optional<TimestampedOffset> largestTimestamp() throws IOException;

    /**
     * Moves the start of the log to {@code offset} (KIP-107), or to the high watermark for -1; completes with the new start when
     * that is durable.
     */
    CompletableFuture<Long> deleteRecords(long offset);

    /** Bytes of all segments. */
    long sizeBytes();
}
