package dev.millrace.control.port;

import dev.millrace.log.ActiveProducer;
import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.EpochEnd;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionLog;
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

/** A partition of this process, through the port. Thread-safe. */
final class LocalPartition implements PartitionPort {

    private final PartitionLog log;
    private final boolean internal;

    LocalPartition(PartitionLog log, boolean internal) {
        this.log = log;
        this.internal = internal;
    }

    @Override
    public PartitionId id() {
        return log.id();
    }

    @Override
    public String topic() {
        return log.topic();
    }

    @Override
    public boolean internal() {
        return internal;
    }

    @Override
    public Append append(ByteBuffer batches, AppendOptions options) {
        return log.append(batches, options);
    }

    @Override
    public Append appendLater(ByteBuffer batches, AppendOptions options) {
        return log.appendLater(batches, options);
    }

    @Override
    public Optional<TransactionGuard> guardTransaction(
            long producerId, short producerEpoch, int baseSequence, boolean epochBumped) {
        return log.guardTransaction(producerId, producerEpoch, baseSequence, epochBumped);
    }

    @Override
    public Append endTransaction(
            long producerId, short producerEpoch, int coordinatorEpoch, boolean commit, boolean epochBumped) {
        return log.endTransaction(producerId, producerEpoch, coordinatorEpoch, commit, epochBumped);
    }

    @Override
    public CompletableFuture<List<ActiveProducer>> producers() {
        return log.producers();
    }

    @Override
    public ReadResult read(ReadRequest request) throws IOException {
        return log.read(request);
    }

    @Override
    public boolean isResting() {
        return log.isResting();
    }

    @Override
    public void bringBack() {
        log.bringBack();
    }

    @Override
    public Watch watch(long offset, ReadRequest.Bound bound, Runnable onAdvance) {
        return log.watch(offset, bound, onAdvance);
    }

    @Override
    public PartitionOffsets offsets() {
        return log.offsets();
    }

    @Override
    public int leaderEpoch() {
        return log.leaderEpoch();
    }

    @Override
    public Optional<EpochEnd> endOfEpoch(int asked) {
        return log.endOfEpoch(asked);
    }

    @Override
    public Optional<TimestampedOffset> firstAtOrAfter(long timestampMs) throws IOException {
        return log.firstAtOrAfter(timestampMs);
    }

    @Override
    public Optional<TimestampedOffset> largestTimestamp() throws IOException {
        return log.largestTimestamp();
    }

    @Override
    public CompletableFuture<Long> deleteRecords(long offset) {
        return log.deleteRecords(offset);
    }

    @Override
    public long sizeBytes() {
        return log.sizeBytes();
    }
}
