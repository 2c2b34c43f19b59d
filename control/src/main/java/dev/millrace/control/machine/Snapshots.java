package dev.millrace.control.machine;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the log of one machine: when what lies behind the last snapshot has grown, writes the whole hard state again, and gives up
 * everything before it once it is durable.
 *
 * <pre>
 *   facts │ HEADER  state as facts  FOOTER │ facts
 *         ↑ dropBefore, when the footer is durable
 * </pre>
 *
 * <p>A crash at any moment is harmless: a snapshot says again what the facts before it have said, so [older facts, part of a
 * snapshot], [older facts, snapshot] and [snapshot] replay to the same state.
 *
 * <p>Machine thread only.
 */
final class Snapshots {

    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

    private final MachineLog machineLog;
    private final MachineOptions options;
    private long stateSizeBytes;
    private long sizeBytesAtSnapshot;
    private boolean writing;

    Snapshots(MachineLog machineLog, MachineOptions options) {
        this.machineLog = machineLog;
        this.options = options;
    }

    /** Takes up where the log ends; drops what an earlier process had no time to drop. */
    void onReplayed(Replay.Result result) {
        stateSizeBytes = result.snapshotSizeBytes();
        sizeBytesAtSnapshot = -result.tailSizeBytes();
        if (result.snapshotOffset() > machineLog.offsets().logStart()) {
            drop(result.snapshotOffset());
        }
    }

    boolean isDue(Outbox outbox) {
        long tailSizeBytes = outbox.addedBytes() - sizeBytesAtSnapshot;
        return !writing
                && tailSizeBytes > Math.max(options.snapshotMinBytes(), options.snapshotFactor() * stateSizeBytes);
    }

    void write(Machine<?> machine, Outbox outbox, long wallMs) {
        writing = true;
        Batch header = outbox.addMarker(SnapshotMarker.HEADER, wallMs);
        long[] sizeBytes = new long[1];
        machine.snapshot(fact -> {
            sizeBytes[0] += fact.sizeBytes();
            outbox.add(List.of(fact), wallMs, List.of());
        });
        stateSizeBytes = sizeBytes[0];
        Batch footer = outbox.addMarker(SnapshotMarker.FOOTER, wallMs);
        sizeBytesAtSnapshot = outbox.addedBytes();
        footer.effects.add(() -> {
            writing = false;
            drop(header.baseOffset);
        });
    }

    private void drop(long offset) {
        var _ = machineLog.dropBefore(offset).whenComplete((done, failure) -> {
            if (failure != null) {
                // Harmless but for the space: the next snapshot tries again.
                log.warn("event=machine-log-not-trimmed log={} offset={}", machineLog.name(), offset, failure);
            }
        });
    }
}
