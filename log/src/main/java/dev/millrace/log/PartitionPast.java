package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.journal.JournalEntry;
import dev.millrace.log.retention.Retention;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a partition gives up its oldest records: first the fact that the log begins later becomes durable, then readers see it, then
 * segments that lie wholly before it go. Owned by the shard's thread.
 */
final class PartitionPast {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionPast.class);
    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

    private final PartitionWriter writer;
    private final PartitionLog log;
    private final PartitionSegments segments;
    private final LogShard shard;

    /** Where the log will begin when that is durable. */
    private long logStartPending;

    PartitionPast(PartitionWriter writer, PartitionSegments segments, LogShard shard) {
        this.writer = writer;
        this.log = writer.log;
        this.segments = segments;
        this.shard = shard;
    }

    long logStartPending() {
        return logStartPending;
    }

    /** See {@link PartitionLog#deleteRecords}. */
    void deleteRecords(long offset, CompletableFuture<Long> done) {
        long highWatermark = log.highWatermark();
        long target = offset == -1 ? highWatermark : offset;
        if (target < 0 || target > highWatermark) {
            done.completeExceptionally(new MillraceException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "cannot delete the records of " + writer.name() + " before " + target + ": the high watermark is "
                            + highWatermark));
            return;
        }
        moveLogStart(target, done);
    }

    /** Applies the topic's retention. */
    void retain(long nowMs) {
        try {
            if (isTimeToRoll(nowMs) && writer.tryRoll().isPresent()) {
                return;
            }
            int count = droppableCount(nowMs);
            if (count > 0) {
                moveLogStart(segments.sealed().get(count - 1).offsetNext(), new CompletableFuture<>());
            }
        } catch (IOException | UncheckedIOException e) {
            // A segment that cannot be looked at stays, with all behind it, until the next time.
            LOG.warn("event=retention-skipped partition={} cause=\"{}\"", writer.name(), e.getMessage());
        }
    }

    /** An active segment whose time has come ends, though nobody appends. */
    private boolean isTimeToRoll(long nowMs) throws IOException {
        ActiveSegment last = segments.active();
        return last.sizeBytes() > 0
                && last.offsetNext() <= log.highWatermark()
                && (Retention.isExpired(last, nowMs, log.config().retentionMs()) || segments.isTooOldAt(nowMs));
    }

    private int droppableCount(long nowMs) {
        LogConfig config = log.config();
        return Retention.droppableCount(
                segments.sealed(),
                segments.active().sizeBytes(),
                log.highWatermark(),
                nowMs,
                config.retentionMs(),
                config.retentionSizeBytes());
    }

    private void moveLogStart(long target, CompletableFuture<Long> done) {
        if (target > logStartPending) {
            logStartPending = target;
            if (shard.journal().exists()) {
                writer.journal(JournalEntry.Kind.LOG_START, target, NO_PAYLOAD);
                shard.markDirty(writer);
            }
        }
        shard.whenFactDurable(
                () -> {
                    apply(target);
                    done.complete(log.logStart());
                },
                done::completeExceptionally);
    }

    /** The journal says that the log begins at {@code offset}. Before the shard runs. */
    void replay(long offset) {
        logStartPending = Math.max(logStartPending, offset);
    }

    /** Everything is replayed. Before the shard runs. */
    void publishRecovered(long logEnd) {
        long firstOffset = log.chain().get(0).baseOffset();
        logStartPending = Math.max(Math.min(logStartPending, logEnd), firstOffset);
        apply(logStartPending);
    }

    private void apply(long target) {
        if (writer.deleted || target <= log.logStart()) {
            return;
        }
        log.publishLogStart(target);
        dropBeforeStart();
        log.publishEpochs(log.epochs().startingAt(target));
        writer.flush.epochsChanged = true;
    }

    /** Gives up the segments that lie wholly before the start of the log. */
    void dropBeforeStart() {
        if (!writer.deleted && segments.dropBefore(log.logStart())) {
            writer.flush.summary = Optional.empty(); // It counted what is dropped.
            disposeFlushed();
        }
    }

    /**
     * Takes away dropped segments as soon as a checkpoint names a producer snapshot behind them, and the active segment has a durable
     * name: until then they alone tell, after a crash, where the log ended and where its producers were.
     */
    void disposeFlushed() {
        if (segments.dropped().isEmpty() || !segments.hasActive() || writer.deleted) {
            return; // Without an active segment the last of them alone tells where the log ends.
        }
        boolean covered = segments.dropped().getLast().offsetNext() <= writer.flush.flushedOffset
                && segments.active().baseOffset() <= writer.flush.activeBaseOffset;
        if (writer.directory.isPresent() && !covered) {
            shard.markDirty(writer);
            shard.flusher().request();
            return;
        }
        List<SealedSegment> dropped = segments.takeDropped();
        shard.flusher().whenIdle(() -> dropped.forEach(this::remove));
    }

    private void remove(SealedSegment segment) {
        writer.removals.add(
                shard.background(),
                () -> removeFiles(segment),
                failure -> failure.ifPresent(cause -> LOG.warn(
                        "event=segment-not-deleted partition={} baseOffset={}",
                        writer.name(),
                        segment.baseOffset(),
                        cause)));
    }

    /** In the background; no flush is under way that knows the segment. */
    private void removeFiles(SealedSegment segment) throws IOException {
        segment.delete();
        if (writer.directory.isPresent()) {
            writer.directory.get().deleteSnapshot(segment.baseOffset());
        }
    }
}
