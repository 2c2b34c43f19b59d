package dev.millrace.log.memory;

import dev.millrace.base.Check;
import dev.millrace.log.segment.AbortedSpan;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentReplacement;
import java.nio.ByteBuffer;
import java.util.List;

/** Replaces segments on the heap. */
final class MemoryReplacement implements SegmentReplacement {

    private final List<InMemorySegment> all;
    private final InMemorySegment result;
    private List<SealedSegment> old = List.of();

    /** @param all where the segments of the partition are kept */
    MemoryReplacement(List<InMemorySegment> all, long baseOffset) {
        this.all = all;
        this.result = new InMemorySegment(baseOffset);
    }

    @Override
    public void append(ByteBuffer batches) {
        result.append(batches);
    }

    @Override
    public void noteAborted(AbortedSpan span) {
        result.noteAborted(span);
    }

    @Override
    public long sizeBytes() {
        return result.sizeBytes();
    }

    @Override
    public long indexSizeBytes() {
        return 0;
    }

    @Override
    public void flush() {}

    @Override
    public SealedSegment prepare(List<SealedSegment> replaced) {
        old = List.copyOf(replaced);
        Check.equal(result.offsetNext(), old.getLast().offsetNext(), "end of a segment that replaces others");
        return result.seal();
    }

    @Override
    public void complete() {
        all.set(all.indexOf((InMemorySegment) old.getFirst()), result);
        all.removeAll(old); // They stay as they are for whoever reads them.
    }

    @Override
    public void abandon() {
        result.delete();
    }
}
