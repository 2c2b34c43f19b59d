package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.epoch.LeaderEpochs;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchValidator;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordBatchBuilder;
import dev.millrace.log.records.ValidatedBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One partition: a chain of segments, of which only the last one grows. Thread-safe; its shard is the only writer, readers take no
 * lock.
 *
 * <p>Every operation fails with a {@link MillraceException}: thrown by those that answer at once, inside the future by the others.
 * After the partition is deleted all of them fail with UNKNOWN_TOPIC_OR_PARTITION.
 */
public final class PartitionLog {

    private final PartitionId id;
    private final String topic;
    private final LogShard shard;
    private final BatchValidator validator;
    private final PartitionWriter writer;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final Watches durableWatches = new Watches();
    private final Watches committedWatches = new Watches();
    private final Watches acceptedWatches = new Watches();

    // Written by the shard's thread, read by all.
    private volatile SegmentChain chain = SegmentChain.EMPTY;
    private volatile long logStart;
    private volatile long lastStable;
    private volatile long highWatermark;
    private volatile long logEnd;
    private volatile LeaderEpochs epochs = LeaderEpochs.EMPTY;
    private volatile int leaderEpoch;
    /** Why appends are refused. */
    private volatile @Nullable MillraceException refusal;

    private volatile boolean deleted;

    /** The start could not bring it back: what its offsets are, nobody knows. */
    private volatile boolean unreadable;

    /** Until its files are looked at for the first time. */
    private volatile @Nullable RestingPartition resting;

    private volatile LogConfig config;

    PartitionLog(PartitionId id, String topic, LogConfig config, LogShard shard, BatchValidator validator) {
        this.id = id;
        this.topic = topic;
        this.config = config;
        this.shard = shard;
        this.validator = validator;
        this.writer = new PartitionWriter(this, shard);
    }

    public PartitionId id() {
        return id;
    }

    /** Name of the topic, for messages. */
    public String topic() {
        return topic;
    }

    public LogConfig config() {
        return config;
    }

    /** Completes when the partition exists on disk and takes appends; appends before that wait in line, none is refused. */
    public CompletableFuture<Void> opened() {
        return opened;
    }

    /**
     * Appends record batches (format v2, one behind the other) as one unit: all are accepted, in order, or none. Validated here, on the
     * caller's thread.
     *
     * <p>The bytes between position and limit belong to the log until {@link Append#accepted()} completes, and their headers are
     * changed in place. Never waits: a log that cannot keep up refuses with OVERLOADED.
     *
     * <p>Transactional batches of a client are refused with INVALID_TXN_STATE unless the producer's transaction is open here, or a valid
     * {@link #guardTransaction guard} comes with them. A repetition is answered as one, whatever has become of its transaction.
     */
    public Append append(ByteBuffer batches, AppendOptions options) {
        Append append = appendLater(batches, options);
        shard.wake();
        return append;
    }

    /** As {@link #append}, but the log may wait with it until {@link LogStore#startAppends}, so that what comes together is written together. */
    public Append appendLater(ByteBuffer batches, AppendOptions options) {
        try {
            MillraceException refused = refusal;
            if (refused != null) {
                throw refused;
            }
            ValidatedBatches validated = validator.validate(batches, config.rules(), options.origin());
            return submit(new AppendTask(writer, validated, options));
        } catch (MillraceException e) {
            return Append.failed(e);
        }
    }

    private Append submit(AppendTask task) {
        shard.submit(task);
        return task.append;
    }

    /**
     * Asks whether a transactional append of this producer may go ahead. Empty: its transaction is open here in this epoch. Else the caller
     * asks the coordinator whether the partition is in the transaction, and then hands in the guard with the append
     * ({@link AppendOptions#inTransaction(TransactionGuard)}). A marker of the producer that is appended in between makes the guard void:
     * so no late batch opens a transaction that nobody will end (KIP-890). If the coordinator says no, the batch may still be a
     * repetition: appended without the guard it is answered as one, or refused with INVALID_TXN_STATE.
     *
     * <p>Thread-safe; never waits. The decision is taken when the append reaches the log.
     */
    public Optional<TransactionGuard> guardTransaction(long producerId, short producerEpoch) {
        return guardTransaction(producerId, producerEpoch, Integer.MAX_VALUE, false);
    }

    /**
     * As {@link #guardTransaction(long, short)}, for a batch of which the sequence is known: then no batch with a higher one begins the
     * transaction, so that this one still fits when it has to be tried again.
     *
     * @param epochBumped whether the producer gets a new epoch with each transaction (version 2 of KIP-890): then one that is not known
     *     here begins with sequence 0
     */
    public Optional<TransactionGuard> guardTransaction(
            long producerId, short producerEpoch, int baseSequence, boolean epochBumped) {
        return writer.transactions().guards().guard(producerId, producerEpoch, baseSequence, epochBumped);
    }

