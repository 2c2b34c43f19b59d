package dev.millrace.log;

import dev.millrace.log.compaction.BatchFilter;
import dev.millrace.log.compaction.LatestRecords;
import dev.millrace.log.compaction.TransactionFilter;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.BatchRewriter;
import dev.millrace.log.records.RecordReader;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.CorruptSegmentException;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentReplacement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One compaction of one partition, step by step: each step reads about a megabyte, and writes no more.
 *
 * <pre>
 *   map    read the uncompacted segments, note the last offset of each key
 *   copy   read segments from the first one on, write what stays of them, as many into one as it holds
 *   wait   the shard's thread shows the new segment in the place of the old ones
 *   copy   the next ones, and so on
 *   done
 * </pre>
 *
 * <p>Owned by the thread that compacts.
 */
final class Cleaning implements AutoCloseable {

    private static final int CHUNK_SIZE_BYTES = 1 << 20;
    /** A file is synced whenever it has grown by this, so that its end does not stand in the way of other syncs. */
    private static final long FLUSH_EVERY_BYTES = 8L << 20;
    /** What one group of old segments may hold, as a multiple of {@code segment.bytes}: after a crash a group is done anew. */
    private static final int MAX_GROUP_SEGMENTS = 16;

    /** Where a cleaning is. */
    enum Phase {
        MAP,
        COPY,
        /** {@link #result} waits to be shown in the place of {@link #group}. */
        WAIT,
        DONE
    }

