package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.segment.CorruptSegmentException;
import dev.millrace.log.segment.SealedSegment;
import dev.millrace.log.segment.SegmentProvider.Recovered;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds the segments of a partition after a start, and repairs what may be repaired.
 *
 * <p>Below the trusted offset nothing is read but the headers that lie behind the last index entry; nothing is cut there, ever. Behind
 * it, the first batch that is not in order and everything after it are cut away: what of that was acknowledged is in the
 * journal. Index entries that lie behind the trusted offset are made anew. Where the trusted offset is the end, all behind it is cut away.
 */
final class SegmentRecovery {

    private static final List<String> INDEX_SUFFIXES = List.of(
            SegmentPaths.OFFSET_INDEX_SUFFIX, SegmentPaths.TIME_INDEX_SUFFIX, SegmentPaths.TRANSACTION_INDEX_SUFFIX);

    private final PartitionFiles partition;
    private final long trustedOffset;
    private final boolean endsThere;
    private final Set<Path> names = new HashSet<>();
    private final List<Long> baseOffsets = new ArrayList<>();
    private final List<SealedSegment> sealed = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final List<Long> abortedInDoubt = new ArrayList<>();

    /** @param endsThere whether what lies behind {@code trustedOffset} does not count, because nobody was told of it */
    SegmentRecovery(PartitionFiles partition, long trustedOffset, boolean endsThere) {
        this.partition = partition;
        this.trustedOffset = trustedOffset;
        this.endsThere = endsThere;
    }

    Recovered run() throws IOException {
        listFiles();
        if (baseOffsets.isEmpty()) {
            if (trustedOffset > 0) {
                throw corrupt(partition.directory() + " has no segment, though everything below offset " + trustedOffset
                        + " was durable");
            }
            return new Recovered(List.of(), Optional.empty(), findings);
        }
        partition.directoryFound();
        checkTransactionIndexes();
        if (trustedOffset == 0 || !names.contains(partition.directory().resolve(PartitionMetadataFile.NAME))) {
            // It may be that a sync of it failed: then the next one would find nothing to write, and say that all is
            // well.
            partition.rewriteMetadata();
        }
        if (endsThere) {
            dropBehindEnd();
        }
        int last = baseOffsets.size() - 1;
        for (int i = 0; i < last; i++) {
            long nextBaseOffset = baseOffsets.get(i + 1);
            if (nextBaseOffset <= trustedOffset) {
                sealed.add(trusted(baseOffsets.get(i), nextBaseOffset));
                continue;
            }
            ActiveFileSegment segment = verified(baseOffsets.get(i), nextBaseOffset);
            if (segment.offsetNext() != nextBaseOffset) {
                dropBehind(i, "the segment before it lost its end and now ends before offset " + segment.offsetNext());
                return new Recovered(sealed, Optional.of(segment), findings, abortedInDoubt);
            }
            sealed.add(segment.seal());
        }
        ActiveFileSegment active = verified(baseOffsets.get(last), Long.MAX_VALUE);
        if (endsThere && active.offsetNext() > trustedOffset) {
            findings.add(pathsOf(active.baseOffset()).log() + ": what lay behind offset " + trustedOffset
                    + " was cut away, because it was never acknowledged");
            active.cutTo(trustedOffset);
        }
        return new Recovered(sealed, Optional.of(active), findings, abortedInDoubt);
    }

    private void listFiles() throws IOException {
        List<Path> listed = partition.files().list(partition.directory());
        if (new ReplacementRecovery(partition, listed).run(findings)) {
            listed = partition.files().list(partition.directory());
        }
        for (Path path : listed) {
            names.add(path);
            OptionalLong baseOffset = SegmentPaths.baseOffset(path, SegmentPaths.LOG_SUFFIX);
            if (baseOffset.isPresent()) {
                baseOffsets.add(baseOffset.getAsLong());
            }
        }
        for (Path path : names) {
            // A crash in the middle of a deletion leaves an index without its log.
            OptionalLong baseOffset = baseOffsetOfIndex(path);
            if (baseOffset.isPresent()
                    && !names.contains(pathsOf(baseOffset.getAsLong()).log())) {
                partition.files().delete(path);
            }
        }
    }