    /**
     * Ends the transaction of a producer: writes its marker, also if the producer has none open here. Durable like any append; may use the
     * reserve of disk. As {@link #endTransaction(long, short, int, boolean, boolean)} with a producer whose transactions may share an epoch.
     */
    public Append endTransaction(long producerId, short producerEpoch, int coordinatorEpoch, boolean commit) {
        return endTransaction(producerId, producerEpoch, coordinatorEpoch, commit, false);
    }

    /**
     * Ends the transaction of a producer. Fails with INVALID_PRODUCER_EPOCH if a later epoch has been seen, and with
     * TRANSACTION_COORDINATOR_FENCED if a later coordinator has ended a transaction of this producer here.
     *
     * @param producerEpoch of the transaction, or the next one: then the producer goes on in that
     * @param epochBumped whether each transaction of the producer has an epoch of its own (version 2 of KIP-890): then a marker in the
     *     epoch of the transaction that is open is late, was meant for the one before, and is refused with INVALID_PRODUCER_EPOCH
     */
    public Append endTransaction(
            long producerId, short producerEpoch, int coordinatorEpoch, boolean commit, boolean epochBumped) {
        try {
            MillraceException refused = refusal;
            if (refused != null) {
                throw refused;
            }
            ByteBuffer marker = ControlRecord.endOfTransaction(
                    new RecordBatchBuilder().producer(producerId, producerEpoch, BatchHeader.NO_SEQUENCE),
                    commit,
                    coordinatorEpoch,
                    shard.clock().wallMs());
            ValidatedBatches validated = validator.validate(marker, config.rules(), AppendOptions.Origin.INTERNAL);
            Append append = submit(new AppendTask(writer, validated, AppendOptions.INTERNAL, epochBumped));
            shard.wake();
            return append;
        } catch (MillraceException e) {
            return Append.failed(e);
        }
    }

    /** The producers that the partition remembers (KIP-664), at one moment, in no order. */
    public CompletableFuture<List<ActiveProducer>> producers() {
        CompletableFuture<List<ActiveProducer>> done = new CompletableFuture<>();
        command(() -> done.complete(writer.producers().describe()), done);
        return done;
    }

    /**
     * Reads at most to the request's bound. In the rare case where index and headers are not in memory it waits for the disk.
     *
     * @throws MillraceException OFFSET_OUT_OF_RANGE below the log's start or above its end
     */
    public ReadResult read(ReadRequest request) throws IOException {
        return ChainReader.read(this, request);
    }

    /**
     * Runs {@code onAdvance} once, as soon as something at or behind {@code offset} is readable within {@code bound}, or the
     * partition goes away; at once, inside this call, if that is so already. It runs on the shard's thread and must be short.
     */
    public Watch watch(long offset, ReadRequest.Bound bound, Runnable onAdvance) {
        Watches watches = switch (bound) {
            case ACCEPTED -> acceptedWatches;
            case DURABLE -> durableWatches;
            case COMMITTED -> committedWatches;
        };
        Watches.Waiter waiter = watches.add(offset, onAdvance);
        if (readableEnd(bound) > offset || deleted) {
            waiter.fire();
        }
        return waiter;
    }

    /** The offset behind the last one that is readable within {@code bound}. */
    long readableEnd(ReadRequest.Bound bound) {
        return switch (bound) {
            case ACCEPTED -> logEnd;
            case DURABLE -> highWatermark;
            case COMMITTED -> Math.max(logStart, lastStable);
        };
    }

    /**
     * Where the log begins and ends, for each kind of reader.
     *
     * @throws MillraceException PARTITION_OFFLINE if the start could not bring the partition back, so that nobody takes it for empty
     */
    public PartitionOffsets offsets() {
        checkBroughtBack();
        // Ascending marks are read in ascending order: each only grows, so the four stay in order whatever happens in
        // between.
        long start = logStart;
        long stable = Math.max(start, lastStable);
        long durable = highWatermark;
        return new PartitionOffsets(start, stable, durable, logEnd);
    }

    /** The epoch in which this node leads the partition. */
    public int leaderEpoch() {
        return leaderEpoch;
    }

    /**
     * Where an epoch ends: the largest epoch that is known and not above {@code asked}, with the offset behind its last record
     * (KIP-101, KIP-320); if all are above it, {@code asked} itself with the first offset of the oldest. Empty for an epoch above
     * {@link #leaderEpoch}, and for -1.
     */
    public Optional<EpochEnd> endOfEpoch(int asked) {
        if (asked >= 0 && asked < leaderEpoch) {
            bringBack();
        }
        checkBroughtBack();
        return epochs.endOf(asked, leaderEpoch, highWatermark);
    }

    /** The first record, by offset, whose timestamp is at least {@code timestampMs}; empty if there is none below the high watermark. */
    public Optional<TimestampedOffset> firstAtOrAfter(long timestampMs) throws IOException {
        return TimestampLookup.firstAtOrAfter(this, timestampMs);
    }

    /** The record with the largest timestamp, the first of several (KIP-734); empty if the partition is. */
    public Optional<TimestampedOffset> largestTimestamp() throws IOException {
        return TimestampLookup.largest(this);
    }

