package dev.millrace.log.check;

import dev.millrace.base.files.FileStore;
import dev.millrace.log.check.Finding.Severity;
import dev.millrace.log.files.BatchScanner;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.files.TransactionIndex;
import dev.millrace.log.files.TransactionIndexFacts;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.segment.AbortedSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the transaction indexes of a partition against its batches, which pass by in order, segment by segment, and against what is
 * written down of them. Says at most one thing of each index. Where a transaction began cannot be told if offsets are missing before.
 */
final class TransactionCheck {

    private static final String REMEDY = "Remove the file while the server is stopped: the next start makes it anew."
            + " Until then readers of committed data may be given aborted records";

    private static final String FACTS_REMEDY = "The next start looks through the whole partition and makes it anew";

    private final FileStore files;
    private final CheckState state;
    /** Whether files may be on their way, so that one of them lacks what another has. */
    private final boolean changing;

    private final TransactionIndexFacts facts;
    private final boolean factsWhole;
    private final Path factsPath;
    private boolean factsMissed;
    /** First offsets of the transactions that are open, by producer. */
    private final Map<Long, Long> open = new HashMap<>();

    private @Nullable SegmentPaths paths;
    private TransactionIndex index = new TransactionIndex();
    private int seen;
    private boolean broken;
    private long offsetNext;
    /** Whether offsets were missing so far. */
    private boolean holes;

    /** @param replacing whether compaction may have been cut short */
    TransactionCheck(FileStore files, Path directory, List<SegmentPaths> segments, CheckState state, boolean replacing)
            throws IOException {
        this.files = files;
        this.state = state;
        this.changing = state.serverRunning || replacing;
        this.facts = new TransactionIndexFacts(files, directory);
        TransactionIndexFacts.Knowledge knowledge =
                facts.load(segments.stream().map(SegmentPaths::baseOffset).collect(Collectors.toSet()));
        factsWhole = knowledge == TransactionIndexFacts.Knowledge.WHOLE;
        factsPath = directory.resolve(TransactionIndexFacts.NAME);
        factsMissed = knowledge == TransactionIndexFacts.Knowledge.NONE;
        if (knowledge == TransactionIndexFacts.Knowledge.DAMAGED) {
            state.add(Severity.WARNING, factsPath, "is damaged", FACTS_REMEDY);
        }
    }

    /** @param flushedOffset below it indexes are whole: what lies behind may lack its entries */
    void begin(SegmentPaths segment, long flushedOffset) throws IOException {
        Path path = segment.transactionIndex();
        boolean exists = files.exists(path);
        paths = segment;
        seen = 0;
        broken = false;
        index = exists ? TransactionIndex.read(files, path) : new TransactionIndex();
        if (changing) {
            return;
        }
        if (factsMissed && index.count() > 0 && index.get(0).lastOffset() < flushedOffset) {
            factsMissed = false;
            state.add(Severity.WARNING, factsPath, "is missing, though there are transaction indexes", FACTS_REMEDY);
        }
        long orderlyBytes = (long) index.count() * TransactionIndex.ENTRY_BYTES;
        if (exists && files.readAll(path).length > orderlyBytes) {
            complain(orderlyBytes, "an entry that cannot be right, or is not whole");
        } else if (factsWhole && !facts.agree(segment.baseOffset(), index, flushedOffset)) {
            complain(
                    -1,
                    exists
                            ? "is not as " + TransactionIndexFacts.NAME + " says"
                            : "is missing, though " + TransactionIndexFacts.NAME + " names it");
        }
    }

    void onBatch(BatchScanner batch, long flushedOffset) throws IOException {
        holes |= batch.baseOffset() != offsetNext;
        offsetNext = batch.lastOffset() + 1;
        long producerId = BatchHeader.producerId(batch.header(), batch.headerPosition());
        if (producerId < 0 || !BatchHeader.isTransactional(batch.header(), batch.headerPosition())) {
            return;
        }
        if (!BatchHeader.isControl(batch.header(), batch.headerPosition())) {
            open.putIfAbsent(producerId, batch.baseOffset());
            return;
        }
        long markerOffset = batch.lastOffset();
        Optional<ControlRecord.End> end = batch.endOfTransaction();
        if (end.isPresent()) {
            Long firstOffset = open.remove(producerId);
            if (!end.get().committed()) {
                onAbort(producerId, firstOffset, markerOffset, flushedOffset);
            }
        }
    }

    private void onAbort(long producerId, @Nullable Long firstOffset, long markerOffset, long flushedOffset) {
        Optional<AbortedSpan> entry = seen < index.count() ? Optional.of(index.get(seen)) : Optional.empty();
        if (entry.isPresent() && entry.get().lastOffset() <= markerOffset) {
            if (!fits(entry.get(), producerId, firstOffset, markerOffset)) {
                complain(
                        entryPosition(),
                        "an aborted transaction of producer " + entry.get().producerId() + " from "
                                + entry.get().firstOffset() + " to "
                                + entry.get().lastOffset()
                                + ", which the log does not have");
            }
            seen++;
        } else if (firstOffset != null && markerOffset < flushedOffset && !changing) {
            complain(
                    entryPosition(),
                    "no entry for the transaction of producer " + producerId + " from " + firstOffset + " to "
                            + markerOffset + ", which was aborted");
        }
    }

    private boolean fits(AbortedSpan entry, long producerId, @Nullable Long firstOffset, long markerOffset) {
        boolean begins = firstOffset == null
                || firstOffset == entry.firstOffset()
                || (holes && entry.firstOffset() < firstOffset);
        return begins && entry.lastOffset() == markerOffset && entry.producerId() == producerId;
    }

    /** @param segmentEnd behind the last batch that is in order */
    void onEnd(long segmentEnd) {
        if (seen < index.count() && index.get(seen).lastOffset() < segmentEnd) {
            complain(
                    entryPosition(),
                    "an aborted transaction that ends with offset "
                            + index.get(seen).lastOffset() + ", where the log has no abort marker");
        }
    }

    private long entryPosition() {
        return (long) seen * TransactionIndex.ENTRY_BYTES;
    }

    private void complain(long position, String what) {
        SegmentPaths of = paths;
        if (!broken && of != null) {
            broken = true;
            state.add(Severity.WARNING, of.transactionIndex(), position, what, REMEDY);
        }
    }
}
