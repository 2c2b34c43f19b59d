package dev.millrace.log;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.epoch.LeaderEpochs;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Brings one partition back from its directory: segments as the provider finds them, then leader epochs and producers, from their
 * checkpoints and a scan of what lies behind these. Before the shard runs.
 */
final class PartitionRecovery {

    private static final int SCAN_SIZE_BYTES = 1 << 20;

    private final PartitionWriter partition;
    private final PartitionDirectory directory;
    private final SegmentProvider provider;
    private final Optional<Checkpoint.Line> line;
    private final List<String> findings;

    PartitionRecovery(
            PartitionWriter partition,
            FileStore files,
            Path path,
            SegmentProvider provider,
            Optional<Checkpoint.Line> line,
            List<String> findings) {
        this.partition = partition;
        this.directory = new PartitionDirectory(files, path);
        this.provider = provider;
        this.line = line;
        this.findings = findings;
    }

    /** @throws IOException if the partition cannot be brought back: it stays offline, and nothing of it was changed */
    void run() throws IOException {
        long trustedOffset = line.map(Checkpoint.Line::flushedOffset).orElse(0L);
        SegmentProvider.Recovered found = provider.recover(trustedOffset);
        findings.addAll(found.findings());
        ActiveSegment active = found.active().isPresent() ? found.active().get() : provider.create(0);
        partition.adopt(directory, provider, found.sealed(), active);
        line.ifPresent(known -> {
            partition.flush.flushedOffset = known.flushedOffset();
            partition.flush.snapshotOffset = known.snapshotOffset();
            partition.flush.namesDurable = known.flushedOffset() > 0;
            partition.replayLogStart(known.logStartOffset());
        });
        long scanFrom = Math.min(loadEpochs(), loadProducers());
        scan(scanFrom);
    }

    /** Gives the offset from which batches must be looked at to know all epochs. */
    private long loadEpochs() throws IOException {
        Optional<byte[]> checkpoint = directory.epochs();
        if (checkpoint.isPresent()) {
            try {
                partition.log.publishEpochs(LeaderEpochs.parse(checkpoint.get()).truncatedTo(partition.logEnd()));
                return line.map(Checkpoint.Line::flushedOffset).orElse(0L);
            } catch (IOException e) {
                findings.add(directory.path() + ": leader epochs are made anew, because " + e.getMessage());
            }
        }
        return 0;
    }

    /** Gives the offset from which batches must be looked at to know all producers. */
    private long loadProducers() throws IOException {
        if (line.isPresent() && line.get().snapshotOffset() < 0) {
            return line.get().flushedOffset();
        }
        for (long offset : directory.snapshotOffsets().reversed()) {
            if (offset > partition.logEnd()) {
                continue;
            }
            try {
                partition.producers().load(directory.readSnapshot(offset));
                return offset;
            } catch (IOException e) {
                findings.add(directory.path() + ": the producer snapshot of offset " + offset
                        + " is passed over, because " + e.getMessage());
            }
        }
        return 0;
    }

    private void scan(long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(0);
        for (int i = 0; i < partition.log.chain().segmentsCount(); i++) {
            Segment segment = partition.log.chain().get(i);
            long next = Math.max(from, segment.baseOffset());
            while (next < segment.offsetNext()) {
                Optional<Slice> slice = segment.read(next, Long.MAX_VALUE, SCAN_SIZE_BYTES, true);
                if (slice.isEmpty()) {
                    break;
                }
                if (buffer.capacity() < slice.get().sizeBytes()) {
                    buffer = ByteBuffer.allocate(
                            Math.max(SCAN_SIZE_BYTES, slice.get().sizeBytes()));
                }
                slice.get().copyTo(buffer.clear());
                next = scan(buffer.flip(), from);
            }
        }
    }

    /** Gives the offset behind the last batch. */
    private long scan(ByteBuffer batches, long from) {
        long next = from;
        for (int position = 0; position < batches.limit(); ) {
            if (BatchHeader.baseOffset(batches, position) >= from) {
                partition.scanned(batches, position);
            }
            next = BatchHeader.lastOffset(batches, position) + 1;
            position += BatchHeader.sizeBytes(batches, position);
        }
        return next;
    }
}