    private final CleaningRequest request;
    private final LatestRecords latest;
    private final RecordReader reader = new RecordReader();
    private final BatchRewriter target = new BatchRewriter();
    private final TransactionFilter mapTransactions = new TransactionFilter();
    private final TransactionFilter copyTransactions = new TransactionFilter();
    private final BatchFilter filter;
    private ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_SIZE_BYTES);

    private Phase phase = Phase.MAP;
    private boolean expecting;
    private int segmentIndex;
    private long offset;

    // Of the group that is being copied.
    private int groupStart;
    private @Nullable SegmentReplacement replacement;
    private @Nullable SealedSegment result;
    private boolean groupEnds;
    private long groupSizeBytes;
    private long flushedSizeBytes;

    private long bytesRead;
    private long bytesWritten;

    Cleaning(CleaningRequest request, LatestRecords latest) {
        this.request = request;
        this.latest = latest;
        this.filter = new BatchFilter(
                latest,
                copyTransactions,
                request.producers(),
                request.nowMs(),
                request.config().compaction().deleteRetentionMs(),
                target);
        while (segments().get(segmentIndex).offsetNext() <= request.dirtyOffset()) {
            segmentIndex++;
        }
        offset = request.dirtyOffset();
    }

    CleaningRequest request() {
        return request;
    }

    Phase phase() {
        return phase;
    }

    private List<SealedSegment> segments() {
        return request.segments();
    }

    /**
     * Does a little. In {@link Phase#WAIT} and {@link Phase#DONE} there is nothing to do.
     *
     * @return bytes read and written
     * @throws dev.millrace.base.error.MillraceException if records cannot be read
     */
    long step() throws IOException {
        long before = bytesRead + bytesWritten;
        if (phase == Phase.MAP) {
            map();
        } else if (phase == Phase.COPY) {
            copy();
        }
        return bytesRead + bytesWritten - before;
    }

    // ---- The first pass

    private void map() throws IOException {
        if (!expecting) {
            expectAborted();
            expecting = true;
        }
        SealedSegment segment = segments().get(segmentIndex);
        ByteBuffer batches = read(segment);
        boolean fits = true;
        for (int position = 0; fits && position < batches.limit(); ) {
            fits = note(batches, position);
            position += BatchHeader.sizeBytes(batches, position);
        }
        if (fits && offset >= segment.offsetNext()) {
            segmentIndex++;
        }
        if (!fits || segmentIndex == segments().size()) {
            phase = Phase.COPY;
            segmentIndex = 0;
            beginGroup();
        }
    }

    /** The markers of some of the transactions may be behind the segments that are compacted. */
    private void expectAborted() throws IOException {
        SegmentChain chain = request.writer().log.chain();
        List<AbortedSpan> aborted = new ArrayList<>();
        boolean complete = false;
        for (int i = 0; i < chain.segmentsCount() && !complete; i++) {
            complete = chain.get(i).abortedTransactions(0, request.endOffset(), aborted::add);
        }
        // The first pass does not come by the markers before its start: to it, those transactions would never end.
        mapTransactions.expect(aborted.stream()
                .filter(span -> span.lastOffset() >= request.dirtyOffset())
                .toList());
        copyTransactions.expect(aborted);
    }

    /** Whether the batch, and so the next one too, was noted. */
    private boolean note(ByteBuffer batches, int position) {
        if (BatchHeader.isControl(batches, position)) {
            var _ = mapTransactions.isNotNeeded(batches, position);
        } else if (!mapTransactions.isAborted(batches, position)) {
            reader.open(batches, position);
            if (!latest.add(
                    reader, BatchHeader.baseOffset(batches, position), BatchHeader.lastOffset(batches, position))) {
                return false;
            }
        }
        latest.reached(BatchHeader.lastOffset(batches, position) + 1);
        return true;
    }

    // ---- The second pass

    private void beginGroup() {
        groupStart = segmentIndex;
        groupSizeBytes = 0;
        groupEnds = false;
        offset = segments().get(segmentIndex).baseOffset();
    }

    private void copy() throws IOException {
        SegmentReplacement open = replacement;
        if (open == null) {
            open = request.writer().segments().replace(segments().get(groupStart));
            replacement = open;
            flushedSizeBytes = 0;
        }
        SealedSegment segment = segments().get(segmentIndex);
        ByteBuffer batches = read(segment);
        for (int position = 0; position < batches.limit(); ) {
            boolean last = BatchHeader.lastOffset(batches, position) + 1 == segment.offsetNext();
            if (last) {
                groupEnds = isLastOfGroup(open, segment, BatchHeader.sizeBytes(batches, position));
            }
            filter.filter(batches, position, last && groupEnds);
            position += BatchHeader.sizeBytes(batches, position);
        }
        write(open);
        if (offset >= segment.offsetNext()) {
            segmentIndex++;
            for (AbortedSpan span : copyTransactions.takeStillNeeded()) {
                open.noteAborted(span);
            }
            if (groupEnds) {
                result = open.prepare(group());
                phase = Phase.WAIT;
            }
        }
    }

    private void write(SegmentReplacement open) throws IOException {
        bytesWritten += target.sizeBytes();
        if (target.sizeBytes() > 0) {
            open.append(target.written());
            target.clear();
        }
        if (open.sizeBytes() - flushedSizeBytes >= FLUSH_EVERY_BYTES) {
            flushedSizeBytes = open.sizeBytes();
            open.flush();
        }
    }

    /** Whether the next segment is not to be copied, or does not fit behind what is left of those before. */
    private boolean isLastOfGroup(SegmentReplacement open, SealedSegment segment, int lastBatchSizeBytes) {
        groupSizeBytes += segment.sizeBytes();
        int next = segmentIndex + 1;
        if (next == segments().size() || segments().get(next).baseOffset() >= latest.endOffset()) {
            return true;
        }
        SealedSegment following = segments().get(next);
        LogConfig config = request.config();
        long maxSizeBytes = config.segmentSizeBytes();
        long sizeBytes = open.sizeBytes() + target.sizeBytes() + lastBatchSizeBytes + following.sizeBytes();
        long entriesCount = following.sizeBytes() / Math.max(1, config.indexIntervalBytes()) + 2;
        return sizeBytes > maxSizeBytes
                || open.indexSizeBytes() + 12 * entriesCount > config.segmentIndexSizeBytes()
                || following.offsetNext() - segments().get(groupStart).baseOffset() > Integer.MAX_VALUE
                || groupSizeBytes + following.sizeBytes() > MAX_GROUP_SEGMENTS * maxSizeBytes;
    }

    /** The batches from {@link #offset} on, about a chunk of them, and moves behind. */
    private ByteBuffer read(SealedSegment segment) throws IOException {
        Slice slice = segment.read(offset, Long.MAX_VALUE, CHUNK_SIZE_BYTES, true)
                .orElseThrow(() -> new CorruptSegmentException(
                        "segment " + segment.baseOffset() + " has no batch at " + offset + ", before its end"));
        if (slice.sizeBytes() > chunk.capacity()) {
            chunk = ByteBuffer.allocateDirect(slice.sizeBytes());
        }
        slice.copyTo(chunk.clear());
        chunk.flip();
        bytesRead += chunk.limit();
        for (int position = 0; position < chunk.limit(); position += BatchHeader.sizeBytes(chunk, position)) {
            offset = BatchHeader.lastOffset(chunk, position) + 1;
        }
        return chunk;
    }

    // ---- Replacing

    /** The old segments; in {@link Phase#WAIT}. */
    List<SealedSegment> group() {
        return segments().subList(groupStart, segmentIndex);
    }

    SealedSegment result() {
        return Objects.requireNonNull(result, "a group waits");
    }

    /** The chain shows the new segment: takes the old ones away, and goes on with the next. */
    void shown() throws IOException {
        SegmentReplacement done = Objects.requireNonNull(replacement, "a group waits");
        done.complete();
        // Also the one where the new segment begins: it may know of transactions whose markers are gone.
        for (SealedSegment old : segments().subList(groupStart, segmentIndex)) {
            if (request.writer().directory.isPresent()) {
                request.writer().directory.get().deleteSnapshot(old.baseOffset());
            }
        }
        replacement = null;
        result = null;
        boolean more =
                segmentIndex < segments().size() && segments().get(segmentIndex).baseOffset() < latest.endOffset();
        phase = more ? Phase.COPY : Phase.DONE;
        if (more) {
            beginGroup();
        }
    }

    /** Leaves everything as it is; what was shown before stays. */
    void abandon() throws IOException {
        SegmentReplacement open = replacement;
        replacement = null;
        phase = Phase.DONE;
        if (open != null) {
            open.abandon();
        }
    }

    /** Everything before is compacted, once this is done. */
    long cleanedOffset() {
        return latest.endOffset();
    }

    long bytesRead() {
        return bytesRead;
    }

    long bytesWritten() {
        return bytesWritten;
    }

    long recordsRead() {
        return filter.recordsRead();
    }

    long recordsKept() {
        return filter.recordsKept();
    }

    @Override
    public void close() {
        latest.close();
    }
}
