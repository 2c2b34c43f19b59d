package dev.millrace.log.files;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.segment.CorruptSegmentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Puts in order what a crash left of a replacement: see {@link FileReplacement}, which draws the steps. Used once. */
final class ReplacementRecovery {

    private final PartitionFiles partition;
    private final List<Path> listed;

    /** @param listed what is in the partition's directory */
    ReplacementRecovery(PartitionFiles partition, List<Path> listed) {
        this.partition = partition;
        this.listed = listed;
    }

    /**
     * Removes what was not decided, and completes what was.
     *
     * @return whether there was anything to do
     * @throws CorruptSegmentException if a decided segment is not whole: nothing was changed then
     */
    boolean run(List<String> findings) throws IOException {
        boolean some = false;
        for (Path path : listed) {
            OptionalLong swap = SegmentPaths.baseOffset(path, SegmentPaths.SWAP_SUFFIX);
            if (swap.isPresent()) {
                complete(new SegmentPaths(partition.directory(), swap.getAsLong()));
                findings.add(path + ": compaction was cut short behind its decision; it was completed");
                some = true;
            }
        }
        for (Path path : listed) {
            boolean undecided =
                    SegmentPaths.baseOffset(path, SegmentPaths.CLEANED_SUFFIX).isPresent();
            OptionalLong ofIndex = SegmentPaths.baseOffset(path, SegmentPaths.TRANSACTION_INDEX_SWAP_SUFFIX);
            if (undecided
                    || (ofIndex.isPresent()
                            && !listed.contains(new SegmentPaths(partition.directory(), ofIndex.getAsLong()).swap()))) {
                partition.files().delete(path);
                findings.add(path + ": compaction was cut short before its decision; what it had written was removed");
                some = true;
            }
        }
        return some;
    }

    private void complete(SegmentPaths paths) throws IOException {
        FileStore files = partition.files();
        long offsetNext = endOf(paths);
        for (Path path : listed) {
            boolean searchable = isReplaced(path, SegmentPaths.OFFSET_INDEX_SUFFIX, paths.baseOffset(), offsetNext)
                    || isReplaced(path, SegmentPaths.TIME_INDEX_SUFFIX, paths.baseOffset(), offsetNext);
            boolean behindTheFirst = isReplaced(path, SegmentPaths.LOG_SUFFIX, paths.baseOffset() + 1, offsetNext)
                    || isReplaced(path, SegmentPaths.TRANSACTION_INDEX_SUFFIX, paths.baseOffset() + 1, offsetNext);
            if (searchable || behindTheFirst) {
                files.delete(path);
            }
        }
        files.syncDirectory(partition.directory());
        if (listed.contains(paths.transactionIndexSwap())) {
            files.rename(paths.transactionIndexSwap(), paths.transactionIndex());
            files.syncDirectory(partition.directory());
        }
        files.rename(paths.swap(), paths.log());
        files.syncDirectory(partition.directory());
    }

    private static boolean isReplaced(Path path, String suffix, long from, long to) {
        OptionalLong baseOffset = SegmentPaths.baseOffset(path, suffix);
        return baseOffset.isPresent() && baseOffset.getAsLong() >= from && baseOffset.getAsLong() < to;
    }

    /** The offset behind the last batch of the new segment, which is also that of the last one that it replaces. */
    private long endOf(SegmentPaths paths) throws IOException {
        try (StoreFile file = partition.files().open(paths.swap(), FileStore.Mode.READ)) {
            long sizeBytes = file.sizeBytes();
            IndexWalk.Result found = IndexWalk.walk(
                    file,
                    sizeBytes,
                    paths.baseOffset(),
                    new Indexes(paths.baseOffset()),
                    paths.baseOffset(),
                    paths.baseOffset(),
                    partition.indexIntervalBytes());
            Optional<String> problem = sizeBytes == 0 ? Optional.of("nothing, not even a last batch") : found.problem();
            if (problem.isPresent()) {
                throw new CorruptSegmentException(paths.swap() + ": at position " + found.endPosition() + " stands "
                        + problem.get() + ". It replaces segments from " + paths.baseOffset()
                        + " on. Nothing was changed. Bring the file back from a copy, or delete the partition's"
                        + " directory to go on without its data");
            }
            return found.offsetNext();
        }
    }
}
