package dev.millrace.log.files;

import dev.millrace.base.files.StoreFile;
import java.io.IOException;
import java.util.Optional;

/** Walks over the batches of a .log file from where its indexes can be trusted, and adds to them what they lack. */
final class IndexWalk {

    private IndexWalk() {}

    /**
     * What a walk found.
     *
     * @param offsetNext offset behind the last batch that is in order
     * @param endPosition where that batch ends
     * @param problem what stands there instead of another batch, in words; empty if the file ends there
     */
    record Result(long offsetNext, long endPosition, Optional<String> problem) {}

    /**
     * Walks to {@code sizeBytes}, or to the first batch that is not in order.
     *
     * @param resumeOffset what the indexes say below is kept, if the first batch from which on nothing is kept is where they say
     * @param verifyFromOffset of batches that lie below only the headers are looked at; from there on CRCs are checked
     */
    static Result walk(
            StoreFile file,
            long sizeBytes,
            long baseOffset,
            Indexes indexes,
            long resumeOffset,
            long verifyFromOffset,
            int indexIntervalBytes)
            throws IOException {
        long position = indexes.resumeAt(resumeOffset);
        long indexedOffset = indexes.lastIndexedOffset();
        BatchScanner scanner = new BatchScanner(file, sizeBytes, chunkSizeBytes(sizeBytes - position));
        long offsetNext = baseOffset;
        while (position < sizeBytes) {
            Optional<String> problem = scanner.moveTo(position);
            if (problem.isEmpty()) {
                problem = checkOffsets(scanner, offsetNext, indexedOffset);
            }
            if (problem.isEmpty() && scanner.lastOffset() >= verifyFromOffset) {
                problem = scanner.checkCrc();
            }
            if (problem.isPresent()) {
                return new Result(offsetNext, position, problem);
            }
            indexes.add(
                    scanner.lastOffset(), position, scanner.sizeBytes(), scanner.maxTimestampMs(), indexIntervalBytes);
            offsetNext = scanner.lastOffset() + 1;
            indexedOffset = -1;
            position += scanner.sizeBytes();
        }
        return new Result(offsetNext, position, Optional.empty());
    }

    /** @param indexedOffset the last offset that the index promises of this batch; -1: it promises nothing */
    private static Optional<String> checkOffsets(BatchScanner scanner, long offsetNext, long indexedOffset) {
        if (scanner.baseOffset() < offsetNext) {
            return Optional.of("a batch that begins at offset " + scanner.baseOffset() + ", where " + offsetNext
                    + " or a later one is due");
        }
        if (indexedOffset >= 0 && scanner.lastOffset() != indexedOffset) {
            return Optional.of(
                    "a batch that ends at offset " + scanner.lastOffset() + ", while the index says " + indexedOffset);
        }
        return Optional.empty();
    }

    private static int chunkSizeBytes(long walkSizeBytes) {
        return walkSizeBytes > BatchScanner.LOOKUP_CHUNK_BYTES
                ? BatchScanner.WALK_CHUNK_BYTES
                : BatchScanner.LOOKUP_CHUNK_BYTES;
    }
}