    /**
     * Moves the start of the log to {@code offset} (KIP-107), or to the high watermark for -1; completes with the new start when
     * that is durable. Segments that lie wholly before it are dropped.
     */
    public CompletableFuture<Long> deleteRecords(long offset) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        command(() -> writer.past().deleteRecords(offset, done), done);
        return done;
    }

    /**
     * Ends the active segment, so that what is appended next starts a new one; completes with the offset at which that begins. A
     * machine that replaces its history calls this, appends its whole state, waits until that is durable, and then calls
     * {@link #deleteRecords} with that offset: after a crash at any moment either the old history or the new one is whole.
     */
    public CompletableFuture<Long> roll() {
        CompletableFuture<Long> done = new CompletableFuture<>();
        command(() -> writer.rollNow(done), done);
        return done;
    }

    private void command(Runnable command, CompletableFuture<?> done) {
        MillraceException refused = refusal;
        if (refused != null) {
            done.completeExceptionally(refused);
            return;
        }
        shard.execute(new CommandTask(
                () -> writer.whenOpen(command, done::completeExceptionally), done::completeExceptionally));
    }

    /** Bytes of all segments. */
    public long sizeBytes() {
        RestingPartition asleep = resting;
        return asleep == null ? chain.sizeBytes() : asleep.summary().sizeBytes();
    }

    /** Why the partition takes no appends, in words; empty if it does. */
    public Optional<String> offlineReason() {
        MillraceException refused = refusal;
        return refused == null ? Optional.empty() : Optional.of(String.valueOf(refused.getMessage()));
    }

    // ---- From the checkpoint to the files

    /** Whether nobody has looked at its files since the start: the first read, or append, does, and may wait for the disk. */
    public boolean isResting() {
        return resting != null;
    }

    /** Has the files looked at, if nobody did; {@link #refusal} says if that failed. On any thread; may wait for the disk. */
    public void bringBack() {
        RestingPartition asleep = resting;
        if (asleep != null) {
            asleep.bringBack();
        }
    }

    /** Before the shard runs: everything up to {@code end} is durable, and what else is asked {@code state} answers. */
    void rest(RestingPartition state, long start, long end) {
        logStart = start;
        logEnd = end;
        highWatermark = end;
        lastStable = end;
        leaderEpoch = Math.max(0, state.summary().leaderEpoch());
        resting = state;
    }

    Optional<RestingPartition> resting() {
        return Optional.ofNullable(resting);
    }

    void endRest() {
        resting = null;
    }

    // ---- For readers in this package

    boolean isDeleted() {
        return deleted;
    }

    SegmentChain chain() {
        return chain;
    }

    long logStart() {
        return logStart;
    }

    long highWatermark() {
        return highWatermark;
    }

    long logEnd() {
        return logEnd;
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    PartitionWriter writer() {
        return writer;
    }

    LogShard shard() {
        return shard;
    }

    /** Fails if the partition was deleted, or never came back. */
    void checkReadable() {
        if (deleted) {
            throw unknown();
        }
        checkBroughtBack();
    }

    private void checkBroughtBack() {
        MillraceException refused = refusal;
        if (unreadable && refused != null) {
            throw refused;
        }
    }

    @Nullable
    MillraceException refusal() {
        return refusal;
    }

    private MillraceException unknown() {
        return new MillraceException(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition " + topic + "-" + id.partition() + " was deleted");
    }

    // ---- For the shard's thread

    void publish(SegmentChain newChain) {
        chain = newChain;
    }

    void publishLogEnd(long offset) {
        logEnd = offset;
    }

    void publishLogStart(long offset) {
        logStart = offset;
    }

    void publishEpochs(LeaderEpochs newEpochs) {
        epochs = newEpochs;
    }

    void publishLeaderEpoch(int epoch) {
        leaderEpoch = epoch;
    }

    void advanceHighWatermark(long offset) {
        highWatermark = offset;
    }

    /** Not above the high watermark as it is published. */
    void publishLastStable(long offset) {
        lastStable = offset;
    }

    void fireAccepted() {
        acceptedWatches.fire(logEnd);
    }

    void fireDurable() {
        durableWatches.fire(highWatermark);
        committedWatches.fire(readableEnd(ReadRequest.Bound.COMMITTED));
    }

    void apply(LogConfig newConfig) {
        config = newConfig;
    }

    /** Appends are refused from now on; what is durable can be read. */
    void goOffline(MillraceException reason) {
        if (refusal == null) {
            refusal = reason;
            opened.completeExceptionally(reason);
        }
    }

    /** The start could not bring it back: neither appends nor reads. */
    void couldNotBeBroughtBack(MillraceException reason) {
        goOffline(reason);
        unreadable = true;
    }

    void markDeleted() {
        deleted = true;
        refusal = unknown();
        opened.completeExceptionally(unknown());
        durableWatches.fireAll();
        committedWatches.fireAll();
        acceptedWatches.fireAll();
    }
}