    /** Looks whether those that begin below the trusted offset are what they were when this was flushed. Costs nothing where there are none. */
    private void checkTransactionIndexes() throws IOException {
        boolean some = names.contains(partition.directory().resolve(TransactionIndexFacts.NAME));
        Map<Long, TransactionIndex> found = new HashMap<>();
        for (long baseOffset : baseOffsets) {
            Path path = pathsOf(baseOffset).transactionIndex();
            if (baseOffset < trustedOffset && names.contains(path)) {
                found.put(baseOffset, TransactionIndex.read(partition.files(), path));
            }
        }
        if (!some && found.isEmpty()) {
            return;
        }
        TransactionIndexFacts facts = partition.transactionFacts();
        boolean known = facts.load(Set.copyOf(baseOffsets)) == TransactionIndexFacts.Knowledge.WHOLE;
        boolean lost = !known && (some || anyBelow(trustedOffset, found));
        for (int i = 0; i < baseOffsets.size() && baseOffsets.get(i) < trustedOffset; i++) {
            long baseOffset = baseOffsets.get(i);
            TransactionIndex index = found.getOrDefault(baseOffset, new TransactionIndex());
            boolean ended = i + 1 < baseOffsets.size() && baseOffsets.get(i + 1) <= trustedOffset;
            if (lost || !facts.agree(baseOffset, index, trustedOffset) || (ended && index.hasTail())) {
                doubtAborted(pathsOf(baseOffset).transactionIndex());
                abortedInDoubt.add(baseOffset);
            }
        }
    }

    private void doubtAborted(Path index) {
        findings.add(index + ": is not as " + partition.directory().resolve(TransactionIndexFacts.NAME)
                + " says, or that is damaged or gone; made anew from the batches of the segment");
    }

    private static boolean anyBelow(long offset, Map<Long, TransactionIndex> indexes) {
        return indexes.values().stream()
                .anyMatch(index -> index.count() == 0 || index.get(0).lastOffset() < offset);
    }

    private static OptionalLong baseOffsetOfIndex(Path path) {
        for (String suffix : INDEX_SUFFIXES) {
            OptionalLong baseOffset = SegmentPaths.baseOffset(path, suffix);
            if (baseOffset.isPresent()) {
                return baseOffset;
            }
        }
        return OptionalLong.empty();
    }

    /** A segment all of which is durable: opened when somebody reads it. */
    private SealedSegment trusted(long baseOffset, long nextBaseOffset) throws IOException {
        SegmentPaths paths = pathsOf(baseOffset);
        // One that ends just there may have been sealed after its last flush: then its time index lacks the end.
        if (!names.contains(paths.timeIndex()) || nextBaseOffset == trustedOffset) {
            completeIndexes(paths);
        }
        SealedFileSegment segment = new SealedFileSegment(partition, paths, nextBaseOffset);
        segment.knowAborted(partition.transactionFacts().count(baseOffset));
        return segment;
    }

    private void completeIndexes(SegmentPaths paths) throws IOException {
        try (StoreFile file = partition.files().open(paths.log(), FileStore.Mode.READ)) {
            Indexes indexes = loadSealed(partition, paths, file, file.sizeBytes());
            indexes.writeBackSparse(partition.files(), paths, true);
            if (indexes.times.count() > 0 && !names.contains(paths.timeIndex())) {
                findings.add(paths.timeIndex() + ": was missing; made anew from " + paths.log());
            }
        }
    }

    /** Looks at what lies behind the trusted offset, and cuts away what is not in order. */
    private ActiveFileSegment verified(long baseOffset, long nextBaseOffset) throws IOException {
        SegmentPaths paths = pathsOf(baseOffset);
        StoreFile file = partition.openFiles().open(paths.log(), FileStore.Mode.WRITE);
        long sizeBytes = file.sizeBytes();
        Indexes indexes = readIndexes(paths, sizeBytes);
        indexes.aborted.truncateTo(trustedOffset); // What lies behind is told by the batches, when these are replayed.
        IndexWalk.Result found = walk(file, sizeBytes, paths, indexes, trustedOffset);
        long durableOffset = Math.min(trustedOffset, nextBaseOffset);
        if (found.offsetNext() < durableOffset && indexes.offsets.count() > 0) {
            // Perhaps the index alone is wrong.
            findings.add(paths.offsetIndex() + ": did not fit " + paths.log() + "; made anew");
            found = walk(file, sizeBytes, paths, indexes, baseOffset);
        }
        if (found.offsetNext() < durableOffset) {
            throw corrupt(paths.log() + ": at position " + found.endPosition() + " stands "
                    + found.problem().orElse("the end of the file") + "; a batch of offset " + found.offsetNext()
                    + " is due there, and everything below offset " + trustedOffset + " was durable");
        }
        if (found.problem().isPresent()) {
            cut(file, sizeBytes, found);
        }
        boolean flushed = found.endPosition() > 0 && found.offsetNext() <= trustedOffset;
        return new ActiveFileSegment(partition, paths, file, indexes, found.endPosition(), found.offsetNext(), flushed);
    }

