package dev.millrace.control.machine;

import dev.millrace.base.bytes.CorruptBytesException;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.ReadResult;
import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Replays a log into a machine, from its start to its high watermark: a window of batches in memory at a time.
 *
 * <p>Waits for disks. What is in the log is checked as if it were hostile; what does not parse is an error that names partition and
 * offset, and no fact is skipped in silence.
 */
final class Replay implements FactBatches.Visitor {

    private static final int WINDOW_BYTES = 1 << 20;

    private final MachineLog log;
    private final Machine<?> machine;
    private final RecordReader reader = new RecordReader();
    private long factsCount;
    private long sizeBytes;
    private long headerOffset = -1;
    private long headerSizeBytes;
    private long snapshotOffset = -1;
    private long snapshotSizeBytes;
    private long tailFromSizeBytes;

    private Replay(MachineLog log, Machine<?> machine) {
        this.log = log;
        this.machine = machine;
    }

    /**
     * What was replayed.
     *
     * @param factsCount facts
     * @param sizeBytes about how many bytes of facts
     * @param snapshotOffset where the last whole snapshot begins, or -1
     * @param snapshotSizeBytes about how many bytes of facts that snapshot has
     * @param tailSizeBytes about how many bytes of facts lie behind it
     */
    record Result(long factsCount, long sizeBytes, long snapshotOffset, long snapshotSizeBytes, long tailSizeBytes) {}

    static Result replay(MachineLog log, Machine<?> machine) throws IOException {
        return new Replay(log, machine).run();
    }

    private Result run() throws IOException {
        PartitionOffsets offsets = log.offsets();
        long offset = offsets.logStart();
        while (offset < offsets.highWatermark()) {
            ReadResult window = log.read(offset, WINDOW_BYTES);
            long offsetNext = replay(window, offset);
            if (offsetNext <= offset) {
                throw corrupt(offset, "nothing can be read below the high watermark " + offsets.highWatermark());
            }
            offset = offsetNext;
        }
        return new Result(factsCount, sizeBytes, snapshotOffset, snapshotSizeBytes, sizeBytes - tailFromSizeBytes);
    }

    /** Replays what lies at or behind {@code offset}; gives the offset behind the last batch. */
    private long replay(ReadResult window, long offset) throws IOException {
        long offsetNext = offset;
        for (Slice slice : window.slices()) {
            ByteBuffer batches = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(batches);
            batches.flip();
            int position = 0;
            while (position < batches.limit()) {
                checkFraming(batches, position, offsetNext);
                int batchSizeBytes = BatchHeader.sizeBytes(batches, position);
                long lastOffset = BatchHeader.lastOffset(batches, position);
                decode(batches, position, offsetNext);
                offsetNext = lastOffset + 1;
                position += batchSizeBytes;
            }
        }
        return offsetNext;
    }

    private void decode(ByteBuffer batches, int position, long offset) {
        try {
            FactBatches.decode(batches, position, reader, this);
        } catch (MillraceException e) {
            throw new MillraceException(e.code(), where(offset) + e.getMessage(), e);
        } catch (CorruptBytesException e) {
            throw new MillraceException(ErrorCode.CORRUPT_BATCH, where(offset) + e.getMessage(), e);
        }
    }

    private void checkFraming(ByteBuffer batches, int position, long offset) {
        int remaining = batches.limit() - position;
        if (remaining < BatchHeader.SIZE_BYTES
                || BatchHeader.sizeBytes(batches, position) < BatchHeader.SIZE_BYTES
                || BatchHeader.sizeBytes(batches, position) > remaining) {
            throw corrupt(offset, "no whole batch");
        }
        if (BatchHeader.lastOffset(batches, position) < offset) {
            throw corrupt(offset, "a batch that ends at " + BatchHeader.lastOffset(batches, position));
        }
        int batchSizeBytes = BatchHeader.sizeBytes(batches, position);
        if (BatchHeader.computeCrc(batches, position, batchSizeBytes) != BatchHeader.crc(batches, position)) {
            throw corrupt(offset, "a batch whose CRC does not fit");
        }
    }

    @Override
    public void onFact(MachineRecord fact) {
        machine.replay(fact);
        factsCount++;
        sizeBytes += fact.sizeBytes();
    }

    @Override
    public void onMarker(SnapshotMarker marker, long offset) {
        switch (marker) {
            case HEADER -> {
                headerOffset = offset;
                headerSizeBytes = sizeBytes;
            }
            case FOOTER -> {
                if (headerOffset >= 0) {
                    snapshotOffset = headerOffset;
                    snapshotSizeBytes = sizeBytes - headerSizeBytes;
                    tailFromSizeBytes = sizeBytes;
                    headerOffset = -1;
                }
            }
        }
    }

    private MillraceException corrupt(long offset, String what) {
        return new MillraceException(ErrorCode.CORRUPT_BATCH, where(offset) + what);
    }

    private String where(long offset) {
        return log.name() + " at offset " + offset + ": ";
    }
}
