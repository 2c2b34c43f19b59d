package dev.millrace.log;

import dev.millrace.base.Check;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.journal.JournalEntry;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.producer.RememberedBatch;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.retention.Retention;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The writing side of a {@link PartitionLog}. Owned by the shard's thread. */
final class PartitionWriter {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);
    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);
    private static final long NO_TIMESTAMP = -1;

    final PartitionLog log;
    private final LogShard shard;

    /** Empty for a partition in memory. */
    Optional<PartitionDirectory> directory = Optional.empty();

    private @Nullable SegmentProvider provider;
    private final List<SealedSegment> sealed = new ArrayList<>();
    private @Nullable ActiveSegment active;

    /** Out of the chain, not yet off the disk. */
    private final List<SealedSegment> toDispose = new ArrayList<>();

    private final ProducerStates producers = new ProducerStates();
    private long logEnd;
    private long logStartPending;
    private long activeFirstTimestampMs = NO_TIMESTAMP;
    private boolean open;
    /** What came before the partition was open, in order. */
    private final Deque<ShardTask> parked = new ArrayDeque<>();

    /** Waits for the next flush. */
    boolean dirty;

    boolean deleted;

    /** In the group that is not durable yet. */
    boolean touched;

    /** Has bytes in the group that are in its segment alone: the group's sync flushes it. */
    boolean syncInPlace;

    final FlushState flush = new FlushState();
    final FileRemovals removals = new FileRemovals();

    /** What was flushed, and what was not. */
    static final class FlushState {
        /** Everything below is durable in segments. */
        long flushedOffset;
        /** Base of the segment that was active at the last flush, whose file survives a crash; -1 if there was no flush yet. */
        long activeBaseOffset = -1;
        /** First entry of the journal that is not flushed in a segment; -1 if all are. */
        long firstSequence = -1;

        long lastSequence = -1;
        /** The snapshot that the last checkpoint names; -1: none. */
        long snapshotOffset = -1;
        /** Snapshots taken when segments were rolled, still to be written, by offset. */
        final TreeMap<Long, byte[]> rollSnapshots = new TreeMap<>();

        boolean epochsChanged;
        /** The directory, its name and {@code partition.metadata} survive a crash. */
        boolean namesDurable;

        /** Its flush failed: the journal alone has its last records. */
        boolean failed;
    }

    PartitionWriter(PartitionLog log, LogShard shard) {
        this.log = log;
        this.shard = shard;
    }

    String name() {
        return log.topic() + "-" + log.id().partition();
    }

    long logEnd() {
        return logEnd;
    }

    ProducerStates producers() {
        return producers;
    }

    // ---- Opening

    /** Takes over what recovery found; see {@link PartitionRecovery}. */
    void adopt(PartitionDirectory home, SegmentProvider segments, List<SealedSegment> found, ActiveSegment last) {
        directory = Optional.of(home);
        provider = segments;
        sealed.addAll(found);
        active = last;
        logEnd = last.offsetNext();
        log.publish(chainNow());
    }

    /** As {@link #adopt}, when there are no segments: what the journal gives is the first, and a segment begins with it. */
    void adoptNothing(PartitionDirectory home, SegmentProvider segments, long logStart) {
        directory = Optional.of(home);
        provider = segments;
        logEnd = logStart;
    }

    void useProvider(SegmentProvider segments) {
        provider = segments;
    }

    /** Begins a new, empty partition. Its files are made at the first append. */
    void create(SegmentProvider segments) throws IOException {
        provider = segments;
        active = segments.create(0);
        log.publish(chainNow());
    }

    /** The partition takes appends from now on; those that waited go before all others. */
    void becomeOpen() {
        open = true;
        log.publishLeaderEpoch(Math.max(0, log.epochs().latest()));
        log.opened().complete(null);
        shard.resume(this, parked);
    }

    private void park(ShardTask task) {
        parked.add(task);
        shard.parked(this, task);
    }

    /** Fails what waits until the partition is open. */
    void failParked(Throwable cause) {
        for (ShardTask task = parked.poll(); task != null; task = parked.poll()) {
            shard.unparked(this, task);
            task.fail(cause);
        }
    }

    /** Runs {@code command} now, or as soon as the partition is open; fails it if the partition takes nothing. */
    void whenOpen(Runnable command, Consumer<Throwable> onFailure) {
        MillraceException refused = log.refusal();
        if (refused != null) {
            onFailure.accept(refused);
        } else if (open) {
            command.run();
        } else {
            park(new CommandTask(() -> whenOpen(command, onFailure), onFailure));
        }
    }

    // ---- Appending

    void append(AppendTask task) {
        MillraceException refused = log.refusal();
        if (refused != null) {
            task.fail(refused);
            return;
        }
        if (!open) {
            park(task);
            return;
        }
        try {
            checkLeaderEpoch(task.options.expectedLeaderEpoch());
            if (isDuplicate(task)) {
                return;
            }
            producers.check(task.batches.buffer());
            checkFits(task);
            shard.disk().take(2 * task.sizeBytes(), task.options.origin());
        } catch (MillraceException e) {
            task.fail(e);
            return;
        }
        try {
            write(task);
        } catch (IOException | Check.InvariantViolation e) {
            task.fail(shard.partitionFailed(this, "an append", e));
        }
    }

    private void checkLeaderEpoch(int expected) {
        if (expected >= 0 && expected != log.leaderEpoch()) {
            throw new MillraceException(
                    expected < log.leaderEpoch() ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH,
                    "the caller believes in leader epoch " + expected + " of " + name() + ", which is "
                            + log.leaderEpoch());
        }
    }

    /** A repetition is answered with the place of its original, and durable no sooner than that. */
    private boolean isDuplicate(AppendTask task) {
        ByteBuffer batches = task.batches.buffer();
        Optional<RememberedBatch> original = producers.findOriginal(batches, batches.position());
        if (original.isEmpty()) {
            return false;
        }
        long baseOffset = original.get().baseOffset();
        task.result(new AppendResult(
                baseOffset,
                baseOffset + task.batches.recordsCount(),
                original.get().maxTimestampMs(),
                log.logStart()));
        shard.group().add(task);
        return true;
    }

    private void checkFits(AppendTask task) {
        if (task.sizeBytes() > log.config().segmentSizeBytes()
                && task.options.origin() == AppendOptions.Origin.CLIENT) {
            throw new MillraceException(
                    ErrorCode.SEGMENT_TOO_SMALL_FOR_APPEND,
                    "an append of " + task.sizeBytes() + " bytes to " + name() + " is larger than segment.bytes, "
                            + log.config().segmentSizeBytes());
        }
    }

    private void write(AppendTask task) throws IOException {
        ByteBuffer batches = task.batches.buffer();
        noteFirstTimestamp();
        if (mustRoll(task)) {
            roll();
        }
        long baseOffset = logEnd;
        long end = assignOffsets(batches, baseOffset, log.leaderEpoch());
        Check.equal(end, baseOffset + task.batches.recordsCount(), "offsets assigned to " + name());
        activeSegment().append(batches.duplicate());
        if (activeFirstTimestampMs == NO_TIMESTAMP) {
            activeFirstTimestampMs = BatchHeader.maxTimestampMs(batches, batches.position());
        }
        if (shard.hasJournal()) {
            makeDurable(baseOffset, batches);
        }
        accepted(batches, end);
        task.result(new AppendResult(baseOffset, end, task.batches.logAppendTimeMs(), log.logStart()));
        shard.group().add(task);
    }

    private void makeDurable(long baseOffset, ByteBuffer batches) {
        if (!shard.journals(batches.remaining())) {
            syncInPlace = true;
            return;
        }
        if (!flush.namesDurable && flush.firstSequence < 0) {
            // A crash may take the directory itself: the journal says what it was called.
            journaled(shard.journal(JournalEntry.Kind.OPENED, log.id(), 0, topicBytes()));
        }
        journaled(shard.journal(JournalEntry.Kind.APPEND, log.id(), baseOffset, batches));
    }

    private ByteBuffer topicBytes() {
        return ByteBuffer.wrap(log.topic().getBytes(StandardCharsets.UTF_8));
    }

    /** Makes durable what is in segments alone. No flush is under way. */
    void syncSegments() throws IOException {
        for (Segment segment : unflushed()) {
            segment.flush();
        }
        flush.namesDurable = true;
    }

    /** The batches are in the active segment: what else must know of them. */
    private void accepted(ByteBuffer batches, long end) {
        producers.append(batches);
        noteEpoch(BatchHeader.leaderEpoch(batches, batches.position()), logEnd);
        logEnd = end;
        log.publishLogEnd(end);
        shard.group().touch(this);
        shard.markDirty(this);
    }

    private void noteEpoch(int epoch, long startOffset) {
        if (epoch > log.epochs().latest()) {
            log.publishEpochs(log.epochs().begun(epoch, startOffset));
            flush.epochsChanged = true;
        }
    }

    void journaled(long sequence) {
        if (flush.firstSequence < 0) {
            flush.firstSequence = sequence;
        }
        flush.lastSequence = sequence;
    }

    private static long assignOffsets(ByteBuffer batches, long baseOffset, int leaderEpoch) {
        long offset = baseOffset;
        for (int position = batches.position(); position < batches.limit(); ) {
            BatchHeader.putBaseOffset(batches, position, offset);
            BatchHeader.putLeaderEpoch(batches, position, leaderEpoch);
            offset = BatchHeader.lastOffset(batches, position) + 1;
            position += BatchHeader.sizeBytes(batches, position);
        }
        return offset;
    }

    // ---- Rolling

    private boolean mustRoll(AppendTask task) {
        ActiveSegment segment = activeSegment();
        if (segment.sizeBytes() == 0) {
            return false;
        }
        LogConfig config = log.config();
        long ageMs = ageMs(task.batches.maxTimestampMs());
        return segment.sizeBytes() + task.sizeBytes() > config.segmentSizeBytes()
                || ageMs > config.segmentMs()
                || logEnd + task.batches.recordsCount() - segment.baseOffset() > Integer.MAX_VALUE;
    }

    /** After a restart the time of the segment's first record is looked up once. */
    private void noteFirstTimestamp() throws IOException {
        ActiveSegment segment = activeSegment();
        if (activeFirstTimestampMs != NO_TIMESTAMP || segment.sizeBytes() == 0) {
            return;
        }
        Optional<Slice> first = segment.firstBatchAtOrAfter(Long.MIN_VALUE, segment.baseOffset());
        if (first.isPresent()) {
            ByteBuffer batch = ByteBuffer.allocate(first.get().sizeBytes());
            first.get().copyTo(batch);
            activeFirstTimestampMs = BatchHeader.maxTimestampMs(batch, 0);
        }
    }

    /** How old the first record of the active segment is, as seen from an append with this timestamp. */
    private long ageMs(long appendTimestampMs) {
        if (activeFirstTimestampMs == NO_TIMESTAMP || appendTimestampMs == NO_TIMESTAMP) {
            return 0;
        }
        return appendTimestampMs - activeFirstTimestampMs;
    }

    private void roll() throws IOException {
        ActiveSegment full = activeSegment();
        Check.equal(full.offsetNext(), logEnd, "end of the segment of " + name() + " that is rolled");
        if (directory.isPresent() && producers.producersCount() > 0) {
            flush.rollSnapshots.put(logEnd, producers.toSnapshot());
        }
        SealedSegment done = full.seal();
        sealed.add(done);
        active = null;
        active = segments().create(logEnd);
        activeFirstTimestampMs = NO_TIMESTAMP;
        log.publish(chainNow());
        shard.markDirty(this);
    }

    void rollNow(CompletableFuture<Long> done) {
        try {
            if (activeSegment().sizeBytes() > 0) {
                roll();
            }
            done.complete(logEnd);
        } catch (IOException e) {
            done.completeExceptionally(shard.partitionFailed(this, "a roll", e));
        }
    }

    // ---- Giving up the past

    void deleteRecords(long offset, CompletableFuture<Long> done) {
        long highWatermark = log.highWatermark();
        long target = offset == -1 ? highWatermark : offset;
        if (target < 0 || target > highWatermark) {
            done.completeExceptionally(new MillraceException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "cannot delete the records of " + name() + " before " + target + ": the high watermark is "
                            + highWatermark));
            return;
        }
        moveLogStart(target, done);
    }

    private void moveLogStart(long target, CompletableFuture<Long> done) {
        if (target > logStartPending) {
            logStartPending = target;
            if (shard.hasJournal()) {
                journaled(shard.journal(JournalEntry.Kind.LOG_START, log.id(), target, NO_PAYLOAD));
                shard.markDirty(this);
            }
        }
        shard.whenFactDurable(
                () -> {
                    applyLogStart(target);
                    done.complete(log.logStart());
                },
                done::completeExceptionally);
    }

    private void applyLogStart(long target) {
        if (deleted || target <= log.logStart()) {
            return;
        }
        log.publishLogStart(target);
        List<SealedSegment> dropped = new ArrayList<>();
        while (!sealed.isEmpty() && sealed.getFirst().offsetNext() <= target) {
            dropped.add(sealed.removeFirst());
        }
        if (!dropped.isEmpty()) {
            log.publish(chainNow());
            toDispose.addAll(dropped);
            disposeFlushed();
        }
        log.publishEpochs(log.epochs().startingAt(target));
        flush.epochsChanged = true;
    }
    /**
     * Takes away dropped segments as soon as a checkpoint names a producer snapshot behind them, and the active segment has a durable
     * name: until then they alone tell, after a crash, where the log ended and where its producers were.
     */
    void disposeFlushed() {
        if (toDispose.isEmpty() || active == null || deleted) {
            return; // Without an active segment the last of them alone tells where the log ends.
        }
        boolean covered = toDispose.getLast().offsetNext() <= flush.flushedOffset
                && active.baseOffset() <= flush.activeBaseOffset;
        if (directory.isPresent() && !covered) {
            shard.markDirty(this);
            shard.requestFlush();
            return;
        }
        shard.dispose(this, List.copyOf(toDispose));
        toDispose.clear();
    }

    /** Applies the topic's retention, and forgets idle producers. */
    void retain(long nowMs, long producerExpirationMs) {
        if (!open || log.refusal() != null) {
            return;
        }
        producers.expire(nowMs, producerExpirationMs);
        LogConfig config = log.config();
        try {
            noteFirstTimestamp();
            ActiveSegment last = activeSegment();
            boolean expired = Retention.isExpired(last, nowMs, config.retentionMs());
            boolean aged =
                    activeFirstTimestampMs != NO_TIMESTAMP && nowMs - activeFirstTimestampMs > config.segmentMs();
            if (last.sizeBytes() > 0 && (expired || aged) && last.offsetNext() <= log.highWatermark()) {
                roll();
            }
        } catch (IOException e) {
            shard.partitionFailed(this, "a roll", e);
            return;
        }
        int count = droppableCount(nowMs);
        if (count > 0) {
            moveLogStart(sealed.get(count - 1).offsetNext(), new CompletableFuture<>());
        }
    }

    /** A segment that cannot be looked at ends the search: it stays, with all behind it, until the next time. */
    private int droppableCount(long nowMs) {
        LogConfig config = log.config();
        try {
            return Retention.droppableCount(
                    sealed,
                    activeSegment().sizeBytes(),
                    log.highWatermark(),
                    nowMs,
                    config.retentionMs(),
                    config.retentionSizeBytes());
        } catch (UncheckedIOException e) {
            LOG.warn("event=retention-skipped partition={} cause=\"{}\"", name(), e.getMessage());
            return 0;
        }
    }

    // ---- Replay of the journal, before the shard runs

    /**
     * Puts an entry of the journal back into its place.
     *
     * @return false if offsets are missing between the log's end and it
     */
    boolean replay(long baseOffset, ByteBuffer batches) throws IOException {
        long end = baseOffset;
        for (int position = batches.position(); position < batches.limit(); ) {
            end = BatchHeader.lastOffset(batches, position) + 1;
            position += BatchHeader.sizeBytes(batches, position);
        }
        if (end <= logEnd) {
            return true;
        }
        ByteBuffer rest = batches.duplicate();
        while (BatchHeader.lastOffset(rest, rest.position()) < logEnd) {
            rest.position(rest.position() + BatchHeader.sizeBytes(rest, rest.position()));
        }
        if (active == null) {
            // The log may begin in the middle of a batch.
            logEnd = Math.min(logEnd, BatchHeader.baseOffset(rest, rest.position()));
            begin();
        }
        if (BatchHeader.baseOffset(rest, rest.position()) != logEnd) {
            return false;
        }
        ActiveSegment segment = activeSegment();
        if (segment.sizeBytes() > 0
                && segment.sizeBytes() + rest.remaining() > log.config().segmentSizeBytes()) {
            roll();
            segment = activeSegment();
        }
        segment.append(rest.duplicate());
        producers.append(rest);
        noteEpoch(BatchHeader.leaderEpoch(rest, rest.position()), logEnd);
        logEnd = end;
        return true;
    }

    private void begin() throws IOException {
        active = segments().create(logEnd);
        log.publish(chainNow());
    }

    void replayLogStart(long offset) {
        logStartPending = Math.max(logStartPending, offset);
    }

    /** Everything is replayed: what is here is durable as soon as it is flushed. */
    void publishRecovered() throws IOException {
        if (active == null) {
            begin();
        }
        if (logStartPending > logEnd) {
            logStartPending = logEnd;
        }
        log.publish(chainNow());
        log.publishLogEnd(logEnd);
        log.advanceHighWatermark(logEnd);
        long start = Math.max(logStartPending, log.chain().get(0).baseOffset());
        logStartPending = start;
        applyLogStart(start);
    }

    /** Remembers what a scan of the log met at {@code position} of {@code batches}. */
    void scanned(ByteBuffer batches, int position) {
        producers.append(batches, position);
        noteEpoch(BatchHeader.leaderEpoch(batches, position), BatchHeader.baseOffset(batches, position));
    }

    // ---- For the flusher and the shard

    /** The segments that may hold bytes which are not durable. */
    List<Segment> unflushed() {
        List<Segment> result = new ArrayList<>();
        for (List<SealedSegment> segments : List.of(toDispose, sealed)) {
            for (SealedSegment segment : segments) {
                if (!segment.isFlushed()) {
                    result.add(segment);
                }
            }
        }
        if (active != null) {
            result.add(active);
        }
        return result;
    }

    long logStartPending() {
        return logStartPending;
    }

    Optional<ActiveSegment> active() {
        return Optional.ofNullable(active);
    }

    List<SealedSegment> sealedSegments() {
        return sealed;
    }

    Optional<SegmentProvider> provider() {
        return Optional.ofNullable(provider);
    }

    /** Takes away a segment that no chain holds any more, and its snapshot. In the background; no flush is under way. */
    void remove(SealedSegment segment) throws IOException {
        segment.delete();
        if (directory.isPresent()) {
            directory.get().deleteSnapshot(segment.baseOffset());
        }
    }

    /** Removes everything; readers keep what they hold. In the background; no flush is under way. */
    void deleteFiles() throws IOException {
        if (provider != null) {
            provider.deleteAll();
        }
    }

    /** Gives back the handles of all segments. No flush is under way. */
    void close() throws IOException {
        for (SealedSegment segment : sealed) {
            segment.close();
        }
        if (active != null) {
            active.close();
        }
    }

    private ActiveSegment activeSegment() {
        return Objects.requireNonNull(active, "an open partition has an active segment");
    }

    private SegmentProvider segments() {
        return Objects.requireNonNull(provider, "an open partition has a provider");
    }

    private SegmentChain chainNow() {
        List<Segment> all = new ArrayList<>(sealed);
        if (active != null) {
            all.add(active);
        }
        return new SegmentChain(all);
    }
}