    private IndexWalk.Result walk(
            StoreFile file, long sizeBytes, SegmentPaths paths, Indexes indexes, long resumeOffset) throws IOException {
        return IndexWalk.walk(
                file,
                sizeBytes,
                paths.baseOffset(),
                indexes,
                resumeOffset,
                trustedOffset,
                partition.indexIntervalBytes());
    }

    private void cut(StoreFile file, long sizeBytes, IndexWalk.Result found) throws IOException {
        file.truncate(found.endPosition());
        // Else a crash could bring back what was cut, behind batches that are appended now.
        file.sync();
        findings.add(file.path() + ": at position " + found.endPosition() + " stood "
                + found.problem().orElseThrow() + "; the last " + (sizeBytes - found.endPosition())
                + " bytes were cut away, the segment ends before offset " + found.offsetNext());
    }

    /** Segments that nobody was told of go, but for one that begins where the log ends. */
    private void dropBehindEnd() throws IOException {
        int count = 0;
        while (count < baseOffsets.size() && baseOffsets.get(count) <= trustedOffset) {
            count++;
        }
        if (count > 0 && count < baseOffsets.size()) {
            dropBehind(count - 1, "nothing behind offset " + trustedOffset + " was ever acknowledged");
            baseOffsets.subList(count, baseOffsets.size()).clear();
        }
    }

    /** What lies behind a segment that lost its end goes, too: offsets would be missing in between. */
    private void dropBehind(int index, String why) throws IOException {
        for (long baseOffset : baseOffsets.subList(index + 1, baseOffsets.size())) {
            SegmentPaths paths = pathsOf(baseOffset);
            partition.files().delete(paths.log());
            partition.files().delete(paths.offsetIndex());
            partition.files().delete(paths.timeIndex());
            partition.files().delete(paths.transactionIndex());
            findings.add(paths.log() + ": removed, because " + why);
        }
        partition.files().syncDirectory(partition.directory());
    }

    private SegmentPaths pathsOf(long baseOffset) {
        return new SegmentPaths(partition.directory(), baseOffset);
    }

    /** As {@link Indexes#read}, without asking the disk for files that are not there. */
    private Indexes readIndexes(SegmentPaths paths, long logSizeBytes) throws IOException {
        return names.contains(paths.offsetIndex())
                        || names.contains(paths.timeIndex())
                        || names.contains(paths.transactionIndex())
                ? Indexes.read(partition.files(), paths, logSizeBytes)
                : new Indexes(paths.baseOffset());
    }

    /** The indexes of a segment that does not change any more; what their files lack is made from the headers of the log. */
    static Indexes loadSealed(PartitionFiles partition, SegmentPaths paths, StoreFile file, long sizeBytes)
            throws IOException {
        Indexes indexes = Indexes.read(partition.files(), paths, sizeBytes);
        int intervalBytes = partition.indexIntervalBytes();
        long baseOffset = paths.baseOffset();
        IndexWalk.Result found =
                IndexWalk.walk(file, sizeBytes, baseOffset, indexes, Long.MAX_VALUE, Long.MAX_VALUE, intervalBytes);
        if (found.problem().isPresent() && indexes.offsets.count() > 0) {
            found = IndexWalk.walk(file, sizeBytes, baseOffset, indexes, baseOffset, Long.MAX_VALUE, intervalBytes);
        }
        if (found.problem().isPresent()) {
            throw corrupt(paths.log() + ": at position " + found.endPosition() + " stands "
                    + found.problem().get());
        }
        indexes.seal();
        return indexes;
    }

    private static CorruptSegmentException corrupt(String what) {
        return new CorruptSegmentException(what
                + ". Nothing was changed. Bring the file back from a copy, or delete the partition's directory"
                + " to go on without its data");
    }
}
