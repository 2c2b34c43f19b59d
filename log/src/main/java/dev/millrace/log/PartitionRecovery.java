package dev.millrace.log;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.epoch.LeaderEpochs;
import dev.millrace.log.files.PartitionMetadataFile;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.segment.ActiveSegment;
import dev.millrace.log.segment.CorruptSegmentException;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings one partition back from its directory: segments as the provider finds them, then leader epochs and producers, from their
 * checkpoints and a scan of what lies behind these. Before the shard runs, or later, while nobody else touches the partition's files.
 */
final class PartitionRecovery {

    private static final int SCAN_SIZE_BYTES = 1 << 20;

    private final PartitionWriter partition;
    private final FileStore files;
    private final PartitionDirectory directory;
    private final SegmentProvider provider;
    private final Optional<Checkpoint.Line> line;
    private final boolean linesComplete;
    private final List<String> findings = new ArrayList<>();

    /** From here on batches must be looked at to know all epochs, or all producers: what is known may not be told once more. */
    private long epochsFrom;

    private long producersFrom;

    /** @param linesComplete whether no line means that there was no flush yet, and not that a checkpoint is lost */
    PartitionRecovery(
            PartitionWriter partition,
            FileStore files,
            Path path,
            SegmentProvider provider,
            Optional<Checkpoint.Line> line,
            boolean linesComplete) {
        this.partition = partition;
        this.files = files;
        this.directory = new PartitionDirectory(files, path);
        this.provider = provider;
        this.line = line;
        this.linesComplete = linesComplete;
        // Before anything can fail: a partition that stays offline keeps its line in the checkpoint, and so what it
        // trusts.
        line.ifPresent(known -> {
            partition.flush.flushedOffset = known.flushedOffset();
            partition.flush.snapshotOffset = known.snapshotOffset();
            partition.flush.namesDurable = known.flushedOffset() > 0;
            partition.replayLogStart(known.logStartOffset());
        });
    }

    /** In words, what was found and mended. */
    List<String> findings() {
        return findings;
    }

    /**
     * @param journaledLogStart how far the journal says that the start of the log has moved; 0 if it does not
     * @throws IOException if the partition cannot be brought back: it stays offline, and nothing of it was changed
     */
    void run(long journaledLogStart) throws IOException {
        long trustedOffset = line.map(Checkpoint.Line::flushedOffset).orElse(0L);
        long logStart = Math.max(
                journaledLogStart, line.map(Checkpoint.Line::logStartOffset).orElse(0L));
        bringBack(provider.recover(trustedOffset), logStart, trustedOffset);
    }

    /**
     * As {@link #run}, for a partition that ends where its checkpoint says: nobody was told of what may lie behind, and it is cut away.
     * The shard may run, but does not touch the partition yet.
     */
    void runLater() throws IOException {
        Checkpoint.Line known = line.orElseThrow();
        PartitionMetadataFile.check(files, directory.path(), partition.log.id().topicId());
        bringBack(provider.recoverTo(known.flushedOffset()), known.logStartOffset(), known.flushedOffset());
        partition.publishBroughtBack();
    }

    private void bringBack(SegmentProvider.Recovered found, long logStart, long trustedOffset) throws IOException {
        findings.addAll(found.findings());
        adopt(found, logStart, trustedOffset);
        if (!found.abortedInDoubt().isEmpty()) {
            long snapshotOffset = line.map(Checkpoint.Line::snapshotOffset).orElse(-1L);
            new AbortedRebuild(partition.log.chain(), directory, snapshotOffset, trustedOffset)
                    .run(found.abortedInDoubt());
        }
        epochsFrom = loadEpochs();
        producersFrom = loadProducers();
        scan(Math.min(epochsFrom, producersFrom), trustedOffset);
    }

