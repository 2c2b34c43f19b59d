package dev.millrace.log;

import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.CorruptSegmentException;
import dev.millrace.log.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Notes anew which transactions were aborted in segments whose own notes are damaged or gone, from their batches. What was open where
 * such a segment begins is told by the producer snapshot that was taken there, or else by the segments before it. Before the shard runs.
 */
final class AbortedRebuild {

    private static final int SCAN_SIZE_BYTES = 1 << 20;

    private final SegmentChain chain;
    private final PartitionDirectory directory;
    private final long trustedSnapshotOffset;
    private final long endOffset;
    private final ProducerStates producers = new ProducerStates();

    private ByteBuffer buffer = ByteBuffer.allocate(0);

    /**
     * @param trustedSnapshotOffset producer snapshots behind it may tell of records that are gone
     * @param endOffset what lies behind is not noted here: a replay does it
     */
    AbortedRebuild(SegmentChain chain, PartitionDirectory directory, long trustedSnapshotOffset, long endOffset) {
        this.chain = chain;
        this.directory = directory;
        this.trustedSnapshotOffset = trustedSnapshotOffset;
        this.endOffset = endOffset;
    }

    /** @param baseOffsets of the segments whose notes are in doubt */
    void run(List<Long> baseOffsets) throws IOException {
        int knownUpTo = -1; // `producers` is as it was where this segment begins.
        for (int i = 0; i < chain.segmentsCount(); i++) {
            if (!baseOffsets.contains(chain.get(i).baseOffset())) {
                continue;
            }
            if (knownUpTo != i) {
                load(i);
            }
            List<AbortedSpan> spans = new ArrayList<>();
            scan(chain.get(i), spans::add);
            chain.get(i).replaceAborted(spans);
            knownUpTo = i + 1;
        }
    }

    private void load(int index) throws IOException {
        int first = index;
        while (!loadSnapshot(chain.get(first).baseOffset()) && first > 0) {
            first--;
        }
        for (int i = first; i < index; i++) {
            scan(chain.get(i), span -> {});
        }
    }

    private boolean loadSnapshot(long offset) throws IOException {
        producers.clear();
        if (offset > trustedSnapshotOffset || !directory.snapshotOffsets().contains(offset)) {
            return false;
        }
        try {
            producers.load(directory.readSnapshot(offset));
            return true;
        } catch (IOException e) {
            return false; // A damaged one: what it says is in the segments too, as far as they reach back.
        }
    }

    private void scan(Segment segment, Consumer<AbortedSpan> sink) throws IOException {
        long next = segment.baseOffset();
        long end = Math.min(segment.offsetNext(), endOffset);
        while (next < end) {
            Optional<Slice> slice = segment.read(next, Long.MAX_VALUE, SCAN_SIZE_BYTES, true);
            if (slice.isEmpty()) {
                return;
            }
            if (buffer.capacity() < slice.get().sizeBytes()) {
                buffer = ByteBuffer.allocate(slice.get().sizeBytes());
            }
            slice.get().copyTo(buffer.clear());
            next = scan(buffer.flip(), next, end, sink);
        }
    }

    /** Gives the offset behind the last batch. */
    private long scan(ByteBuffer batches, long from, long end, Consumer<AbortedSpan> sink) throws IOException {
        long next = from;
        for (int position = 0; position < batches.limit() && next < end; ) {
            int remaining = batches.limit() - position;
            int sizeBytes = remaining < BatchHeader.SIZE_BYTES ? 0 : BatchHeader.sizeBytes(batches, position);
            if (sizeBytes < BatchHeader.SIZE_BYTES || sizeBytes > remaining) {
                throw new CorruptSegmentException(directory.path() + ": a batch of offset " + next
                        + " is due, and there is none: which transactions were aborted there cannot be told."
                        + " Bring the segment and its .txnindex back from a copy, or delete the partition's directory");
            }
            producers.append(batches, position).ifPresent(sink);
            next = BatchHeader.lastOffset(batches, position) + 1;
            position += sizeBytes;
        }
        return next;
    }
}
