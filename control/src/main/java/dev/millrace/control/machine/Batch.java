package dev.millrace.control.machine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One record batch of an {@link Outbox}: the facts of whole turns, or a snapshot's marker. Machine thread only. */
final class Batch {

    final Optional<SnapshotMarker> marker;
    final List<MachineRecord> facts = new ArrayList<>();
    /** What to do once this batch and all before it are durable. */
    final List<Runnable> effects = new ArrayList<>();

    boolean durable;
    /** Known from acceptance on; -1 before. */
    long baseOffset = -1;

    private final long wallMs;
    private int sizeBytes;

    Batch(Optional<SnapshotMarker> marker, long wallMs) {
        this.marker = marker;
        this.wallMs = wallMs;
    }

    /** Adds facts and tells about how many bytes they add. */
    int addFacts(List<MachineRecord> added) {
        int addedBytes = 0;
        for (MachineRecord fact : added) {
            facts.add(fact);
            addedBytes += fact.sizeBytes();
        }
        sizeBytes += addedBytes;
        return addedBytes;
    }

    /** About how large the batch is so far. */
    int sizeBytes() {
        return sizeBytes;
    }

    ByteBuffer encode() {
        return marker.isPresent() ? FactBatches.encodeMarker(marker.get(), wallMs) : FactBatches.encode(facts, wallMs);
    }
}
