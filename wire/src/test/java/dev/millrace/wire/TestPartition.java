package dev.millrace.wire;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.StoreFile;
import dev.millrace.base.time.Clock;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.ActiveProducer;
import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.AppendResult;
import dev.millrace.log.EpochEnd;
import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadResult;
import dev.millrace.log.Slice;
import dev.millrace.log.TimestampedOffset;
import dev.millrace.log.TransactionGuard;
import dev.millrace.log.Watch;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRules;
import dev.millrace.log.records.BatchValidator;
import dev.millrace.log.records.ValidatedBatches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;

/** One partition of {@link TestLog}: one file, an index of its batches in memory. */
public final class TestPartition implements PartitionPort {

    private record Batch(long baseOffset, long position, int sizeBytes, long maxTimestampMs) {}

    private final PartitionId id;
    private final String topic;
    private final StoreFile file;
    private final ExecutorService thread;
    private final BatchValidator validator;
    private final NavigableMap<Long, Batch> batches = new ConcurrentSkipListMap<>();
    private final List<Runnable> watches = new ArrayList<>();
    private volatile long sizeBytes;
    private volatile long endOffset;
    private volatile int leaderEpoch;
    private volatile boolean internal;

    TestPartition(TopicId topicId, String topic, int partition, StoreFile file, ExecutorService thread, Clock clock) {
        this.id = new PartitionId(topicId, partition);
        this.topic = topic;
        this.file = file;
        this.thread = thread;
        this.validator = new BatchValidator(clock);
    }

    public void leadIn(int epoch) {
        leaderEpoch = epoch;
    }

    public void makeInternal() {
        internal = true;
    }

    void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public PartitionId id() {
        return id;
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public boolean internal() {
        return internal;
    }

    @Override
    public Optional<TransactionGuard> guardTransaction(
            long producerId, short producerEpoch, int baseSequence, boolean epochBumped) {
        return Optional.empty();
    }

    @Override
    public Append endTransaction(
            long producerId, short producerEpoch, int coordinatorEpoch, boolean commit, boolean epochBumped) {
        throw new UnsupportedOperationException("no transactions here");
    }

    @Override
    public CompletableFuture<List<ActiveProducer>> producers() {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public Append append(ByteBuffer bytes, AppendOptions options) {
        ValidatedBatches valid;
        try {
            valid = validator.validate(bytes, BatchRules.DEFAULT, options.origin());
        } catch (MillraceException e) {
            return Append.failed(e);
        }
        Append append = new Append();
        thread.execute(() -> write(valid, append));
        return append;
    }

    @Override
    public Append appendLater(ByteBuffer bytes, AppendOptions options) {
        return append(bytes, options);
    }

    private void write(ValidatedBatches valid, Append append) {
        ByteBuffer bytes = valid.buffer();
        long baseOffset = endOffset;
        try {
            BatchHeader.putBaseOffset(bytes, bytes.position(), baseOffset);
            BatchHeader.putLeaderEpoch(bytes, bytes.position(), leaderEpoch);
            Batch batch = new Batch(baseOffset, sizeBytes, bytes.remaining(), valid.maxTimestampMs());
            file.write(bytes.duplicate(), sizeBytes);
            sizeBytes = batch.position() + batch.sizeBytes();
            batches.put(baseOffset, batch);
            endOffset = baseOffset + valid.recordsCount();
        } catch (IOException e) {
            append.accepted().completeExceptionally(e);
            append.durable().completeExceptionally(e);
            return;
        }
        AppendResult result = new AppendResult(baseOffset, endOffset, -1, 0);
        append.accepted().complete(result);
        append.durable().complete(result);
        List<Runnable> due;
        synchronized (watches) {
            due = new ArrayList<>(watches);
            watches.clear();
        }
        due.forEach(Runnable::run);
    }

    @Override
    public ReadResult read(ReadRequest request) {
        if (request.offset() < 0 || request.offset() > endOffset) {
            throw new MillraceException(ErrorCode.OFFSET_OUT_OF_RANGE, "offset " + request.offset() + " is not here");
        }
        PartitionOffsets offsets = offsets();
        if (request.offset() >= offsets.highWatermark()) {
            return new ReadResult(List.of(), offsets, List.of());
        }
        Batch first = batches.floorEntry(request.offset()).getValue();
        int size = 0;
        for (Batch batch : batches.tailMap(first.baseOffset(), true).values()) {
            boolean fits = size + batch.sizeBytes() <= request.maxSizeBytes();
            if (!fits && !(size == 0 && request.atLeastOneBatch())) {
                break;
            }
            size += batch.sizeBytes();
        }
        List<Slice> slices = size == 0 ? List.of() : List.of(new Slice.InFile(file, first.position(), size));
        return new ReadResult(slices, offsets, List.of());
    }

    @Override
    public Watch watch(long offset, ReadRequest.Bound bound, Runnable onAdvance) {
        synchronized (watches) {
            if (endOffset <= offset) {
                watches.add(onAdvance);
                return () -> {
                    synchronized (watches) {
                        watches.remove(onAdvance);
                    }
                };
            }
        }
        onAdvance.run();
        return () -> {};
    }

    /** Callbacks that wait now. */
    public int watchesCount() {
        synchronized (watches) {
            return watches.size();
        }
    }

    @Override
    public PartitionOffsets offsets() {
        long end = endOffset;
        return new PartitionOffsets(0, end, end, end);
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public Optional<EpochEnd> endOfEpoch(int asked) {
        return asked < 0 || asked > leaderEpoch ? Optional.empty() : Optional.of(new EpochEnd(asked, endOffset));
    }

    @Override
    public Optional<TimestampedOffset> firstAtOrAfter(long timestampMs) {
        for (Map.Entry<Long, Batch> entry : batches.entrySet()) {
            if (entry.getValue().maxTimestampMs() >= timestampMs) {
                return Optional.of(new TimestampedOffset(
                        entry.getKey(), entry.getValue().maxTimestampMs(), OptionalInt.of(leaderEpoch)));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<TimestampedOffset> largestTimestamp() {
        return batches.values().stream()
                .max((one, other) -> Long.compare(one.maxTimestampMs(), other.maxTimestampMs()))
                .map(batch ->
                        new TimestampedOffset(batch.baseOffset(), batch.maxTimestampMs(), OptionalInt.of(leaderEpoch)));
    }

    @Override
    public CompletableFuture<Long> deleteRecords(long offset) {
        return CompletableFuture.completedFuture(0L);
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }
}
