package dev.millrace.log;

import dev.millrace.log.compaction.ProducerEnd;
import dev.millrace.log.segment.SealedSegment;
import java.util.List;
import java.util.Map;

/**
 * What one compaction of a partition works on, as the shard's thread saw it.
 *
 * @param segments from the first of the chain on, all sealed, durable, and wholly decided (KIP-98)
 * @param dirtyOffset what lies before is compacted
 * @param producers the active ones
 * @param nowMs the time that decides what is old
 */
record CleaningRequest(
        PartitionWriter writer,
        LogConfig config,
        List<SealedSegment> segments,
        long dirtyOffset,
        Map<Long, ProducerEnd> producers,
        long nowMs) {

    long endOffset() {
        return segments.getLast().offsetNext();
    }
}
