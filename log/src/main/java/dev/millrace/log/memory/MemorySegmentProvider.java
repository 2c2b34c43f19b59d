package dev.millrace.log.memory;

import dev.millrace.base.Check;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentProvider;
import dev.millrace.log.segment.SegmentReplacement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps the segments of a partition on the heap: for tests, and for data that need not outlive the process. What was appended is as
 * durable as this object. Not thread-safe; its segments are readable from any thread.
 */
public final class MemorySegmentProvider implements SegmentProvider {

    private final List<InMemorySegment> segments = new CopyOnWriteArrayList<>();

    @Override
    public Recovered recover(long trustedOffset) {
        segments.removeIf(InMemorySegment::isDeleted);
        if (segments.isEmpty()) {
            return new Recovered(List.of(), Optional.empty(), List.of());
        }
        List<SealedSegment> sealed = List.copyOf(segments.subList(0, segments.size() - 1));
        InMemorySegment last = segments.getLast();
        last.unseal();
        return new Recovered(sealed, Optional.of(last), List.of());
    }

    /** Nothing outlives the process, so that nobody has a checkpoint that says where it ends. */
    @Override
    public Recovered recoverTo(long endOffset) {
        return recover(endOffset);
    }

    @Override
    public ActiveSegment create(long baseOffset) {
        segments.removeIf(InMemorySegment::isDeleted);
        if (!segments.isEmpty()) {
            Check.ordered(segments.getLast().offsetNext(), baseOffset, "a new segment lies behind the others");
        }
        InMemorySegment segment = new InMemorySegment(baseOffset);
        segments.add(segment);
        return segment;
    }

    @Override
    public SegmentReplacement replace(SealedSegment first) {
        return new MemoryReplacement(segments, first.baseOffset());
    }

    @Override
    public void deleteAll() {
        segments.forEach(InMemorySegment::delete);
        segments.clear();
    }
}
