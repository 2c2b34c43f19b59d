package dev.millrace.log;

import java.util.Optional;
import java.util.TreeMap;

/** What of a partition was flushed, and what was not. Owned by the shard's thread. */
final class FlushState {

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

    /** What the last checkpoint says of the files; empty: a start has to look at them. */
    Optional<Checkpoint.Summary> summary = Optional.empty();

    boolean epochsChanged;
    /** The directory, its name and {@code partition.metadata} survive a crash. */
    boolean namesDurable;

    /** Its flush failed: the journal alone has its last records. */
    boolean failed;

    /** An entry of the partition was staged; what it says is not flushed yet. */
    void journaled(long sequence) {
        if (firstSequence < 0) {
            firstSequence = sequence;
        }
        lastSequence = sequence;
    }

    /** Whether the journal must keep one of the entries from {@code first} to {@code last}, both included. */
    boolean pins(long first, long last) {
        return failed && firstSequence <= last && first <= lastSequence;
    }
}
