package dev.millrace.log;

import dev.millrace.base.Check;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.journal.JournalEntry;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.producer.RememberedBatch;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The writing side of a {@link PartitionLog}: appends, and the replay of those that only the journal had. What an append means for the
 * files is in {@link PartitionSegments}, how records go is in {@link PartitionPast}. Owned by the shard's thread.
 */
final class PartitionWriter {

    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

    final PartitionLog log;
    final FlushState flush = new FlushState();
    final FileRemovals removals = new FileRemovals();
    private final LogShard shard;
    private final PartitionSegments segments;
    private final PartitionPast past;
    private final PartitionCompaction compaction;
    private final ProducerStates producers = new ProducerStates();
    private final PartitionTransactions transactions = new PartitionTransactions(this, producers);

    /** Empty for a partition in memory. */
    Optional<PartitionDirectory> directory = Optional.empty();

    private long logEnd;
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

    PartitionWriter(PartitionLog log, LogShard shard) {
        this.log = log;
        this.shard = shard;
        this.segments = new PartitionSegments(log);
        this.past = new PartitionPast(this, segments, shard);
        this.compaction = new PartitionCompaction(this, shard);
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

    PartitionTransactions transactions() {
        return transactions;
    }

    PartitionPast past() {
        return past;
    }

    PartitionCompaction compaction() {
        return compaction;
    }

    PartitionSegments segments() {
        return segments;
    }

    /** Whether it takes appends. */
    boolean isOpen() {
        return open && log.refusal() == null;
    }

    // ---- Opening

    /** Takes over what recovery found; see {@link PartitionRecovery}. */
    void adopt(PartitionDirectory home, SegmentProvider provider, List<SealedSegment> found, ActiveSegment last) {
        directory = Optional.of(home);
        segments.adopt(provider, found, last);
        logEnd = last.offsetNext();
    }

    /** As {@link #adopt}, when there are no segments: what the journal gives is the first, and a segment begins with it. */
    void adoptNothing(PartitionDirectory home, SegmentProvider provider, long logStart) {
        directory = Optional.of(home);
        segments.useProvider(provider);
        logEnd = logStart;
    }

    /** Takes over a partition whose files are left alone for now: what its line in the checkpoint says. */
    void rest(RestingPartition state, Checkpoint.Line line) {
        logEnd = line.flushedOffset();
        flush.summary = line.summary();
        log.rest(state, line.logStartOffset(), line.flushedOffset());
    }

    void useProvider(SegmentProvider provider) {
        segments.useProvider(provider);
    }

    /** Begins a new, empty partition. Its files are made at the first append. */
    void create(SegmentProvider provider) throws IOException {
        segments.useProvider(provider);
        segments.begin(0);
    }

    /** The partition takes appends from now on; those that waited go before all others. */
    void becomeOpen() {
        open = true;
        log.publishLeaderEpoch(Math.max(log.leaderEpoch(), log.epochs().latest()));
        log.opened().complete(null);
        shard.partitions().unparked(this);
        shard.queue().putFirst(parked);
    }

    private void park(ShardTask task) {
        parked.add(task);
        shard.queue().park(task);
        shard.partitions().parked(this);
    }

    /** Fails what waits until the partition is open. */
    void failParked(Throwable cause) {
        if (parked.isEmpty()) {
            return;
        }
        shard.partitions().unparked(this);
        for (ShardTask task = parked.poll(); task != null; task = parked.poll()) {
            shard.queue().unpark(task);
            task.fail(cause);
        }
    }

    /** Runs {@code command} now, or as soon as the partition is open; fails it if the partition takes nothing. */
    void whenOpen(Runnable command, Consumer<Throwable> onFailure) {
        log.bringBack();
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

    /** Whether an append would go to the end of a file that is there. */
    boolean takesBriefly(AppendTask task) {
        try {
            return open
                    && !log.isResting()
                    && segments.takesBriefly(
                            task.sizeBytes(), logEnd + task.batches.recordsCount(), task.batches.maxTimestampMs());
        } catch (IOException e) {
            return false; // The append itself will tell.
        }
    }

    void append(AppendTask task) {
        log.bringBack();
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
            transactions.check(task);
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
        long baseOffset = logEnd;
        long expectedEnd = baseOffset + task.batches.recordsCount();
        if (segments.mustRoll(task.sizeBytes(), expectedEnd, task.batches.maxTimestampMs())) {
            roll();
        }
        long end = assignOffsets(batches, baseOffset, log.leaderEpoch());
        Check.equal(end, expectedEnd, "offsets assigned to " + name());
        segments.append(batches);
        if (shard.journal().exists()) {
            makeDurable(baseOffset, batches);
        }
        accepted(batches, end);
        task.result(new AppendResult(baseOffset, end, task.batches.logAppendTimeMs(), log.logStart()));
        shard.group().add(task);
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

    private void makeDurable(long baseOffset, ByteBuffer batches) {
        if (!shard.journal().takes(batches.remaining())) {
            syncInPlace = true;
            noteInJournal();
            return;
        }
        if (!flush.namesDurable && flush.firstSequence < 0) {
            // A crash may take the directory itself: the journal says what it was called.
            journal(JournalEntry.Kind.OPENED, 0, ByteBuffer.wrap(log.topic().getBytes(StandardCharsets.UTF_8)));
        }
        journal(JournalEntry.Kind.APPEND, baseOffset, batches);
    }

    /** The journal knows each partition that was written, also where it does not have the bytes: a start leaves the others alone. */
    private void noteInJournal() {
        if (flush.namesDurable) {
            journal(JournalEntry.Kind.LOG_START, past.logStartPending(), NO_PAYLOAD);
        } else {
            journal(JournalEntry.Kind.OPENED, 0, ByteBuffer.wrap(log.topic().getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Stages an entry in the journal, which there is; {@code payload} must not change until the cycle ends. */
    void journal(JournalEntry.Kind kind, long offset, ByteBuffer payload) {
        flush.journaled(shard.journal().append(kind, log.id(), offset, payload));
    }

    /** The batches are in the active segment: what else must know of them. */
    private void accepted(ByteBuffer batches, long end) throws IOException {
        rememberProducers(batches);
        noteEpoch(BatchHeader.leaderEpoch(batches, batches.position()), logEnd);
        logEnd = end;
        log.publishLogEnd(end);
        shard.group().touch(this);
        shard.markDirty(this);
    }

    private void rememberProducers(ByteBuffer batches) throws IOException {
        for (int position = batches.position(); position < batches.limit(); ) {
            Optional<AbortedSpan> aborted = transactions.accepted(batches, position);
            if (aborted.isPresent()) {
                segments.active().noteAborted(aborted.get());
            }
            position += BatchHeader.sizeBytes(batches, position);
        }
    }

    /** Everything that was accepted is durable: the marks of readers move. */
    void becameDurable() {
        log.advanceHighWatermark(logEnd);
        transactions.publishLastStable();
    }

    private void noteEpoch(int epoch, long startOffset) {
        if (epoch > log.epochs().latest()) {
            log.publishEpochs(log.epochs().begun(epoch, startOffset));
            flush.epochsChanged = true;
        }
    }

    // ---- Rolling

    private void roll() throws IOException {
        if (directory.isPresent() && producers.producersCount() > 0) {
            flush.rollSnapshots.put(logEnd, producers.toSnapshot());
        }
        segments.roll(logEnd);
        shard.markDirty(this);
    }

    /** Rolls; when that fails the partition is offline, and the reason is given. */
    Optional<MillraceException> tryRoll() {
        try {
            roll();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(shard.partitionFailed(this, "a roll", e));
        }
    }

    void rollNow(CompletableFuture<Long> done) {
        Optional<MillraceException> failure = segments.active().sizeBytes() > 0 ? tryRoll() : Optional.empty();
        if (failure.isPresent()) {
            done.completeExceptionally(failure.get());
        } else {
            done.complete(logEnd);
        }
    }

    /** Applies the topic's retention, and forgets idle producers. */
    void retain(long nowMs, long producerExpirationMs) {
        log.bringBack();
        if (open && log.refusal() == null) {
            producers.expire(nowMs, producerExpirationMs);
            transactions.guards().sweep();
            past.retain(nowMs);
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
        if (!segments.hasActive()) {
            // The log may begin in the middle of a batch.
            logEnd = Math.min(logEnd, BatchHeader.baseOffset(rest, rest.position()));
            segments.begin(logEnd);
        }
        if (BatchHeader.baseOffset(rest, rest.position()) != logEnd) {
            return false;
        }
        ActiveSegment segment = segments.active();
        if (segment.sizeBytes() > 0
                && segment.sizeBytes() + rest.remaining() > log.config().segmentSizeBytes()) {
            roll();
        }
        segments.append(rest);
        rememberProducers(rest);
        noteEpoch(BatchHeader.leaderEpoch(rest, rest.position()), logEnd);
        logEnd = end;
        return true;
    }

    void replayLogStart(long offset) {
        past.replay(offset);
    }

    /** Brought back while the shard runs: it begins and ends as the checkpoint said. On any thread, before the shard's uses it. */
    void publishBroughtBack() throws IOException {
        if (!segments.hasActive()) {
            segments.begin(logEnd);
        }
        Check.equal(logEnd, log.logEnd(), "end of " + name() + " as its checkpoint says");
        log.publishEpochs(log.epochs().startingAt(log.logStart()));
        log.publishLeaderEpoch(Math.max(log.leaderEpoch(), log.epochs().latest()));
        transactions.publishRecovered();
        shard.post(past::dropBeforeStart);
    }

    /** Everything is replayed: what is here is durable as soon as it is flushed. */
    void publishRecovered() throws IOException {
        if (!segments.hasActive()) {
            segments.begin(logEnd);
        }
        log.publishLeaderEpoch(Math.max(log.leaderEpoch(), log.epochs().latest()));
        log.publishLogEnd(logEnd);
        log.advanceHighWatermark(logEnd);
        transactions.publishRecovered();
        past.publishRecovered(logEnd);
    }

    /** Remembers the producer of what a scan of the log met at {@code position} of {@code batches}, in {@code segment}. */
    void scannedProducer(ByteBuffer batches, int position, Segment segment) throws IOException {
        Optional<AbortedSpan> aborted = producers.append(batches, position);
        if (aborted.isPresent()) {
            segment.noteAborted(aborted.get());
        }
    }

    /** Remembers the leader epoch of what a scan of the log met at {@code position} of {@code batches}. */
    void scannedEpoch(ByteBuffer batches, int position) {
        noteEpoch(BatchHeader.leaderEpoch(batches, position), BatchHeader.baseOffset(batches, position));
    }

    // ---- For the flusher and the shard

    /** The segments that may hold bytes which are not durable. */
    List<Segment> unflushed() {
        return segments.unflushed();
    }

    /** Makes durable what is in segments alone. No flush is under way. */
    void syncSegments() throws IOException {
        for (Segment segment : unflushed()) {
            segment.flush();
        }
        flush.namesDurable = true;
    }

    /** Takes nothing from now on, for good. */
    void markDeleted() {
        deleted = true;
        syncInPlace = false; // What it waits for will never be durable, nor does it have to be.
        log.markDeleted();
        failParked(new MillraceException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition " + name() + " was deleted"));
    }

    /** What a checkpoint can say of the partition as it is, so that a start may leave its files alone; empty if they are not in order. */
    Optional<Checkpoint.Summary> summary() {
        if (log.refusal() != null || removals.isUnderWay()) {
            return Optional.empty(); // What may be left of a removal the next start finds.
        }
        if (producers.undecided().firstOffset() != Long.MAX_VALUE) {
            return Optional.empty(); // How far readers of committed data see is told by the batches.
        }
        Optional<RestingPartition> resting = log.resting();
        return resting.isPresent()
                ? resting.map(RestingPartition::summary)
                : segments.summary(log.epochs().latest());
    }

    /** Removes everything; readers keep what they hold. In the background; no flush is under way. */
    void deleteFiles() throws IOException {
        log.resting().ifPresent(RestingPartition::leave);
        segments.deleteAll();
    }

    /** Gives back the handles of all segments. No flush is under way. */
    void close() throws IOException {
        log.resting().ifPresent(RestingPartition::leave);
        segments.close();
    }
}
