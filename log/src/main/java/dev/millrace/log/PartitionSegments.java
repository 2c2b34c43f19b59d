package dev.millrace.log;

import dev.millrace.base.Check;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentProvider;
import dev.millrace.log.segment.SegmentReplacement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a partition as its writer sees them. Each change of the chain is published at once. Owned by the shard's thread.
 *
 * <pre>
 *   dropped [ 0 ][ 40 ]   sealed [ 90 ][ 130 ]   active [ 200 ··· )
 *   out of the chain,     never change           grows
 *   not yet off the disk
 * </pre>
 */
final class PartitionSegments {

    private static final long UNKNOWN = Long.MIN_VALUE;
    /** What one more batch may add to an index: an entry of a time index. */
    private static final int MAX_INDEX_ENTRY_SIZE_BYTES = 12;

    /** An odd number without a pattern in its bits (2^64 through the golden ratio): multiplied with it, close hashes lie far apart. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final PartitionLog log;
    private @Nullable SegmentProvider provider;
    private final List<SealedSegment> dropped = new ArrayList<>();
    private final List<SealedSegment> sealed = new ArrayList<>();
    private @Nullable ActiveSegment active;
    /** Largest timestamp of the active segment's first batch; negative if it has none. */
    private long firstTimestampMs = UNKNOWN;

    PartitionSegments(PartitionLog log) {
        this.log = log;
    }

    void useProvider(SegmentProvider segments) {
        provider = segments;
    }

    /** Takes over what recovery found. */
    void adopt(SegmentProvider segments, List<SealedSegment> found, ActiveSegment last) {
        provider = segments;
        sealed.addAll(found);
        active = last;
        publish();
    }

    boolean hasActive() {
        return active != null;
    }

    /** The one that grows. The partition was created or recovered, and no roll of it has failed. */
    ActiveSegment active() {
        return Objects.requireNonNull(active, "an open partition has an active segment");
    }

    /** All but the active one, ascending; to be looked at only. */
    List<SealedSegment> sealed() {
        return sealed;
    }

    // ---- Growing

    void append(ByteBuffer batches) throws IOException {
        ActiveSegment segment = active();
        if (segment.sizeBytes() == 0) {
            firstTimestampMs = BatchHeader.maxTimestampMs(batches, batches.position());
        }
        segment.append(batches.duplicate());
    }

    /** Whether an append of {@code sizeBytes} that ends before {@code offsetNext} needs a new segment. */
    boolean mustRoll(long sizeBytes, long offsetNext, long maxTimestampMs) throws IOException {
        ActiveSegment segment = active();
        if (segment.sizeBytes() == 0) {
            return false;
        }
        return segment.sizeBytes() + sizeBytes > log.config().segmentSizeBytes()
                || segment.indexSizeBytes() + MAX_INDEX_ENTRY_SIZE_BYTES
                        > log.config().segmentIndexSizeBytes()
                || isTooOldAt(maxTimestampMs)
                || offsetNext - segment.baseOffset() > Integer.MAX_VALUE;
    }

    /** Whether an append goes to the end of the file that is there, and nothing has to be looked up to know that. */
    boolean takesBriefly(long sizeBytes, long offsetNext, long maxTimestampMs) throws IOException {
        return active != null
                && active.sizeBytes() > 0
                && firstTimestampMs != UNKNOWN
                && !mustRoll(sizeBytes, offsetNext, maxTimestampMs);
    }

    /** Whether the first record of the active segment is older than {@code segment.ms} at {@code timestampMs}; not if it has no time. */
    boolean isTooOldAt(long timestampMs) throws IOException {
        noteFirstTimestamp();
        return firstTimestampMs >= 0
                && timestampMs - firstTimestampMs > log.config().segmentMs() - jitterMs();
    }

    /** Spread over segments as if by chance, and the same after a restart. */
    private long jitterMs() {
        long maxJitterMs = Math.min(log.config().segmentJitterMs(), log.config().segmentMs());
        if (maxJitterMs <= 0) {
            return 0;
        }
        return Math.floorMod((log.id().hashCode() + active().baseOffset()) * SPREAD, maxJitterMs);
    }

