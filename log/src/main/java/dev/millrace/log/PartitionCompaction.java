package dev.millrace.log;

import dev.millrace.log.compaction.CompactionConfig;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.SealedSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is compacted of one partition, and whether it is time to compact more. Owned by the shard's thread. Of a partition that rests it
 * knows only what its checkpoint says: if that may mean work, somebody else brings it back first.
 *
 * <pre>
 *   log   start ········ cleanedOffset ············ end of what may be compacted ········ active
 *         compacted      dirty: to be compacted     too young, undecided, not durable     never
 * </pre>
 */
final class PartitionCompaction {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionCompaction.class);
    private static final long FIRST_PAUSE_MS = 60_000;
    private static final long MAX_PAUSE_MS = 3_600_000;
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final PartitionWriter writer;
    private final LogShard shard;

    private long cleanedOffset;
    /** Nobody has looked yet whether the log reaches as far as the checkpoint says. */
    private boolean unchecked;

    private boolean underWay;
    private long notBeforeMs = Long.MIN_VALUE;
    private long pauseMs = FIRST_PAUSE_MS;
    private long firstDirtyBase = -1;
    private long firstDirtyTimestampMs = UNKNOWN;

    /** How much a partition needs compaction. */
    record Need(PartitionWriter writer, double dirtyRatio) {}

    PartitionCompaction(PartitionWriter writer, LogShard shard) {
        this.writer = writer;
        this.shard = shard;
    }

    /** What a checkpoint says. Before the shard runs. */
    void recovered(long offset) {
        cleanedOffset = offset;
        unchecked = true;
    }

    /** Empty if there is nothing to compact now. What is only not durable enough is flushed: then there is, soon. */
    Optional<Need> need(long nowMs) {
        CompactionConfig config = writer.log.config().compaction();
        if (!config.enabled() || underWay || nowMs < notBeforeMs || !writer.isOpen() || writer.log.isResting()) {
            return Optional.empty();
        }
        try {
            int limit = compactableCount(nowMs);
            double ratio = dirtyRatio(limit, nowMs);
            if (ratio < 0) {
                return Optional.empty();
            }
            if (durableCount(limit) < limit) {
                shard.markDirty(writer);
                shard.flusher().request();
            }
            return Optional.of(new Need(writer, ratio));
        } catch (IOException | UncheckedIOException e) {
            skipped(e);
            return Optional.empty();
        }
    }

    private void skipped(Exception cause) {
        LOG.warn("event=compaction-skipped partition={} cause=\"{}\"", writer.name(), cause.getMessage());
    }

    /** Whether the partition rests, and has sealed segments that may not be compacted: then it has to be brought back. */
    boolean isNeededFromRest() {
        Optional<RestingPartition> resting = writer.log.resting();
        if (resting.isEmpty() || !writer.log.config().compaction().enabled() || !writer.isOpen()) {
            return false;
        }
        // Of two segments, the first is the compacted one, unless nothing of what is left was ever compacted.
        int segmentsCount = resting.get().summary().segmentsCount();
        return segmentsCount > 2 || (segmentsCount == 2 && cleanedOffset <= writer.log.logStart());
    }

    /** How many of the sealed segments are old enough and decided. */
    private int compactableCount(long nowMs) {
        List<SealedSegment> sealed = writer.segments().sealed();
        long end = writer.log.readableEnd(ReadRequest.Bound.COMMITTED);
        long minLagMs = writer.log.config().compaction().minLagMs();
        int count = 0;
        for (SealedSegment segment : sealed) {
            boolean tooYoung = minLagMs > 0 && segment.largestTimestampMs() > nowMs - minLagMs;
            if (segment.offsetNext() > end || tooYoung) {
                break;
            }
            count++;
        }
        return count;
    }

    /** How many of the first {@code limit} sealed segments a checkpoint calls durable. */
    private int durableCount(int limit) {
        List<SealedSegment> sealed = writer.segments().sealed();
        if (writer.directory.isEmpty()) {
            return limit;
        }
        int count = 0;
        while (count < limit
                && sealed.get(count).isFlushed()
                && sealed.get(count).offsetNext() <= writer.flush.flushedOffset) {
            count++;
        }
        return count;
    }

    /** The share of dirty bytes if that, or their age, is a reason to compact; negative if there is none. */
    private double dirtyRatio(int limit, long nowMs) throws IOException {
        long dirtyOffset = dirtyOffset();
        long cleanBytes = 0;
        long dirtyBytes = 0;
        Optional<SealedSegment> firstDirty = Optional.empty();
        for (SealedSegment segment : writer.segments().sealed().subList(0, limit)) {
            if (segment.offsetNext() <= dirtyOffset) {
                cleanBytes += segment.sizeBytes();
            } else {
                dirtyBytes += segment.sizeBytes();
                firstDirty = firstDirty.isPresent() ? firstDirty : Optional.of(segment);
            }
        }
        if (firstDirty.isEmpty()) {
            return -1;
        }
        CompactionConfig config = writer.log.config().compaction();
        double ratio = (double) dirtyBytes / (cleanBytes + dirtyBytes);
        boolean tooOld = config.maxLagMs() < Long.MAX_VALUE
                && firstTimestampMs(firstDirty.get()) >= 0
                && nowMs - firstDirtyTimestampMs > config.maxLagMs();
        return tooOld ? 1 : ratio > config.minDirtyRatio() ? ratio : -1;
    }

    private long dirtyOffset() {
        if (unchecked) {
            unchecked = false;
            // What came after a loss is not compacted.
            cleanedOffset = cleanedOffset <= writer.log.logEnd() ? cleanedOffset : 0;
        }
        return Math.max(cleanedOffset, writer.log.logStart());
    }

    private long firstTimestampMs(SealedSegment segment) throws IOException {
        if (firstDirtyBase != segment.baseOffset()) {
            firstDirtyTimestampMs = -1;
            Optional<Slice> first = segment.firstBatchAtOrAfter(Long.MIN_VALUE, segment.baseOffset());
            if (first.isPresent()) {
                ByteBuffer batch = ByteBuffer.allocate(first.get().sizeBytes());
                first.get().copyTo(batch);
                firstDirtyTimestampMs = BatchHeader.maxTimestampMs(batch, 0);
            }
            firstDirtyBase = segment.baseOffset();
        }
        return firstDirtyTimestampMs;
    }

    /** What can be compacted now; empty if that is nothing any more. Then, and until {@link #ended}, nothing else begins. */
    Optional<CleaningRequest> begin(long nowMs) {
        if (underWay || writer.deleted || !writer.isOpen() || writer.log.isResting()) {
            return Optional.empty();
        }
        List<SealedSegment> segments;
        try {
            int count = durableCount(compactableCount(nowMs));
            segments = List.copyOf(writer.segments().sealed().subList(0, count));
        } catch (UncheckedIOException e) {
            skipped(e);
            return Optional.empty();
        }
        long dirtyOffset = dirtyOffset();
        if (segments.isEmpty() || segments.getLast().offsetNext() <= dirtyOffset) {
            return Optional.empty();
        }
        underWay = true;
        writer.flush.summary = Optional.empty();
        return Optional.of(new CleaningRequest(
                writer,
                writer.log.config(),
                segments,
                dirtyOffset,
                writer.producers().ends(),
                nowMs));
    }

    /** A compaction came to its end. */
    void ended(long newCleanedOffset) {
        underWay = false;
        describeAnew();
        cleanedOffset = Math.max(cleanedOffset, newCleanedOffset);
        pauseMs = FIRST_PAUSE_MS;
    }

    /** A compaction was given up, because of other events. */
    void givenUp() {
        underWay = false;
        describeAnew();
    }

    /** @param again whether trying again later may help; if not, it is not tried before the next start */
    void failed(long nowMs, boolean again) {
        underWay = !again;
        notBeforeMs = nowMs + pauseMs;
        pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
        describeAnew();
    }

    /** What checkpoints said of the files before does not hold any more; the next one says what they are now. */
    private void describeAnew() {
        writer.flush.summary = Optional.empty();
        if (!writer.deleted) {
            shard.markDirty(writer);
        }
    }
}
