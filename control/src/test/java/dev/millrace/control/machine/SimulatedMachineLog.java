package dev.millrace.control.machine;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.Append;
import dev.millrace.log.AppendResult;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.ReadResult;
import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * A log whose two moments come when the simulation says so, and that forgets on a crash what was not durable, or only a part of it.
 * Thread-safe.
 */
final class SimulatedMachineLog implements MachineLog {

    private record Stored(ByteBuffer batch, Append append) {
        long baseOffset() {
            return BatchHeader.baseOffset(batch, 0);
        }

        long offsetNext() {
            return BatchHeader.lastOffset(batch, 0) + 1;
        }
    }

    private final List<Stored> batches = new ArrayList<>();
    private final ArrayDeque<Stored> offered = new ArrayDeque<>();
    private int durableCount;
    private long logStart;
    private long logEnd;
    private boolean full;
    int refusedCount;
    int droppedCount;

    synchronized void fill(boolean isFull) {
        full = isFull;
    }

    long batchesCount() {
        return batches.size();
    }

    @Override
    public String name() {
        return "__simulated-0";
    }

    @Override
    public synchronized Append append(ByteBuffer batch) {
        Stored stored = new Stored(batch, new Append());
        offered.add(stored);
        return stored.append();
    }

    /** One step of the log: accepts or refuses something, or makes something durable. False if there is nothing to do. */
    synchronized boolean step(Random random) {
        boolean accept = !offered.isEmpty() && (durableCount == batches.size() || random.nextBoolean());
        if (accept) {
            accept(offered.remove());
            return true;
        }
        if (durableCount < batches.size()) {
            Stored stored = batches.get(durableCount++);
            stored.append().durable().complete(result(stored));
            return true;
        }
        return false;
    }

    /** The next append that became accepted is lost: its sync failed. */
    synchronized void loseNext() {
        if (durableCount < batches.size()) {
            Stored stored = batches.remove(batches.size() - 1);
            logEnd = stored.baseOffset();
            stored.append()
                    .durable()
                    .completeExceptionally(new MillraceException(ErrorCode.PARTITION_OFFLINE, "the sync failed"));
        }
    }

    /** The process dies: what is durable stays, and perhaps something of what was accepted. */
    synchronized void crash(Random random) {
        offered.clear();
        int kept = durableCount + random.nextInt(batches.size() - durableCount + 1);
        while (batches.size() > kept) {
            batches.removeLast();
        }
        durableCount = batches.size();
        logEnd = batches.isEmpty() ? logStart : batches.getLast().offsetNext();
        full = false;
    }

    private void accept(Stored stored) {
        if (full) {
            refusedCount++;
            MillraceException refusal = new MillraceException(ErrorCode.DISK_FULL, "the disk is full");
            stored.append().accepted().completeExceptionally(refusal);
            stored.append().durable().completeExceptionally(refusal);
            return;
        }
        BatchHeader.putBaseOffset(stored.batch(), 0, logEnd);
        logEnd = stored.offsetNext();
        batches.add(stored);
        stored.append().accepted().complete(result(stored));
    }

    private AppendResult result(Stored stored) {
        return new AppendResult(stored.baseOffset(), stored.offsetNext(), -1, logStart);
    }

    @Override
    public void roll() {}

    @Override
    public synchronized ReadResult read(long offset, int maxSizeBytes) {
        List<Slice> slices = new ArrayList<>();
        int sizeBytes = 0;
        for (Stored stored : batches.subList(0, durableCount)) {
            if (stored.offsetNext() > offset && (slices.isEmpty() || sizeBytes < maxSizeBytes)) {
                slices.add(new Slice.InMemory(stored.batch().asReadOnlyBuffer()));
                sizeBytes += stored.batch().remaining();
            }
        }
        return new ReadResult(slices, offsets(), List.of());
    }

    @Override
    public synchronized PartitionOffsets offsets() {
        long highWatermark =
                durableCount == 0 ? logStart : batches.get(durableCount - 1).offsetNext();
        return new PartitionOffsets(logStart, highWatermark, highWatermark, logEnd);
    }

    @Override
    public synchronized CompletableFuture<?> dropBefore(long offset) {
        while (!batches.isEmpty() && batches.getFirst().offsetNext() <= offset) {
            batches.removeFirst();
            durableCount--;
            droppedCount++;
        }
        logStart = Math.max(logStart, offset);
        return CompletableFuture.completedFuture(offset);
    }
}