    /** After a restart it is looked up once. */
    private void noteFirstTimestamp() throws IOException {
        ActiveSegment segment = active();
        if (firstTimestampMs != UNKNOWN || segment.sizeBytes() == 0) {
            return;
        }
        Optional<Slice> first = segment.firstBatchAtOrAfter(Long.MIN_VALUE, segment.baseOffset());
        if (first.isPresent()) {
            ByteBuffer batch = ByteBuffer.allocate(first.get().sizeBytes());
            first.get().copyTo(batch);
            firstTimestampMs = BatchHeader.maxTimestampMs(batch, 0);
        }
    }

    /** Seals the active segment, which ends before {@code logEnd}, and begins the next. */
    void roll(long logEnd) throws IOException {
        ActiveSegment full = active();
        Check.equal(full.offsetNext(), logEnd, "end of the segment that is rolled");
        SealedSegment done = full.seal();
        sealed.add(done);
        active = null;
        begin(logEnd);
    }

    /** Begins a segment where none is active. */
    void begin(long baseOffset) throws IOException {
        active = Objects.requireNonNull(provider, "somebody said where segments are")
                .create(baseOffset);
        firstTimestampMs = UNKNOWN;
        publish();
    }

    // ---- Shrinking

    /** Takes the segments that lie wholly before {@code offset} out of the chain; whether there were any. */
    boolean dropBefore(long offset) {
        boolean some = false;
        while (!sealed.isEmpty() && sealed.getFirst().offsetNext() <= offset) {
            dropped.add(sealed.removeFirst());
            some = true;
        }
        if (some) {
            publish();
        }
        return some;
    }

    /** Begins to replace sealed segments, of which this is the first; {@link #replaced} follows. Any thread. */
    SegmentReplacement replace(SealedSegment first) throws IOException {
        return Objects.requireNonNull(provider, "somebody said where segments are")
                .replace(first);
    }

    /** Shows {@code result} in the place of {@code neighbours}; does nothing, and says so, if some of them are not in the chain any more. */
    boolean replaced(List<SealedSegment> neighbours, SealedSegment result) {
        int first = sealed.indexOf(neighbours.getFirst());
        if (first < 0 || sealed.size() < first + neighbours.size()) {
            return false;
        }
        List<SealedSegment> range = sealed.subList(first, first + neighbours.size());
        if (!range.equals(neighbours)) {
            return false;
        }
        range.clear();
        sealed.add(first, result);
        publish();
        return true;
    }

    /** Those that are out of the chain and still on the disk, ascending; to be looked at only. */
    List<SealedSegment> dropped() {
        return dropped;
    }

    /** As {@link #dropped}, and forgets them. */
    List<SealedSegment> takeDropped() {
        List<SealedSegment> taken = List.copyOf(dropped);
        dropped.clear();
        return taken;
    }

    /** Removes everything; readers keep what they hold. In the background; no flush is under way. */
    void deleteAll() throws IOException {
        SegmentProvider segments = provider;
        if (segments != null) {
            segments.deleteAll();
        }
    }

    // ---- For flushes, and the end

    /** See {@link PartitionWriter#summary}. Asks the disk for sizes that nobody has asked for since the start. */
    Optional<Checkpoint.Summary> summary(int leaderEpoch) {
        ActiveSegment last = active;
        if (last == null || !dropped.isEmpty()) {
            return Optional.empty();
        }
        try {
            long sizeBytes = last.sizeBytes();
            for (SealedSegment segment : sealed) {
                sizeBytes += segment.sizeBytes();
            }
            Segment first = sealed.isEmpty() ? last : sealed.getFirst();
            return Optional.of(
                    new Checkpoint.Summary(leaderEpoch, sizeBytes, sealed.size() + 1, first.largestTimestampMs()));
        } catch (UncheckedIOException e) {
            return Optional.empty(); // A start that looks at them says what is wrong.
        }
    }

    /** Those that may hold bytes which are not durable, ascending. */
    List<Segment> unflushed() {
        List<Segment> result = new ArrayList<>();
        for (List<SealedSegment> segments : List.of(dropped, sealed)) {
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

    /** Gives back the handles of all segments. No flush is under way. */
    void close() throws IOException {
        for (SealedSegment segment : sealed) {
            segment.close();
        }
        if (active != null) {
            active.close();
        }
    }

    private void publish() {
        List<Segment> all = new ArrayList<>(sealed);
        if (active != null) {
            all.add(active);
        }
        log.publish(new SegmentChain(all));
    }
}