    /** Takes the segments that were found, unless a crash took the first of them: then the journal has it all, and gives it again. */
    private void adopt(SegmentProvider.Recovered found, long logStart, long trustedOffset) throws IOException {
        if (found.active().isEmpty()) {
            partition.adoptNothing(directory, provider, logStart);
            return;
        }
        ActiveSegment active = found.active().get();
        long firstOffset = found.sealed().isEmpty()
                ? active.baseOffset()
                : found.sealed().getFirst().baseOffset();
        if (firstOffset <= logStart) {
            partition.adopt(directory, provider, found.sealed(), active);
            return;
        }
        if (trustedOffset > logStart) {
            throw new CorruptSegmentException(directory.path() + " begins with offset " + firstOffset
                    + ", though everything from " + logStart + " to " + trustedOffset
                    + " was durable. Nothing was changed."
                    + " Bring the missing files back from a copy, or delete the partition's directory");
        }
        if (line.isEmpty() && !linesComplete) {
            // The checkpoint that knew where it begins, and what of it was durable, is lost: the segments are all there
            // is.
            findings.add(directory.path() + ": begins with offset " + firstOffset
                    + ", because its segments do and no checkpoint says anything else");
            partition.replayLogStart(firstOffset);
            partition.adopt(directory, provider, found.sealed(), active);
            return;
        }
        findings.add(directory.path() + ": made anew from the journal, because its segments begin with offset "
                + firstOffset + " instead of " + logStart);
        provider.deleteAll();
        partition.adoptNothing(directory, provider, logStart);
    }

    /** Gives the offset from which batches must be looked at to know all epochs. */
    private long loadEpochs() throws IOException {
        Optional<byte[]> checkpoint = directory.epochs();
        if (checkpoint.isPresent()) {
            try {
                // An epoch without records stays: the next one must be above it, also when all records were deleted.
                partition.log.publishEpochs(LeaderEpochs.parse(checkpoint.get()).truncatedTo(partition.logEnd() + 1));
                return line.map(Checkpoint.Line::flushedOffset).orElse(0L);
            } catch (IOException e) {
                findings.add(directory.path() + ": leader epochs are made anew, because " + e.getMessage());
            }
        }
        return 0;
    }

    /** Gives the offset from which batches must be looked at to know all producers. */
    private long loadProducers() throws IOException {
        long trusted = line.map(Checkpoint.Line::snapshotOffset).orElse(-1L);
        for (long offset : directory.snapshotOffsets().reversed()) {
            if (offset > trusted) {
                // No checkpoint names it: it may tell of records that the crash took, and if others take their place,
                // it
                // would lie.
                directory.deleteSnapshot(offset);
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
        // A checkpoint without a snapshot says that there were no producers.
        return line.isPresent() && trusted < 0 ? line.get().flushedOffset() : 0;
    }

    /**
     * Looks at the batches from {@code from} on. What is not trusted is written once more, as it is: if a sync failed in the last life, the
     * operating system may count pages as clean that never reached the disk, and the flush that follows would not write them.
     */
    private void scan(long from, long trustedOffset) throws IOException {
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
                    // Of most partitions there is little: a large buffer for each would cost more than the reading.
                    buffer = ByteBuffer.allocate(slice.get().sizeBytes());
                }
                slice.get().copyTo(buffer.clear());
                long end = scan(buffer.flip(), from, trustedOffset, segment);
                if (end > trustedOffset && slice.get() instanceof Slice.InFile bytes) {
                    bytes.file().write(buffer, bytes.position());
                }
                next = end;
            }
        }
    }

    /** Gives the offset behind the last batch. */
    private long scan(ByteBuffer batches, long from, long trustedOffset, Segment segment) throws IOException {
        long next = from;
        for (int position = 0; position < batches.limit(); ) {
            checkWhole(batches, position, trustedOffset);
            long baseOffset = BatchHeader.baseOffset(batches, position);
            if (baseOffset >= producersFrom) {
                partition.scannedProducer(batches, position, segment);
            }
            if (baseOffset >= epochsFrom) {
                partition.scannedEpoch(batches, position);
            }
            next = BatchHeader.lastOffset(batches, position) + 1;
            position += BatchHeader.sizeBytes(batches, position);
        }
        return next;
    }

    /**
     * What is written once more must be what was verified before. After a failed sync the operating system may drop a page that it
     * counts as clean at any time, and give what the disk has when it is read again.
     */
    private void checkWhole(ByteBuffer batches, int position, long trustedOffset) throws IOException {
        int remaining = batches.limit() - position;
        int sizeBytes = remaining < BatchHeader.SIZE_BYTES ? 0 : BatchHeader.sizeBytes(batches, position);
        boolean framed = sizeBytes >= BatchHeader.SIZE_BYTES && sizeBytes <= remaining;
        if (!framed
                || (BatchHeader.lastOffset(batches, position) >= trustedOffset
                        && BatchHeader.computeCrc(batches, position, sizeBytes)
                                != BatchHeader.crc(batches, position))) {
            throw new CorruptSegmentException(
                    directory.path() + ": a batch changed between two reads of it. Nothing was"
                            + " changed. Restart: what of it was acknowledged is in the journal");
        }
    }
}
